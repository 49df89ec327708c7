"""Figures as SVG and HTML, made on the server: no script, no style attributes."""

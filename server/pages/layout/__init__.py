"""The frame of every page: header and footer, how numbers, times and names are written."""

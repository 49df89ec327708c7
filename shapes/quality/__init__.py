"""Metadata quality: the 23 metrics of data.europa.eu's quality assessment (405 points), and
indicators of our own, which are published separately.

Both are tables (`metrics`, `indicators`) of a name and a function over a `scored_resource`; `score`
adds up the points, `dqv` writes the results in W3C DQV.
"""

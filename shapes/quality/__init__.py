"""How good the metadata are: the 23 metrics of data.europa.eu's quality assessment (405 points),
and indicators of our own, published apart from them.

Both are tables (`metrics`, `own`) of a name and a check over one graph (`thing`); `score` adds up,
`dqv` writes the results down as W3C DQV.
"""

"""Measurements of the speeds that Ulzii promises, beside other systems: `python -m bench`.

`data` creates what is measured, `servers` starts the systems; `loading`, `queries` and `validation`
measure, `soak` runs a mixed load for an hour. `results` stores the figures and writes RESULTS.md.
"""

"""Select what can fail in one pass over the data, so that pySHACL validates only that.

The candidate's sorted lines are read once, subject by subject. `compiler` turns a shapes graph into
checks over the bytes of terms. A check may report “can fail” for data that conforms, but never
misses a failure, so the results equal those of pySHACL alone: each selected pair of focus node and
shape is validated by pySHACL's own shape (`focus_validator`), which reads the same lines through
`graph`.
"""

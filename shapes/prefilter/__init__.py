"""What can fail, found by streaming; pySHACL then judges only that.

The candidate's sorted lines are read once, subject by subject. `compiler` turns a shapes graph into
checks over the bytes of terms. A check may say “can fail” of what conforms, never the other way
round, so the results are those of pySHACL alone: every pair of focus node and shape it keeps is
handed to pySHACL's own shape (`judge`), which reads the same lines through `graph`.
"""

"""Modules and rules that every write needs, loaded once in the process that writes fork from."""

from __future__ import annotations

import gc

from loaders.editable import process as process
from shapes import validate

validate.own_rules()
# Collecting garbage would look through all of this in each fork, and so copy its memory.
gc.collect()
gc.freeze()

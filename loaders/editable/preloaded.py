"""Modules and rules that every write needs, loaded once in the process that writes fork from."""

from __future__ import annotations

from loaders.editable import process as process
from shapes import validate

validate.own_rules()

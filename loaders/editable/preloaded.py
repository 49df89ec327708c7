"""What every write needs, imported and made once, in the process that writes are forked from."""

from __future__ import annotations

from loaders.editable import process as process
from shapes import validate

validate.own_rules()

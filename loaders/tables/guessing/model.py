"""A column as it was read, and what is guessed of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.tables.values import Unit, missing, split_head, unit


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as it was read: the parts of its head, its texts; `typed` in a workbook or JSON."""

    name: str
    parts: tuple[str, ...]
    texts: tuple[str, ...]
    typed: bool = False

    @property
    def filled(self) -> list[str]:
        """Its texts that are no missing marks."""
        return [" ".join(text.split()) for text in self.texts if not missing(text)]

    @property
    def labels(self) -> list[str]:
        """Each of them once."""
        return list(dict.fromkeys(self.filled))

    @property
    def unit(self) -> Unit | None:
        """The unit that its head says: “Үнэ, сая төгрөг”, or “хүн” in the lowest of its rows."""
        lowest = unit(self.parts[-1]) if len(self.parts) > 1 else None
        said = (split_head(part)[1] for part in reversed(self.parts))
        return lowest or next(filter(None, said), None)


@dataclass(slots=True)
class GuessedColumn:
    """The keys of a column's description with the reason for them; `questions`, and the reasons of
    single keys, by key. `unit` is what the head says of figures."""

    name: str
    keys: dict[str, object]
    why: str
    questions: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unit: Unit | None = None

"""COPY, MOVE and ADD from a graph that does not exist (SPARQL 1.1 Update §3.2.3 to §3.2.5).

The engine answers each differently: COPY empties the target, MOVE fails, and ADD does nothing.
Here all of them are an error; with SILENT they change nothing. So an update that has one is run
operation by operation, and the engine itself is asked beforehand whether the source exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.queries.syntax.tokens import Token, tokenize

_TRANSFER = re.compile(
    r"(?:COPY|MOVE|ADD)(?:[ \t\r\n]|#[^\r\n]*[\r\n])*(?P<silent>SILENT)?", re.IGNORECASE
)
_MENTIONS = re.compile(r"COPY|MOVE|ADD", re.IGNORECASE)
# Tokens of a prologue's declarations after the keyword; the name may stick to it (`PREFIX:`).
_DECLARATIONS = {"BASE": 1, "PREFIX": 2, "PREFIX:": 1}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an update, with all declarations before it.

    `silent` is None for all but COPY, MOVE and ADD; `rest` is their text after these keywords.
    """

    prologue: str
    text: str
    silent: bool | None = None
    rest: str = ""

    def is_from_unknown_graph(self, store: ox.Store, base: str) -> bool:
        """Whether it takes its statements from a graph that the store does not have."""
        if self.silent is None:
            return False
        graphs = ox.Store()  # the same graphs, empty: there the engine costs nothing
        for graph in store.named_graphs():
            graphs.add_graph(graph)
        try:
            graphs.update(f"{self.prologue}MOVE {self.rest}", base_iri=base)
        except RuntimeError:  # what the engine raises where the source graph does not exist
            return True
        return False


def operations(text: str) -> list[Operation]:
    """The operations of a valid update, if it has COPY, MOVE or ADD; else none."""
    if not _MENTIONS.search(text):
        return []
    parsed = list(_operations(text))
    return parsed if any(one.silent is not None for one in parsed) else []


def _operations(text: str) -> Iterator[Operation]:
    prologue = ""
    for start, end, tokens in _parts(text):
        begin = _begin(tokens, end)
        prologue += text[start:begin] + "\n"
        body = text[begin:end]
        if not body.strip():
            continue
        if match := _TRANSFER.match(body):
            silent = match["silent"] is not None
            yield Operation(prologue, body, silent, body[match.end() :])
        else:
            yield Operation(prologue, body)


def _parts(text: str) -> Iterator[tuple[int, int, list[Token]]]:
    """Start, end and tokens of each part between semicolons outside of braces."""
    depth, start, tokens = 0, 0, list[Token]()
    for token in tokenize(text):
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.text == ";":
            yield start, token.start, tokens
            start, tokens = token.end, []
        else:
            tokens.append(token)
    yield start, len(text), tokens


def _begin(tokens: Sequence[Token], end: int) -> int:
    """Where an operation begins after its declarations."""
    i = 0
    while i < len(tokens) and (more := _DECLARATIONS.get(tokens[i].text.upper())):
        i += 1 + more
    return tokens[i].start if i < len(tokens) else end


def run_each(
    operations: Sequence[Operation], store: ox.Store, base: str, run: Callable[[str], None]
) -> None:
    """Run operations in order. Raises RuntimeError for one from a graph that does not exist."""
    for operation in operations:
        if not operation.is_from_unknown_graph(store, base):
            run(operation.prologue + operation.text)
        elif not operation.silent:
            raise RuntimeError("The graph to take the statements from does not exist")

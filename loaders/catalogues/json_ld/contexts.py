"""The JSON-LD contexts that catalogues refer to, bundled: nothing is fetched while reading.

Each file in `contexts/` gives the terms of a published context the IRIs they have there, in our
own form; where a published context depends on the type of the object, ours does not, because the
same word has the same meaning in all of them.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from loaders.catalogues.model.terms import parsing_base

FOLDER = Path(__file__).with_name("contexts")
HINT = "Put the context into the document, or ask its publisher to refer to a usual one."

ADDRESSES = (
    (r"semiceu\.github\.io/.*/examples/context\.jsonld", "dcat-ap-examples"),
    (r"semiceu\.github\.io/.*(dcat-ap|hvd|geodcat-ap|dcatap)[^/]*\.jsonld", "dcat-ap"),
    (r"(www\.)?w3\.org/ns/hydra/(context|core)(\.jsonld)?", "hydra"),
    (r"(www\.)?w3\.org/ns/dcat[23]?(\.jsonld)?", "dcat"),
    (r"schema\.org(/docs/jsonldcontext\.jsonld|/version/.*)?", "schema-org"),
    (r".*rozhraní-katalogů-otevřených-dat\.jsonld", "dcat-ap-cz"),
    (r"project-open-data\.cio\.gov/v1\.1/schema(/catalog(\.jsonld)?)?", "dcat-us"),
    (r".*/dcat-us[^/]*\.jsonld", "dcat-us"),
    (r"(www\.)?w3\.org/ns/activitystreams(\.jsonld)?", "activity-streams"),
    (r"w3id\.org/tree(\.jsonld)?", "tree"),
)
"""Address without scheme, as a regular expression → file in `contexts/`."""


class UnknownContext(Exception):
    """A context that is not bundled; the message names its address."""


def load(address: str, _options: dict[str, Any]) -> dict[str, Any]:
    """A document loader for PyLD. Raises UnknownContext."""
    address = address.removeprefix(parsing_base(""))  # it stood there as a relative address
    bare = re.sub(r"^[a-z+]+://", "", unquote(address)).rstrip("/#")
    for pattern, name in ADDRESSES:
        if re.fullmatch(pattern, bare, re.I):
            return {
                "contentType": "application/ld+json",
                "contextUrl": None,
                "documentUrl": address,
                "document": document(name),
            }
    raise UnknownContext(f"the JSON-LD context {address[:200]} is not bundled, and none is fetched")


@cache
def document(name: str) -> Any:
    """The bundled file of a name."""
    return json.loads((FOLDER / f"{name}.jsonld").read_text("utf-8"))

"""The start page as data: its numbers, what is new, findings, and the map's numbers by place.

The same numbers as RDF are the VoID description, `/.well-known/void`.
"""

from __future__ import annotations

import csv
import io
import json

from server.pages.start.overview import Overview


def as_json(content: Overview) -> str:
    """All that the page says, as JSON."""
    found = {
        "numbers": content.numbers,
        "missing": content.missing,
        "news": [
            {
                "source": one.iri,
                "title": one.title,
                "version": one.current,
                "time": one.time,
                "statements": one.statements,
            }
            for one in content.news
        ],
        "findings": [{"id": one.iri, "says": one.says} for one in content.findings],
        "maps": [
            {
                "map": layer.key,
                "dataset": layer.dataset,
                "period": layer.period,
                "values": {
                    content.units[code].iri: float(value)
                    for code, value in layer.values.items()
                    if code in content.units
                },
            }
            for layer in content.layers
        ],
    }
    return json.dumps(found, ensure_ascii=False)


def as_csv(content: Overview) -> str:
    """The numbers of the map, a place a row and a map a column; no figure is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["place", "name_mn", "name_en", *(one.key for one in content.layers)])
    for code, unit in sorted(content.units.items()):
        figures = (one.values.get(code, "") for one in content.layers)
        names = (unit.names.get(tag, "") for tag in ("mn", "en"))
        writer.writerow([unit.iri, *names, *figures])
    return out.getvalue()

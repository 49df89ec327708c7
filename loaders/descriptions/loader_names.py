"""The table of loaders: the only modules that a source description can name."""

from __future__ import annotations

LOADERS = {
    "admin_units": "loaders.systems.admin_units",
    "dcat": "loaders.catalogues.dcat",
    "editable": "loaders.editable",
    "local_fund": "loaders.systems.local_fund",
    "local_services": "loaders.systems.local_services",
    "ministry_page": "loaders.systems.ministry_page",
    "nso": "loaders.systems.nso",
    "opendata_mn": "loaders.systems.opendata_mn",
    "pxweb": "loaders.formats.pxweb",
    "rdf": "loaders.catalogues.rdf",
    "table": "loaders.tables.loader",
    "tender_mn": "loaders.systems.tender_mn",
    "xyp": "loaders.systems.xyp",
}
"""`loader = "…"` in a source description → module. The names are stable; modules may move."""

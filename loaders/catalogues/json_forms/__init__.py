"""JSON that describes datasets (data.json, DCAT-US 3, CKAN) → triples with blank nodes."""

"""Search and lists: addresses are their state, facets are links, every page is there as data."""

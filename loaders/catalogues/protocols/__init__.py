"""How catalogues are served: pages, APIs and feeds; what to request next, and whether all came."""

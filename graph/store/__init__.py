"""Quad stores behind one interface (`graph.store.base.GraphStore`)."""

"""Makes the hexagon map of Mongolia from points of GeoNames: a schema, not boundaries."""

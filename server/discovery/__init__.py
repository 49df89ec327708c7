"""Machine-readable descriptions of the service: well-known addresses, OpenAPI, health."""

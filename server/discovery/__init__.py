"""Machine-readable descriptions of the service: well-known URLs, OpenAPI, health."""

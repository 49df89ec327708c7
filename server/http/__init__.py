"""HTTP: content negotiation, problem details, content coding, client keys."""

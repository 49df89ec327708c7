"""Evidence bundles: one file that proves one statement offline, with the log's public key alone."""

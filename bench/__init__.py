"""What speeds we promise, measured side by side."""

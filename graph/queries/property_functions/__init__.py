"""Property functions (`text:query`, `spatial:nearby`): parsing, evaluation, rewriting to VALUES."""

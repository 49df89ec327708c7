"""Commands that trace statements: trace."""

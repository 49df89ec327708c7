"""Who may run when: slow-query slots, and budgets per client."""

"""Which query may run when: slow-query slots, budgets per client, and the queue for slots."""

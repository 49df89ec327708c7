"""Who may do more than read what is public: tokens, and what each of them allows."""

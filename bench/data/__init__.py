"""What the measurements read: synthetic catalogues, and stores filled with them."""

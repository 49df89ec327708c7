"""Tables of any agency: reading them, describing them, mapping them."""

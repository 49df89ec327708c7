"""What a source's TOML file may say, and the loaders that it may name."""

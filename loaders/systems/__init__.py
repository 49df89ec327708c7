"""One module or folder for what one agency's system emits."""

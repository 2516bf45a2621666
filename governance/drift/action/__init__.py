"""What to do about it, and what acting and not acting cost."""

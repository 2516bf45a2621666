"""A window kept as counts, to be compared with later."""

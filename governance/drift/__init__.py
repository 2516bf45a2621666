"""Whether the world has moved, and whether it matters."""

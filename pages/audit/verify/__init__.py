"""The page and its parts."""

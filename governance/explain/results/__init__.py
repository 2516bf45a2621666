"""The types of everything that an explanation reports."""

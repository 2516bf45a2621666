"""The types of everything that drift reports."""

"""Data files: reading, column roles, cohorts, and the demo portfolio."""

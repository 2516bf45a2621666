"""The one place that runs heavy work."""

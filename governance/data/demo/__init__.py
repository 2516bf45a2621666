"""Demonstration material made by code: a simulated credit portfolio and a small real data set."""

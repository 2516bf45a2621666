"""Candidates with less disparity: models of their own, to be compared, reviewed and signed off like any other."""

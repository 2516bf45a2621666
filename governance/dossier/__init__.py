"""What leaves the house: cards, reports, bundles."""

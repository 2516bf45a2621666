"""Many windows one after the other."""

"""The verbs: each joins pure rooms with what is stored."""

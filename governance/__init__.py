"""What the product knows: pure rooms, the verbs that join them, and the command line."""

"""The transparency log: canonical lines, Merkle tree, checkpoints."""

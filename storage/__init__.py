"""What is kept: the workspace's tables, its content-addressed files, its keys and its ledger."""

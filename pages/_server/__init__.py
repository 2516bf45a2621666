"""What stands between the network and the screens."""

"""The rules of a review, as pure functions of its events."""

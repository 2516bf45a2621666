"""The questions that are asked of an explanation: one method a file."""

"""What can be read or used that should not."""

"""What works, and makes the next change dangerous."""

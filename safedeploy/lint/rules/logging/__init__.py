"""Logs: where they go, and what stands in them."""

"""Rules about rewriting and redirects."""

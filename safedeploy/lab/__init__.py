"""A real fleet of Apache hosts on one machine."""

"""What httpd refuses to read, or does not know."""

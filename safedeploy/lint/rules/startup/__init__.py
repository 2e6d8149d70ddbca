"""What keeps httpd from starting or reloading."""

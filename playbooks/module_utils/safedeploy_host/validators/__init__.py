"""Other services' own validators for the critical files that a release manages beside httpd's."""

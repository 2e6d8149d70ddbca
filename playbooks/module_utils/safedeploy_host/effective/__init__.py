"""The effective configuration: what httpd itself makes of the files, live and candidate, and how the two differ."""

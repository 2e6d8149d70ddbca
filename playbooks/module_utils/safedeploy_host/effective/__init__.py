"""What httpd itself makes of a configuration, as plain data: asked of httpd, compared, and judged before it is live."""

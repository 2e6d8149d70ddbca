"""Rules about .htaccess files."""

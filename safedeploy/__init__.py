"""Safe configuration deployment for fleets of Apache httpd servers."""

__version__ = "0.1.0"

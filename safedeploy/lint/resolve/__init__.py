"""The configuration as httpd would read it: includes followed, conditions decided, macros and variables replaced."""

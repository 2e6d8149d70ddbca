"""The text of one configuration file as directives and sections with exact positions, each file by itself.

Why an own parser: apacheconfig (PyPI) keeps no positions and reads a grammar that is stricter than httpd; the lens of
Augeas refuses files that httpd takes, and certbot's parser stands on Augeas. None follows includes in httpd's order.
"""

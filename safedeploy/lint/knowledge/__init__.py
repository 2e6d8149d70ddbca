"""What is known of httpd apart from any configuration: directives, modules, what became of old ones, error codes.

The data lies beside, as files of the package: directives.json and modules.json are written by
scripts/directive_knowledge.py from a real httpd, history.toml and error_codes.toml are kept by hand.
"""

"""The linter: reads httpd's configuration as httpd does, and says what will hurt. Pure, as core is.

It works on a tree of files in memory and on facts about the host; it opens no file, asks no host and runs nothing.
"""

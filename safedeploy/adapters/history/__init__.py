"""The history database: SQLite in a file of the user, or PostgreSQL that a team shares.

`place` says where it is, `store` opens it, `alerts` keeps what alerts are open. Importing this package imports no
database library: a program start must not wait for one.

A further table: add it to `tables.py`, a script that makes it to `migrations/versions/` (the next number, its
`down_revision` the one before) and that number to `schema.REVISIONS`; a test compares the tables with what the scripts
make. Never change a script that was released.
"""

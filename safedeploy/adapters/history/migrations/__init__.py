"""Alembic's scripts, which make the tables and bring them from one version to the next."""

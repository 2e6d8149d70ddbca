"""Decides what of a running fleet becomes part of a project, and how it is written there. Pure."""

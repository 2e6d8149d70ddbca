"""Requests that are passed on."""

"""Typer commands and Rich views; the only place that prints, asks or exits."""

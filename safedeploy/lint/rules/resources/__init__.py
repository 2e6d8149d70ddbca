"""Rules about limits, workers and time."""

"""Behaviour probes: what to ask two configurations, and what the difference of their answers means."""

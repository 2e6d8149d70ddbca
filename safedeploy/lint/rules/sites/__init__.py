"""Rules about virtual hosts and what they serve: the wrong site, or none, answers."""

"""The kinds of differences between two Answers, one module for each; all are pure. `verdict.py` puts them together."""

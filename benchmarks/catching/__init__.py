"""Parts of benchmarks/catch_rate.py: a corpus of changes, hosts to try them on, and what each gate said."""

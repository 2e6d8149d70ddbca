"""What benchmarks/side_by_side.py is made of: the distance, the peers, and what each of them costs."""

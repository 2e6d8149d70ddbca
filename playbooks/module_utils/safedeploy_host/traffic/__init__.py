"""What visitors get, by the server's own logs: read only, bounded, and no judgement of it."""

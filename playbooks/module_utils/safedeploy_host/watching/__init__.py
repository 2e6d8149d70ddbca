"""What visitors get, told every few seconds as long as somebody listens: cheap enough to run beside a busy server."""

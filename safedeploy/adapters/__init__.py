"""One outside thing each; nothing here decides, and adapters do not import one another."""

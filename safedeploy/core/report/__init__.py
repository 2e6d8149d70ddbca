"""Reports on runs and incidents: what is in them, as parts that are made into HTML or Markdown. Pure."""

"""What a fleet in trouble suffers from: hypotheses with evidence for and against. Pure."""

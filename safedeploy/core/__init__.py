"""Pure values and decisions: no clock, file, network or subprocess."""

"""The faults themselves: one file each, with one `FAULT`."""

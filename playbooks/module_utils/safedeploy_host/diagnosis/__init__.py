"""What a host can tell in an outage: its httpd, what it lacks, and whether what stands behind it can be reached."""

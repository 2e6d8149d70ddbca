"""What has become of this host since it was deployed to, beyond the managed files themselves. Read only."""

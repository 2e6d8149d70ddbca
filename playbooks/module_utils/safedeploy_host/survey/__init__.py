"""What lies in the configuration tree of a host that safedeploy has not managed yet. Read only."""

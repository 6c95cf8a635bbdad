"""jogeon."""

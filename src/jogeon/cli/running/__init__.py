"""What runs while a command does."""

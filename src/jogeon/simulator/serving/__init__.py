"""The broker listening, and what a test asks of it."""

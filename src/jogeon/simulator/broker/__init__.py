"""The broker over a market: how it answers, and what it allows."""

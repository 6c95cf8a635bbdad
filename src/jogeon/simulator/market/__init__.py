"""The synthetic market: what trades, and who meets which condition."""

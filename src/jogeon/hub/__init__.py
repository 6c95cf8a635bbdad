"""The hub (허브): owns the one session with the broker and serves any number of programs over the same wire."""

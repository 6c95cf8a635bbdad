"""Settings, keys, tokens, and the lock of a session."""

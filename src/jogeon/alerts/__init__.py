"""Alerts (알림): what a rule makes of an event, due at a moment, delivered to a target."""

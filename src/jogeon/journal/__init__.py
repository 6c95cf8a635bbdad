"""The durable record of a watch: written by one, read by anybody."""

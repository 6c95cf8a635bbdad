"""The protocol of the wire, both roles, without I/O."""

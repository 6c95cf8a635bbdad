"""The numbered stream of a hub on NATS JetStream: published behind a fence, and read on any machine."""

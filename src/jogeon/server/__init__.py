"""The broker's side of the wire: sockets, peers, and HTTP beside them."""

"""A connection that no library speaks for: the request that upgrades it, and a client's frames, as bytes."""

UPGRADE = (
    b"GET /api/dostk/websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def masked(first: int, payload: bytes) -> bytes:
    """Return a client's frame under the mask 0, which changes nothing."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    else:
        length = bytes([0xFE]) + size.to_bytes(2, "big") if size < 2**16 else bytes([0xFF]) + size.to_bytes(8, "big")
    return bytes([first]) + length + bytes(4) + payload

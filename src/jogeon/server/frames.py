"""WebSocket frames as bytes, for the side that sends them unmasked: the server.

A frame made once serves any number of peers, and frames joined are frames still: so one write can carry many.
"""

NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, BAD_TEXT, TOO_BIG = 1000, 1001, 1002, 1003, 1007, 1009
"""Close codes of RFC 6455."""


def text_frame(payload: bytes, fragment: int = 0) -> bytes:
    """Return the WebSocket frame of a text, ready for any number of peers; in pieces if `fragment` is set."""
    if not fragment or len(payload) <= fragment:
        return _frame(0x81, payload)
    pieces = [payload[at : at + fragment] for at in range(0, len(payload), fragment)]
    middle = b"".join(_frame(0x00, piece) for piece in pieces[1:-1])
    return _frame(0x01, pieces[0]) + middle + _frame(0x80, pieces[-1])


def close_frame(code: int, reason: str = "") -> bytes:
    """Return a WebSocket close frame; a reason that does not fit into one is cut."""
    text = reason.encode()[:123].decode(errors="ignore").encode()
    return _frame(0x88, code.to_bytes(2, "big") + text)


def pong_frame(payload: bytes) -> bytes:
    """Return the answer to a ping of RFC 6455, with the same payload."""
    return _frame(0x8A, payload)


def _frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 2**16:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload

"""What the hub says where it cannot give what was asked for: the broker's codes, and words that say why."""

from jogeon.errors import JogeonError, RequestRefused, UnknownCondition
from jogeon.server.peer import Peer
from jogeon.wire import messages, writers
from jogeon.wire.messages import Clear, Refusal, Register, Request, Search

BUSY, OVER_LIMIT, BAD_VENUE, UNEXPECTED = 105110, 105115, 1903, 1999
LETTER = "A"
"""What stands before a code in snapshots and searches; which letter the broker had is not known any more."""
SLOW = "허브에 요청이 몰려 응답할 수 없습니다. 잠시 후 다시 요청하십시오"


def refuse(peer: Peer, request: Request, code: int, text: str) -> None:
    """Refuse a request; the condition it is about stands in the text."""
    if isinstance(request, Search | Register | Clear):
        text = f"{text}(seq={request.seq.strip()})"
    peer.answer(request, Refusal(str(code), text), writers.encode_refusal(request.trnm, code, text))


def refuse_for(peer: Peer, request: Request, error: JogeonError) -> None:
    """Refuse a request for what went wrong above, in the broker's own words if it had any."""
    match error:
        case RequestRefused() if error.code.isdigit() and int(error.code):
            refuse(peer, request, int(error.code), error.text)
        case UnknownCondition():
            refuse(peer, request, *messages.SEQ_REFUSED)
        case _:
            refuse(peer, request, UNEXPECTED, messages.UNANSWERED.format(error=type(error).__name__))

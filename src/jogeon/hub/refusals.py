"""What the hub says where it cannot give what was asked for: the broker's codes, and words that say why."""

from jogeon.errors import JogeonError
from jogeon.server.peer import Peer
from jogeon.wire import writers
from jogeon.wire.messages import Clear, Refusal, Register, Request, Search

BUSY, OVER_LIMIT, BAD_VENUE = 105110, 105115, 1903
NOT_ALLOWED = 1504, "이 허브 토큰으로는 할 수 없는 요청입니다. 허용된 요청: {may}"
LETTER = "A"
"""What stands before a code in snapshots and searches; which letter the broker had is not known any more."""
AWAY = "증권사 서버와의 연결이 끊겨 지금은 응답할 수 없습니다. 잠시 후 다시 요청하십시오"
SLOW = "허브에 요청이 몰려 응답할 수 없습니다. 잠시 후 다시 요청하십시오"
BAD_TOKEN = 8005, "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"
REVOKED = "8005", "허브 토큰이 폐기되었습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"


def refuse(peer: Peer, request: Request, code: int, text: str) -> None:
    """Refuse a request; the condition it is about stands in the text."""
    if isinstance(request, Search | Register | Clear):
        text = f"{text}(seq={request.seq.strip()})"
    peer.answer(request, Refusal(str(code), text), writers.encode_refusal(request.trnm, code, text))


def refuse_for(peer: Peer, request: Request, error: JogeonError) -> None:
    """Refuse a request for what went wrong above."""
    refusal = Refusal.of(error)
    refuse(peer, request, int(refusal.code), refusal.text)

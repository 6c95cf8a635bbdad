"""Messages as the JSON texts of the wire: the requests of a client, and all that a broker sends."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from jogeon.events import Condition
from jogeon.wire.messages import Clear, ListConditions, Login, Register, Request, Search


def encode(request: Request) -> bytes:
    """Return the JSON text of a request, fields in the order of the broker's samples."""
    match request:
        case Login(token):
            fields = {"trnm": "LOGIN", "token": token}
        case ListConditions():
            fields = {"trnm": "CNSRLST"}
        case Search(seq, exchange, cont_yn, next_key):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "0", "stex_tp": exchange}
            fields |= {"cont_yn": cont_yn, "next_key": next_key}
        case Register(seq, exchange):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "1", "stex_tp": exchange}
        case Clear(seq):
            fields = {"trnm": "CNSRCLR", "seq": seq}
    return msgspec.json.encode(fields)


# ---------------------------------------------------------------- the broker's side


def encode_login_accepted() -> bytes:
    """Return the reply to a good LOGIN."""
    return msgspec.json.encode({"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y"})


def encode_refusal(trnm: str, code: int, text: str) -> bytes:
    """Return an error reply; the seq it concerns stands in the text only, as on the real wire."""
    return msgspec.json.encode({"trnm": trnm, "return_code": code, "return_msg": text})


def encode_missing(trnm: str, parameter: str) -> bytes:
    """Return the reply to a request in which a parameter is missing; `trnm` is empty where that is the missing one."""
    return encode_refusal(trnm, 100002, f"필수 파라미터가 누락되어 있습니다(parameter={parameter})")


def encode_list(conditions: Iterable[Condition]) -> bytes:
    """Return the list of conditions as rows of two, in the order given."""
    rows = [[condition.seq, condition.name] for condition in conditions]
    return msgspec.json.encode({"trnm": "CNSRLST", "return_code": 0, "return_msg": "", "data": rows})


def encode_search(seq: str, rows: Sequence[dict[str, str]], next_key: str = "") -> bytes:
    """Return one page of a search; `rows` by field number, `seq` padded to three as only searches do."""
    head = {"trnm": "CNSRREQ", "seq": seq.ljust(3), "cont_yn": "Y" if next_key else "N", "next_key": next_key}
    return msgspec.json.encode(head | {"return_code": 0, "data": rows or None})


def encode_registered(seq: str, codes: Iterable[str]) -> bytes:
    """Return a snapshot: each code behind the letter A; an empty one is `data:null`."""
    rows = [{"jmcode": f"A{code}"} for code in codes]
    return msgspec.json.encode({"trnm": "CNSRREQ", "seq": seq, "return_code": 0, "data": rows or None})


def encode_cleared(seq: str) -> bytes:
    """Return the reply to Clear."""
    return msgspec.json.encode({"trnm": "CNSRCLR", "seq": seq, "return_code": 0, "return_msg": ""})


def encode_push(seq: str, code: str, kind: Literal["I", "D"], clock: str, more: str = ',"907":"2"') -> bytes:
    """Return the REAL frame of one enter (I) or leave (D); built as text, because thousands are made a second."""
    text = (
        f'{{"data":[{{"values":{{"841":"{seq}","9001":"{code}","843":"{kind}","20":"{clock}"{more}}},'
        f'"type":"02","name":"조건검색","item":"{code}"}}],"trnm":"REAL"}}'
    )
    return text.encode()


def encode_ping() -> bytes:
    """Return the heartbeat."""
    return b'{"trnm":"PING"}'


def encode_system(code: str, message: str) -> bytes:
    """Return a SYSTEM notice."""
    return msgspec.json.encode({"trnm": "SYSTEM", "code": code, "message": message})

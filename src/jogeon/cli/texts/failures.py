"""Texts of what goes wrong: what happened, the likely cause, the next command to type.

The keys are the names of error classes; a cause or a next step may belong to a `reason` or to a code of the broker.
"""

from jogeon.cli.texts.language import Text

TEXTS = {
    "failure.what": Text("오류", "error"),
    "failure.cause": Text("원인", "cause"),
    "failure.kiwoom": Text("키움", "Kiwoom"),
    "failure.nats": Text("NATS", "NATS"),
    "failure.next": Text("다음", "next"),
    "failure.or": Text("또는", "or"),
    "mode.real": Text("실전", "real"),
    "mode.mock": Text("모의투자", "mock"),
    "code.429": Text("요청이 너무 잦습니다. 잠시 뒤에 다시 하세요.", "too many requests; wait a little."),
    "code.1700": Text("요청이 너무 잦습니다. 잠시 뒤에 다시 하세요.", "too many requests; wait a little."),
    "code.8005": Text("토큰이 유효하지 않거나 만료되었습니다.", "the token is invalid or has expired."),
    "code.8010": Text("토큰을 발급받은 컴퓨터의 IP가 아닙니다.", "the token was issued to another IP address."),
    "code.8030": Text("실전과 모의투자의 키가 뒤바뀌었습니다.", "keys of the real and the mock server are mixed up."),
    "code.8031": Text(
        "실전과 모의투자의 토큰이 뒤바뀌었습니다.", "tokens of the real and the mock server are mixed up."
    ),
    "code.8040": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8050": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8103": Text("토큰 또는 단말 인증에 실패했습니다.", "the token or terminal could not be verified."),
    "code.8104": Text("모의투자에서는 제공되지 않는 서비스입니다.", "not offered on the mock server."),
    "code.900003": Text("이미 실시간 등록된 조건식입니다.", "the condition is registered already."),
    "code.900004": Text(
        "조건식 목록이 바뀌었습니다: 영웅문4에서 수정하면 일련번호가 달라집니다.",
        "the list has changed: editing conditions in 영웅문4 changes their seq.",
    ),
    "Unexpected.what": Text("예상하지 못한 오류입니다: {what}", "unexpected: {what}"),
    "Unexpected.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "Unexpected.next": Text(
        "JOGEON_DEBUG=1을 설정하고 다시 실행하면 자세한 내용이 나옵니다.",
        "set JOGEON_DEBUG=1 and run it again to see the traceback.",
    ),
    "OSError.what": Text("{path}: {reason}", "{path}: {reason}"),
    "OSError.cause": Text(
        "파일을 쓰거나 읽을 수 없습니다: 폴더가 없거나, 권한이 없거나, 다른 프로그램(엑셀 등)이 열고 있거나, 디스크가 "
        "가득 찼습니다.",
        "the file cannot be written or read: no such folder, no permission, opened elsewhere, or a full disk.",
    ),
    "OSError.next": Text("경로를 확인하고 다시: {again}", "check the path, then: {again}"),
    "room.cause": Text(
        "한 프로그램이 동시에 열 수 있는 파일과 접속의 수를 다 썼습니다.",
        "this program has as many files and connections open as it may.",
    ),
    "room.next": Text("한도를 늘리고 다시: ulimit -n 4096 && {again}", "raise the limit: ulimit -n 4096 && {again}"),
    "LocalProtocolError.what": Text("지금 할 수 없는 요청입니다: {what}", "not possible now: {what}"),
    "LocalProtocolError.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "LocalProtocolError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "RemoteProtocolError.what": Text(
        "서버의 응답을 읽을 수 없습니다: {what}", "the server's reply cannot be read: {what}"
    ),
    "RemoteProtocolError.cause": Text(
        "키움 조건검색 서버가 아니거나, 규격이 바뀌었습니다.",
        "this is not Kiwoom's condition search, or its protocol has changed.",
    ),
    "RemoteProtocolError.next": Text(
        "주소를 확인하고, 기록을 보며 다시: {again} -v", "check the address, then, with a log: {again} -v"
    ),
    "LoginRefused.what": Text("서버가 로그인을 거절했습니다.", "the server refused the login."),
    "LoginRefused.cause": Text(
        "토큰이나 키가 이 서버의 것이 아닙니다.", "the token or the keys do not belong to this server."
    ),
    "LoginRefused.next": Text(
        "점검: jogeon doctor{server} {or_} 키를 다시 등록: jogeon login{server}",
        "check your setup: jogeon doctor{server} {or_} store the keys again: jogeon login{server}",
    ),
    "LoginRefused.what.nats": Text("NATS 서버가 접속을 거절했습니다.", "the NATS server refused the credentials."),
    "LoginRefused.cause.nats": Text(
        "NATS 서버의 사용자, 비밀번호, 토큰 또는 인증 파일이 맞지 않습니다.",
        "the user, password, token or credentials file is not one of this NATS server.",
    ),
    "LoginRefused.next.nats": Text(
        "환경 변수 JOGEON_NATS_TOKEN, JOGEON_NATS_CREDS 또는 JOGEON_NATS_USER와 JOGEON_NATS_PASSWORD를 확인하고 다시:"
        " {again}",
        "set JOGEON_NATS_TOKEN, JOGEON_NATS_CREDS, or JOGEON_NATS_USER and JOGEON_NATS_PASSWORD, then: {again}",
    ),
    "LoginRefused.next.token": Text(
        "환경 변수 JOGEON_TOKEN에 이 서버의 토큰을 넣고 다시: {again}",
        "set JOGEON_TOKEN to a token of this server, then: {again}",
    ),
    "TokenRefused.what": Text("키움이 토큰 발급을 거절했습니다.", "Kiwoom refused to issue a token."),
    "TokenRefused.cause": Text("앱키나 시크릿키가 맞지 않습니다.", "the app key or the secret key is wrong."),
    "TokenRefused.next": Text("키를 다시 등록: jogeon login{server}", "store the keys again: jogeon login{server}"),
    "TokenRefused.next.later": Text("1분쯤 뒤에 다시: {again}", "in a minute: {again}"),
    "TokenRefused.next.machine": Text(
        "키움 REST API 홈페이지(openapi.kiwoom.com)에 이 컴퓨터의 IP를 등록하고 다시: {again}",
        "register this machine's IP address at openapi.kiwoom.com, then: {again}",
    ),
    "SessionTaken.what": Text(
        "같은 앱키로 다른 프로그램이 접속해 있습니다. {holder}", "another program has this app key's session. {holder}"
    ),
    "SessionTaken.what.lease": Text(
        "다른 허브가 {lease} 에서 이어받았습니다.", "another hub has taken over at {lease}."
    ),
    "SessionTaken.cause.lease": Text(
        "이 허브가 10초 넘게 NATS에 응답하지 않아 대기 허브가 이어받았습니다. 이 허브는 접속을 끝냈습니다.",
        "this hub gave NATS no sign for over 10 seconds, so the standby took over; this one has ended its session.",
    ),
    "SessionTaken.next.lease": Text(
        "이제 이 컴퓨터를 대기 허브로: {again} --standby", "now let this machine stand by: {again} --standby"
    ),
    "SessionTaken.cause": Text(
        "키움은 앱키 하나에 접속 하나만 허용합니다. 다시 접속하면 서로 끊게 되므로 멈췄습니다.",
        "Kiwoom allows one session per app key; connecting again would cut the other program off, so this one stopped.",
    ),
    "SessionTaken.next": Text("다른 프로그램을 끝낸 뒤 다시: {again}", "end the other program, then: {again}"),
    "SessionTaken.next.hub": Text("허브를 거쳐 실행: {on_hub}", "go through the hub: {on_hub}"),
    "ConnectionLost.what": Text("접속이 끊겼습니다: {detail}", "the connection was lost: {detail}"),
    "ConnectionLost.cause": Text(
        "네트워크가 끊겼거나 서버가 접속을 종료했습니다 (종료 코드 {close_code}).",
        "the network failed, or the server ended the connection (close code {close_code}).",
    ),
    "ConnectionLost.next": Text("다시 접속: {again}", "connect again: {again}"),
    "RequestTimeout.what": Text(
        "{seconds:g}초 안에 응답이 없습니다: {request}", "no reply within {seconds:g} s: {request}"
    ),
    "RequestTimeout.cause": Text(
        "서버가 바쁘거나 점검 중입니다. 키움은 요청이 너무 잦아도 응답하지 않습니다.",
        "the server is busy or in maintenance; Kiwoom also stays silent when asked too often.",
    ),
    "RequestTimeout.next": Text("1분쯤 뒤에 다시: {again}", "in a minute: {again}"),
    "RequestRefused.what": Text("서버가 요청을 거절했습니다: {request}", "the server refused the request: {request}"),
    "RequestRefused.cause": Text("아래 키움의 설명을 확인하세요.", "see Kiwoom's own text below."),
    "RequestRefused.next": Text("조건식 확인: {list_}", "look at the conditions: {list_}"),
    "UnknownCondition.what": Text("조건식을 찾을 수 없습니다: {wanted}", "no such condition: {wanted}"),
    "UnknownCondition.cause": Text(
        "이 이름이나 일련번호로 저장된 조건식이 없습니다. 영웅문4에서 저장했는지 확인하세요.",
        "no condition of this name or seq is saved in 영웅문4.",
    ),
    "UnknownCondition.cause.close": Text("비슷한 이름: {close}", "similar names: {close}"),
    "UnknownCondition.cause.spaces": Text(
        "띄어쓰기가 다릅니다. 따옴표까지 이렇게 적어 주세요: {like}", "the blanks differ; type it like this: {like}"
    ),
    "UnknownCondition.next": Text("조건식 보기: {list_}", "see them all: {list_}"),
    "UnknownCondition.cause.not recorded": Text(
        "이 기록에 없는 조건식입니다. 기록에 있는 이름: {close}", "it is not in the journal, which has: {close}"
    ),
    "UnknownCondition.next.not recorded": Text("그중 하나로 다시: {again}", "with one of these: {again}"),
    "AmbiguousCondition.what": Text(
        "같은 이름의 조건식이 여러 개입니다: {name}", "several conditions are named {name}"
    ),
    "AmbiguousCondition.cause": Text(
        "이름으로는 구별할 수 없습니다. 일련번호: {seqs}", "the name does not tell them apart. seq: {seqs}"
    ),
    "AmbiguousCondition.next": Text(
        "이름 대신 일련번호({seqs})를 적어 주세요: {list_}", "use one of the seqs {seqs} instead of the name: {list_}"
    ),
    "PagingError.what": Text(
        "연속조회가 제대로 끝나지 않습니다 ({rows}행까지 받음): {detail}",
        "the pages do not end properly: {detail} ({rows} {rows:row|rows})",
    ),
    "PagingError.cause": Text(
        "서버의 연속조회 키가 잘못되었습니다. 불완전한 결과는 보여 주지 않습니다.",
        "the server's page keys are wrong; an incomplete result is not shown.",
    ),
    "PagingError.next": Text("다시 검색: {again}", "search again: {again}"),
    "JogeonError.what": Text("{what}", "{what}"),
    "JogeonError.cause": Text("알 수 없습니다.", "unknown."),
    "JogeonError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "JournalError.what": Text("기록 파일을 사용할 수 없습니다: {path}", "the journal cannot be used: {path}"),
    "JournalError.what.no frames": Text(
        "이 기록에는 원문이 없습니다: {path}", "the journal holds no raw frames: {path}"
    ),
    "JournalError.cause": Text(
        "파일이나 디스크에 문제가 있습니다 ({detail})", "something is wrong with the file or the disk ({detail})"
    ),
    "JournalError.cause.missing": Text("그런 파일이 없습니다.", "there is no such file."),
    "JournalError.cause.foreign": Text(
        "jogeon의 기록 파일이 아닙니다. 파일은 건드리지 않았습니다.",
        "this file is not a jogeon journal; it was left untouched.",
    ),
    "JournalError.cause.special": Text(
        "기록할 수 있는 보통 파일이 아닙니다 ({detail})", "this is not a regular file ({detail})"
    ),
    "JournalError.cause.in the way": Text(
        "기록에 필요한 이름을 다른 파일이 쓰고 있습니다 ({detail}). 파일은 건드리지 않았습니다.",
        "another file has a name the journal needs ({detail}); nothing was touched.",
    ),
    "JournalError.cause.odd": Text(
        "jogeon이 만든 표가 아니거나 다른 프로그램이 고쳤습니다 ({detail}). 파일은 건드리지 않았습니다.",
        "another program changed the tables of this journal ({detail}); it was left untouched.",
    ),
    "JournalError.cause.newer": Text(
        "더 새로운 jogeon이 쓴 파일입니다 ({detail})", "a newer jogeon wrote it ({detail})"
    ),
    "JournalError.cause.damaged": Text(
        "jogeon의 기록 파일이 아니거나 손상되었습니다.", "it is not a jogeon journal, or it is damaged."
    ),
    "JournalError.cause.empty": Text("기록된 것이 없습니다.", "nothing was recorded in it."),
    "JournalError.cause.no frames": Text(
        "--frames 없이 기록했거나, 오래되어 지워졌습니다 (--keep).",
        "it was recorded without --frames, or they were deleted as old (--keep).",
    ),
    "JournalError.cause.in use": Text(
        "다른 jogeon이 이 파일에 기록하고 있습니다. 한 파일에는 하나만 기록합니다.",
        "another jogeon writes this file; a file has one writer.",
    ),
    "JournalError.cause.unwritable": Text(
        "쓸 수 없는 곳이거나 디스크가 가득 찼습니다 ({detail})",
        "the place cannot be written, or the disk is full ({detail})",
    ),
    "JournalError.cause.unreadable": Text("파일을 읽을 수 없습니다 ({detail})", "the file cannot be read ({detail})"),
    "JournalError.cause.unfinished": Text(
        "디스크가 마지막까지 받지 않아 일부를 기록하지 못했습니다.",
        "the disk failed to the end; some events were not written.",
    ),
    "JournalError.next": Text(
        "--journal에 다른 파일을 적어 다시: {again}", "name another file with --journal: {again}"
    ),
    "JournalError.next.damaged": Text(
        "기록을 시작하면 이 파일은 따로 보관하고 새로 씁니다: jogeon record --all{server} --journal {path}",
        "recording sets it aside and begins another: jogeon record --all{server} --journal {path}",
    ),
    "JournalError.next.missing": Text(
        "파일 이름이나 --server를 확인하고 다시: {again} {or_} 먼저 기록하기: jogeon record --all{server}",
        "check its name or --server, then: {again} {or_} record first: jogeon record --all{server}",
    ),
    "JournalError.next.newer": Text("jogeon을 새로 설치: pip install -U jogeon", "upgrade: pip install -U jogeon"),
    "JournalError.next.no frames": Text(
        "원문도 함께 기록하기: jogeon record --all --frames{server} --journal {path}",
        "record them as well: jogeon record --all --frames{server} --journal {path}",
    ),
    "JournalError.next.empty": Text(
        "기록하기: jogeon record --all{server} --journal {path}", "record: jogeon record --all{server} --journal {path}"
    ),
    "AlertRefused.what": Text("알림을 보내지 못했습니다: {target}", "the message was not sent: {target}"),
    "AlertRefused.cause": Text("받는 쪽이 거절했습니다: {said}", "the other side refused it: {said}"),
    "AlertRefused.next": Text(
        "토큰, 대화방(chat), 주소, 프로그램(argv), 권한을 확인하고 다시: {again}",
        "check token, chat, address, program (argv) and rights, then: {again}",
    ),
    "AlertUnreachable.what": Text("알림을 보내지 못했습니다: {target}", "the message was not sent: {target}"),
    "AlertUnreachable.cause": Text("연결할 수 없습니다: {said}", "it could not be reached: {said}"),
    "AlertUnreachable.next": Text(
        "네트워크와 프록시를 확인하고 다시: {again}", "check network and proxy, then: {again}"
    ),
    "PositionError.what": Text(
        "이 위치에서 이어 읽을 수 없습니다: {position}", "the journal cannot be read on from {position}"
    ),
    "PositionError.what.no stream": Text(
        "{position} 다음부터 이어 받을 수 없습니다.", "the events behind {position} cannot be had"
    ),
    "PositionError.cause.no stream": Text(
        "이 서버는 허브가 아니어서 이벤트에 번호를 매기지 않습니다.",
        "this server is not a hub: its events have no numbers.",
    ),
    "PositionError.next.no stream": Text(
        "--after 없이 다시 실행하거나 --server에 허브 주소를 적으세요. "
        "기록 파일에서 보기: jogeon history events --after {position}",
        "leave --after out, or name a hub with --server. From a journal: jogeon history events --after {position}",
    ),
    "PositionError.cause": Text("그 뒤의 기록이 지워졌습니다.", "what came next was deleted."),
    "PositionError.cause.foreign": Text(
        "이 기록 파일의 위치가 아니거나, 기록 파일이 다른 것으로 바뀌었습니다.",
        "it is not a position of this journal, or another journal took its place.",
    ),
    "PositionError.cause.gone": Text(
        "기록 파일이 지워졌거나 다른 곳으로 옮겨졌습니다.", "the journal was deleted or moved away."
    ),
    "PositionError.next": Text(
        "지금 위치 보기: jogeon history position{server} {or_} 처음부터 읽기: --after 0:0",
        "see where it stands: jogeon history position{server} {or_} read from its beginning: --after 0:0",
    ),
    "CannotServe.what": Text(
        "이 주소에서 서버를 실행할 수 없습니다: {address} ({detail})", "cannot serve at {address} ({detail})"
    ),
    "CannotServe.cause": Text(
        "시뮬레이터가 이미 실행 중이거나, 다른 프로그램이 그 포트를 쓰거나, 이 컴퓨터의 주소가 아닙니다.",
        "another simulator or another program has the port, or the address is not this machine's.",
    ),
    "CannotServe.next": Text(
        "빈 포트로: {again} --port 0 --rest-port 0", "any free port: {again} --port 0 --rest-port 0"
    ),
    "MissingExtra.what": Text("{extra} 라이브러리가 있어야 합니다.", "this needs the library {extra}."),
    "MissingExtra.cause": Text("jogeon과 함께 설치되지 않는 선택 기능입니다.", "it is optional, and not installed."),
    "MissingExtra.next": Text('pip install "jogeon[{extra}]"', 'pip install "jogeon[{extra}]"'),
}

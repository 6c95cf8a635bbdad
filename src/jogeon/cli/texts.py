"""Every text people read in the command, in Korean and English, side by side.

`Texts(lang)("key", name=...)` gives one of them. Kiwoom's words are those of 영웅문4 (조건식, 편입, 이탈, 종목코드).
Only characters that a Korean Windows console (cp949) can show are used.
"""

from typing import Literal, NamedTuple

Lang = Literal["ko", "en"]


class Text(NamedTuple):
    """One text in both languages, with the same placeholders."""

    ko: str
    en: str


class Texts:
    """The texts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its placeholders filled; a KeyError tells a key or a placeholder that does not exist."""
        text: str = getattr(TEXTS[key], self.lang)
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in TEXTS


HELP = {
    "help.usage": Text("사용법", "Usage"),
    "help.options": Text("옵션", "Options"),
    "help.commands": Text("명령", "Commands"),
    "help.examples": Text("예", "Examples"),
    "jogeon.help": Text(
        "키움증권 조건검색: 영웅문4에 저장한 조건식을 조회하고, 검색하고, 실시간으로 감시합니다. "
        "계좌가 없어도 jogeon demo 로 바로 써 볼 수 있습니다.",
        "Kiwoom condition search (조건검색): list the conditions saved in 영웅문4, search one now, watch them live. "
        "Without an account, start with: jogeon demo",
    ),
    "jogeon.examples": Text(
        "jogeon demo\njogeon list --server demo\njogeon watch 급등주 --server demo",
        "jogeon demo\njogeon list --server demo\njogeon watch 급등주 --server demo",
    ),
    "demo.short": Text("계좌 없이 모의 시장을 실시간으로 봅니다", "watch a simulated market, no account needed"),
    "demo.help": Text(
        "이 명령 안에서 모의 서버를 띄우고 그 조건식을 모두 실시간으로 보여 줍니다. Ctrl+C로 끝냅니다.",
        "Start a simulator inside this command and watch all its conditions live, until Ctrl+C.",
    ),
    "demo.examples": Text(
        "jogeon demo\njogeon demo --speed 5\njogeon demo --json --duration 10s",
        "jogeon demo\njogeon demo --speed 5\njogeon demo --json --duration 10s",
    ),
    "list.short": Text("저장된 조건식 목록 (ka10171)", "the saved conditions (ka10171)"),
    "list.help": Text(
        "영웅문4에 저장된 조건식의 일련번호와 이름을 보여 줍니다 (ka10171).",
        "Show seq and name of the conditions saved in 영웅문4 (ka10171).",
    ),
    "list.examples": Text(
        "jogeon list\njogeon list --server demo\njogeon list --json",
        "jogeon list\njogeon list --server demo\njogeon list --json",
    ),
    "search.short": Text("조건에 맞는 종목을 지금 검색 (ka10172)", "what meets a condition now (ka10172)"),
    "search.help": Text(
        "조건식에 맞는 종목을 지금 한 번 검색합니다 (ka10172). 연속조회는 끝까지 따라갑니다.",
        "Search conditions once, now (ka10172), over all pages.",
    ),
    "search.examples": Text(
        "jogeon search 급등주 --server demo\njogeon search 급등주 \"신고가 돌파\" --csv -o 종목.csv\n"
        "jogeon search 4 --json --exchange A",
        "jogeon search 급등주 --server demo\njogeon search 급등주 \"신고가 돌파\" --csv -o stocks.csv\n"
        "jogeon search 4 --json --exchange A",
    ),
    "watch.short": Text("편입·이탈을 실시간으로 감시 (ka10173)", "enter and leave, live (ka10173)"),
    "watch.help": Text(
        "조건식의 편입과 이탈을 실시간으로 감시합니다 (ka10173). 터미널에서는 표로, 파이프나 --json 으로는 한 줄에 "
        "하나씩 JSON으로 보여 줍니다. Ctrl+C로 끝내면 실시간 등록도 해제합니다.",
        "Watch stocks enter and leave conditions, live (ka10173): a table on a terminal, JSON lines in a pipe or with "
        "--json. Ctrl+C ends it and stops the registrations.",
    ),
    "watch.examples": Text(
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --duration 10s\n"
        "jogeon watch 급등주 \"신고가 돌파\" --count 100",
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --duration 10s\n"
        "jogeon watch 급등주 \"신고가 돌파\" --count 100",
    ),
    "clear.short": Text("실시간 등록 해제 (ka10174)", "stop a registration (ka10174)"),
    "clear.help": Text(
        "조건식의 실시간 등록을 해제해 달라고 요청합니다 (ka10174). 등록은 접속마다 따로이므로, 다른 프로그램이나 다른 "
        "접속에서 한 등록은 해제되지 않을 수 있습니다. 감시를 끝낼 때는 watch에서 Ctrl+C만 누르면 됩니다.",
        "Ask the server to stop the real-time registration of conditions (ka10174). Registrations belong to a session: "
        "one made by another program or connection may not be touched. To end a watch, Ctrl+C in it is enough.",
    ),
    "clear.examples": Text("jogeon clear 급등주 --server demo", "jogeon clear 급등주 --server demo"),
    "simulate.short": Text("키움과 같은 규격의 모의 서버", "a server that speaks Kiwoom's wire"),
    "simulate.help": Text(
        "가상 시장 위에서 키움 조건검색과 같은 규격으로 응답하는 서버를 띄웁니다. 주소를 JSON 한 줄로 출력하고, "
        "Ctrl+C까지 동작합니다. 토큰은 demo 입니다.",
        "Serve Kiwoom's wire over a synthetic market. Prints its addresses as one line of JSON and runs until Ctrl+C. "
        "The token is: demo",
    ),
    "simulate.examples": Text(
        "jogeon simulate\njogeon simulate --port 0 --rest-port 0 --speed 20 --seed 7",
        "jogeon simulate\njogeon simulate --port 0 --rest-port 0 --speed 20 --seed 7",
    ),
}

OPTIONS = {
    "metavar.names": Text("조건식...", "NAME..."),
    "metavar.server": Text("서버", "SERVER"),
    "metavar.file": Text("파일", "FILE"),
    "metavar.duration": Text("시간", "TIME"),
    "metavar.seconds": Text("초", "SECONDS"),
    "option.server": Text(
        "real(실전), mock(모의투자), demo(모의 서버), ws://... 또는 wss://... 기본값은 JOGEON_SERVER, 없으면 real",
        "real, mock (모의투자), demo (simulator), ws://... or wss://...; default: JOGEON_SERVER, else real",
    ),
    "option.lang": Text("한국어(ko) 또는 영어(en). 기본값은 시스템 언어", "Korean (ko) or English (en); by locale"),
    "option.insecure": Text(
        "이 컴퓨터 밖의 ws:// 주소도 허용 (토큰이 암호화되지 않음)",
        "allow ws:// beyond this machine (the token travels unencrypted)",
    ),
    "option.json": Text("한 줄에 하나씩 JSON으로 출력", "print JSON, one object a line"),
    "option.csv": Text("엑셀에서 열 수 있는 CSV로 출력", "print CSV for spreadsheets"),
    "option.output": Text("화면 대신 파일에 저장", "write to a file instead"),
    "option.verbose": Text("진행 기록을 stderr에 표시 (-vv: 더 자세히)", "log to stderr (-vv: more)"),
    "option.help": Text("이 도움말을 보여 줍니다", "show this help"),
    "option.version": Text("버전을 보여 줍니다", "show the version"),
    "option.all": Text("모든 조건식", "all conditions"),
    "option.exchange": Text("K=KRX(기본), N=NXT, A=통합", "K=KRX (default), N=NXT, A=both (통합)"),
    "option.count": Text("편입과 이탈을 N건 받으면 종료", "end after N enter and leave events"),
    "option.duration": Text("이 시간이 지나면 종료 (30s, 5m, 1h30m)", "end after this time (30s, 5m, 1h30m)"),
    "option.seed": Text("시장을 정하는 수. 같으면 같은 시장", "the number a market is made from"),
    "option.speed": Text("시장의 빠르기 (1=실제 속도)", "pace of the market (1 = real time)"),
    "option.conditions": Text("조건식을 정의한 TOML 파일", "TOML file with the conditions"),
    "option.ping": Text("PING 간격(초)", "seconds between PINGs"),
    "option.host": Text("이 주소에서 접속을 받음", "address to listen on"),
    "option.port": Text("WebSocket 포트 (0=빈 포트)", "WebSocket port (0: any free)"),
    "option.rest-port": Text("REST 포트 (0=빈 포트)", "REST port (0: any free)"),
}

USAGE = {
    "usage.no-such-command": Text("없는 명령입니다: {name}", "no such command: {name}"),
    "usage.no-such-option": Text("없는 옵션입니다: {name}", "no such option: {name}"),
    "usage.did-you-mean": Text("혹시 이것인가요: {names}", "did you mean: {names}"),
    "usage.missing": Text("빠졌습니다: {name}", "missing: {name}"),
    "usage.option": Text(
        "값이 빠졌거나 값을 받지 않는 옵션입니다: {name}", "a value is missing, or this option takes none: {name}"
    ),
    "usage.extra": Text("명령 뒤에 알 수 없는 말이 있습니다.", "there is something too much on the command line."),
    "usage.no-command": Text("명령을 적어 주세요.", "a command is missing."),
    "usage.value": Text("{name}: {complaint}", "{name}: {complaint}"),
    "bad.lang": Text("'{value}' 대신 ko 또는 en 을 적어 주세요.", "'{value}' should be ko or en."),
    "bad.exchange": Text("'{value}' 대신 K, N, A 중 하나를 적어 주세요.", "'{value}' should be K, N or A."),
    "bad.duration": Text(
        "'{value}'은(는) 시간이 아닙니다. 이렇게 적어 주세요: 30s, 5m, 1h, 1h30m, 500ms",
        "'{value}' is not a length of time. Write it like 30s, 5m, 1h, 1h30m or 500ms.",
    ),
    "bad.count": Text("'{value}' 대신 1 이상의 정수를 적어 주세요.", "'{value}' should be a whole number from 1."),
    "bad.integer": Text("'{value}' 대신 정수를 적어 주세요.", "'{value}' should be a whole number."),
    "bad.positive": Text("'{value}' 대신 0보다 큰 수를 적어 주세요.", "'{value}' should be a number above 0."),
    "bad.port": Text("'{value}' 대신 0에서 65535 사이의 포트를 적어 주세요.", "'{value}' should be a port, 0 to 65535."),
    "bad.choice": Text("'{value}' 대신 다음 중 하나를 적어 주세요: {choices}", "'{value}' should be one of: {choices}"),
    "bad.json-and-csv": Text("--json 과 --csv 는 함께 쓸 수 없습니다.", "--json and --csv exclude each other."),
    "bad.names-and-all": Text("조건식 이름과 --all 은 함께 쓸 수 없습니다.", "names and --all exclude each other."),
    "bad.no-names": Text(
        "감시할 조건식을 적거나 --all 을 붙여 주세요.", "name the conditions to watch, or give --all."
    ),
}

FAILURES = {
    "failure.what": Text("오류", "error"),
    "failure.cause": Text("원인", "cause"),
    "failure.kiwoom": Text("키움", "Kiwoom"),
    "failure.next": Text("다음", "next"),
    "or": Text("또는", "or"),
    "mode.real": Text("실전", "real"),
    "mode.mock": Text("모의투자", "mock"),
    "Unexpected.what": Text("예상하지 못한 오류입니다: {what}", "unexpected: {what}"),
    "Unexpected.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "Unexpected.next": Text(
        "JOGEON_DEBUG=1 을 설정하고 다시 실행하면 자세한 내용이 나옵니다.",
        "set JOGEON_DEBUG=1 and run it again to see the traceback.",
    ),
    "OSError.what": Text("{path}: {reason}", "{path}: {reason}"),
    "OSError.cause": Text(
        "파일을 쓰거나 읽을 수 없습니다: 폴더가 없거나, 권한이 없거나, 다른 프로그램(엑셀 등)이 열고 있거나, 디스크가 "
        "가득 찼습니다.",
        "the file cannot be written or read: no such folder, no permission, opened elsewhere, or a full disk.",
    ),
    "OSError.next": Text("다른 파일을 지정해 보세요: -o {example}", "try another file: -o {example}"),
    "LocalProtocolError.what": Text("지금 할 수 없는 요청입니다: {what}", "not possible at this moment: {what}"),
    "LocalProtocolError.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "LocalProtocolError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "RemoteProtocolError.what": Text("서버의 응답을 읽을 수 없습니다: {what}", "unreadable reply of the server: {what}"),
    "RemoteProtocolError.cause": Text(
        "키움 조건검색 서버가 아니거나, 규격이 바뀌었습니다.",
        "not a server of Kiwoom's condition search, or its wire has changed.",
    ),
    "RemoteProtocolError.next": Text(
        "주소를 확인하고, 기록을 보며 다시: {again} -v", "check the address, and look at the log: {again} -v"
    ),
    "InvalidAddress.what": Text("사용할 수 없는 값입니다: {value} ({reason})", "cannot be used: {value} ({reason})"),
    "InvalidAddress.cause": Text(
        "real, mock, demo, wss://주소, 또는 이 컴퓨터의 ws://주소만 쓸 수 있습니다. 밖으로 나가는 ws:// 는 토큰이 "
        "암호화되지 않으므로 --insecure 가 있어야 합니다.",
        "a server is real, mock, demo, wss://... or ws://... on this machine; ws:// beyond it sends the token "
        "unencrypted and needs --insecure.",
    ),
    "InvalidAddress.next": Text("jogeon list --server demo", "jogeon list --server demo"),
    "KeysMissing.what": Text("{mode} 서버의 앱키와 시크릿키가 없습니다.", "no app key and secret key for the {mode} server."),
    "KeysMissing.cause": Text(
        "아직 키를 등록하지 않았습니다. 키 없이도 모의 서버는 쓸 수 있습니다.",
        "no keys were given yet; the simulator needs none.",
    ),
    "KeysMissing.next": Text(
        "jogeon demo (키 없이 바로) {or_} jogeon login (키 등록)",
        "jogeon demo (now, without keys) {or_} jogeon login (to give the keys)",
    ),
    "LoginRefused.what": Text("서버가 로그인을 거절했습니다.", "the server refused the login."),
    "LoginRefused.cause": Text("토큰이나 키가 이 서버의 것이 아닙니다.", "the token or the keys are not this server's."),
    "LoginRefused.next": Text("키를 다시 등록: jogeon login", "give the keys again: jogeon login"),
    "LoginRefused.next.token": Text(
        "환경 변수 JOGEON_TOKEN 에 이 서버의 토큰을 넣고 다시: {again}",
        "set JOGEON_TOKEN to a token of this server, then: {again}",
    ),
    "TokenRefused.what": Text("키움이 토큰 발급을 거절했습니다.", "Kiwoom refused to issue a token."),
    "TokenRefused.cause": Text("앱키나 시크릿키가 맞지 않습니다.", "the app key or the secret key is wrong."),
    "TokenRefused.next": Text("키를 다시 등록: jogeon login", "give the keys again: jogeon login"),
    "SessionTaken.what": Text("같은 앱키로 다른 프로그램이 접속해 있습니다. {holder}", "another program has this app key's session. {holder}"),
    "SessionTaken.cause": Text(
        "키움은 앱키 하나에 접속 하나만 허용합니다. 다시 접속하면 서로 끊게 되므로 멈췄습니다.",
        "Kiwoom allows one session per app key; connecting again would only cut the other off, so this one stopped.",
    ),
    "SessionTaken.next": Text("다른 프로그램을 끝낸 뒤 다시: {again}", "end the other program, then: {again}"),
    "CouldNotConnect.what": Text("서버에 접속하지 못했습니다: {address} ({detail})", "could not connect to {address} ({detail})"),
    "CouldNotConnect.cause.refused": Text("그 주소에서 동작하는 서버가 없습니다.", "no server listens at that address."),
    "CouldNotConnect.cause.name": Text(
        "서버 이름을 찾을 수 없습니다: 주소를 잘못 적었거나 인터넷이 끊겼습니다.",
        "the name cannot be resolved: a typing error, or no internet.",
    ),
    "CouldNotConnect.cause.timeout": Text(
        "서버가 제때 응답하지 않습니다: 방화벽이 막고 있거나 서버가 점검 중입니다.",
        "no answer in time: a firewall, or the server is down for maintenance.",
    ),
    "CouldNotConnect.cause.tls": Text(
        "인증서를 확인할 수 없습니다: 컴퓨터의 날짜와 시각, 보안 프로그램이나 회사 프록시의 인증서를 확인하세요.",
        "its certificate does not verify: check this machine's clock, and whether a company proxy changes certificates.",
    ),
    "CouldNotConnect.cause.handshake": Text(
        "그 주소의 서버는 조건검색 서버가 아닙니다: 포트와 경로(/api/dostk/websocket)를 확인하세요.",
        "what answers there is no condition search: check port and path (/api/dostk/websocket).",
    ),
    "CouldNotConnect.cause.proxy": Text(
        "프록시가 접속을 허용하지 않습니다: HTTPS_PROXY 를 확인하세요.",
        "the proxy does not let it through: check HTTPS_PROXY.",
    ),
    "CouldNotConnect.cause.network": Text("네트워크가 끊겼거나 막혀 있습니다.", "the network is down or blocked."),
    "CouldNotConnect.next": Text("확인한 뒤 다시: {again}", "after checking: {again}"),
    "CouldNotConnect.next.local": Text("모의 서버를 띄우고: jogeon simulate", "start a simulator: jogeon simulate"),
    "ConnectionLost.what": Text("접속이 끊겼습니다: {detail}", "the connection was lost: {detail}"),
    "ConnectionLost.cause": Text(
        "네트워크가 끊겼거나 서버가 접속을 종료했습니다 (종료 코드 {close_code}).",
        "the network broke, or the server ended the connection (close code {close_code}).",
    ),
    "ConnectionLost.next": Text("다시 접속: {again}", "connect again: {again}"),
    "RequestTimeout.what": Text(
        "{seconds:g}초 안에 응답이 없습니다: {request}", "no reply within {seconds:g} s: {request}"
    ),
    "RequestTimeout.cause": Text(
        "서버가 바쁘거나 점검 중입니다. 키움은 요청이 너무 잦아도 응답하지 않습니다.",
        "the server is busy or in maintenance; Kiwoom also stays silent when asked too often.",
    ),
    "RequestTimeout.next": Text("1분쯤 뒤에 다시: {again}", "in a minute, again: {again}"),
    "RequestRefused.what": Text("서버가 요청을 거절했습니다: {request}", "the server refused the request: {request}"),
    "RequestRefused.cause": Text("아래 키움의 설명을 확인하세요.", "see Kiwoom's own words below."),
    "RequestRefused.next": Text("조건식 확인: {list_}", "look at the conditions: {list_}"),
    "UnknownCondition.what": Text("조건식을 찾을 수 없습니다: {wanted}", "no such condition: {wanted}"),
    "UnknownCondition.cause": Text(
        "이 이름이나 일련번호로 저장된 조건식이 없습니다. 영웅문4에서 저장했는지 확인하세요.",
        "no condition of this name or seq is saved in 영웅문4.",
    ),
    "UnknownCondition.cause.close": Text("비슷한 이름: {close}", "similar names: {close}"),
    "UnknownCondition.next": Text("조건식 보기: {list_}", "see them all: {list_}"),
    "AmbiguousCondition.what": Text("같은 이름의 조건식이 여러 개입니다: {name}", "several conditions are named {name}"),
    "AmbiguousCondition.cause": Text(
        "이름으로는 구별할 수 없습니다. 일련번호: {seqs}", "the name does not tell them apart. seq: {seqs}"
    ),
    "AmbiguousCondition.next": Text(
        "이름 대신 일련번호로: jogeon watch {seq}{server}", "use the seq instead: jogeon watch {seq}{server}"
    ),
    "PagingError.what": Text(
        "연속조회가 제대로 끝나지 않습니다 ({rows}행까지 받음): {what}", "the pages do not end properly: {what}"
        " ({rows} rows)",
    ),
    "PagingError.cause": Text(
        "서버의 연속조회 키가 잘못되었습니다. 불완전한 결과는 보여 주지 않습니다.",
        "the server's page keys are wrong; a result that is not complete is not shown.",
    ),
    "PagingError.next": Text("다시 검색: {again}", "search again: {again}"),
    "JogeonError.what": Text("{what}", "{what}"),
    "JogeonError.cause": Text("알 수 없습니다.", "unknown."),
    "JogeonError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "Port.what": Text("{port} 포트는 이미 사용 중입니다.", "port {port} is already in use."),
    "Port.cause": Text(
        "모의 서버가 이미 떠 있거나 다른 프로그램이 쓰고 있습니다.", "another simulator or another program has it."
    ),
    "Port.next": Text("빈 포트로: jogeon simulate --port 0 --rest-port 0", "any free port: jogeon simulate --port 0 --rest-port 0"),
    "code.1700": Text("요청이 너무 잦습니다. 잠시 뒤에 다시 하세요.", "too many requests; wait a little."),
    "code.8005": Text("토큰이 유효하지 않거나 만료되었습니다.", "the token is invalid or has expired."),
    "code.8010": Text("토큰을 발급받은 컴퓨터의 IP가 아닙니다.", "the token was issued to another IP address."),
    "code.8030": Text("실전과 모의투자의 키가 뒤바뀌었습니다.", "keys of the real and the mock server are mixed up."),
    "code.8031": Text("실전과 모의투자의 토큰이 뒤바뀌었습니다.", "tokens of the real and the mock server are mixed up."),
    "code.8040": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8050": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8103": Text("토큰 또는 단말 인증에 실패했습니다.", "the check of the token or the terminal failed."),
    "code.8104": Text("모의투자에서는 제공되지 않는 서비스입니다.", "not offered on the mock server."),
    "code.900003": Text("이미 실시간 등록된 조건식입니다.", "the condition is registered already."),
    "code.900004": Text(
        "조건식 목록이 바뀌었습니다: 영웅문4에서 수정하면 일련번호가 달라집니다.",
        "the list has changed: editing conditions in 영웅문4 moves their seq.",
    ),
}

SHOWN = {
    "column.seq": Text("일련번호", "seq"),
    "column.condition": Text("조건식", "condition"),
    "column.code": Text("종목코드", "code"),
    "column.name": Text("종목명", "name"),
    "column.price": Text("현재가", "price"),
    "column.sign": Text("등락", "sign"),
    "column.change": Text("전일대비", "change"),
    "column.rate": Text("등락률", "rate %"),
    "column.volume": Text("거래량", "volume"),
    "column.open": Text("시가", "open"),
    "column.high": Text("고가", "high"),
    "column.low": Text("저가", "low"),
    "column.count": Text("종목수", "stocks"),
    "column.members": Text("편입 종목과 편입시간 (최근 순)", "stocks in it, with their time (latest first)"),
    "column.time": Text("시각", "time"),
    "column.what": Text("구분", "event"),
    "sign.limit-up": Text("상한", "limit up"),
    "sign.rise": Text("상승", "up"),
    "sign.flat": Text("보합", "flat"),
    "sign.limit-down": Text("하한", "limit down"),
    "sign.fall": Text("하락", "down"),
    "list.title": Text("조건식 {count}개", "{count} conditions"),
    "list.none": Text(
        "저장된 조건식이 없습니다. 영웅문4의 조건검색 화면에서 조건식을 저장하세요.",
        "no saved conditions: save one in the condition search window of 영웅문4.",
    ),
    "search.title": Text("{condition}: {count}종목", "{condition}: {count} stocks"),
    "search.none": Text("{condition}: 지금 조건에 맞는 종목이 없습니다.", "{condition}: no stock meets it now."),
    "search.progress": Text("{condition}: {rows:,}종목 받는 중...", "{condition}: {rows:,} stocks so far..."),
    "saved": Text("저장했습니다: {path} ({rows:,}행)", "saved: {path} ({rows:,} rows)"),
    "clear.done": Text("{condition}: 실시간 등록 해제를 요청했고 서버가 받아들였습니다.", "{condition}: the server accepted the stop."),
    "clear.limit": Text(
        "다른 프로그램이나 다른 접속에서 한 등록은 이 명령으로 해제되지 않습니다. 그 프로그램을 끝내야 합니다.",
        "a registration of another program or session is not touched: end it there.",
    ),
    "simulate.running": Text("모의 서버가 떠 있습니다. Ctrl+C로 끝냅니다.", "the simulator is running; Ctrl+C ends it."),
    "server.real": Text("실전", "real"),
    "server.mock": Text("모의투자", "mock"),
    "server.demo": Text("모의 서버", "simulator"),
    "live.heard": Text("마지막 수신 {age} 전", "last heard {age} ago"),
    "live.silent": Text("아직 수신 없음", "nothing heard yet"),
    "live.gaps": Text("오늘 공백 {count}건", "gaps today: {count}"),
    "live.seconds": Text("{count}초", "{count} s"),
    "live.minutes": Text("{count}분", "{count} min"),
    "live.hours": Text("{count}시간", "{count} h"),
    "live.more": Text("외 {count}종목", "and {count} more"),
    "live.more-conditions": Text("외 조건식 {count}개", "and {count} more conditions"),
    "live.nothing": Text("아직 편입·이탈이 없습니다.", "nothing has entered or left yet."),
    "live.empty": Text("없음", "none"),
    "live.open": Text("진행 중", "still open"),
    "event.enter": Text("편입", "enter"),
    "event.leave": Text("이탈", "leave"),
    "event.gap": Text("공백", "gap"),
    "event.state": Text("상태", "state"),
    "event.anomaly": Text("이상", "odd"),
    "event.recovered": Text("공백 중에 바뀜", "changed during a gap"),
    "cause.connection lost": Text("접속 끊김", "connection lost"),
    "cause.restart": Text("다시 시작", "restart"),
    "cause.lagged": Text("처리가 늦음", "lagged"),
    "cause.drift": Text("재확인에서 차이 발견", "drift"),
    "cause.unreadable frame": Text("읽을 수 없는 메시지", "unreadable frame"),
    "cause.registration lost": Text("실시간 등록이 풀림", "registration lost"),
    "cause.condition missing": Text("조건식이 없어짐", "condition missing"),
    "state.started": Text("시작", "started"),
    "state.connecting": Text("접속 중", "connecting"),
    "state.connected": Text("접속됨", "connected"),
    "state.reconnecting": Text("다시 접속 중", "reconnecting"),
    "state.registered": Text("실시간 등록됨", "registered"),
    "state.unanswered": Text("실시간 등록에 응답 없음", "registration unanswered"),
    "state.condition-added": Text("조건식 추가됨", "condition added"),
    "state.condition-gone": Text("조건식 없어짐", "condition gone"),
    "state.ambiguous": Text("같은 이름의 조건식이 생김", "name became ambiguous"),
    "state.taken": Text("다른 프로그램이 접속함", "session taken"),
    "state.ended": Text("종료", "ended"),
}

TEXTS: dict[str, Text] = HELP | OPTIONS | USAGE | FAILURES | SHOWN

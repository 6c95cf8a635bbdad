"""Texts of the help and of wrong command lines."""

from jogeon.cli.texts.language import Text

HELP = {
    "help.usage": Text("사용법", "Usage"),
    "help.[OPTIONS]": Text("[옵션]", "[OPTIONS]"),
    "help.COMMAND [ARGS]...": Text("명령 [인자]...", "COMMAND [ARGS]..."),
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
    "demo.short": Text("계좌 없이 가상 시장을 실시간으로 봅니다", "watch a simulated market, no account needed"),
    "demo.help": Text(
        "이 명령 안에서 시뮬레이터를 실행하고 그 조건식을 모두 실시간으로 보여 줍니다. Ctrl+C로 끝냅니다.",
        "Run a simulator inside this command and watch all its conditions live, until Ctrl+C.",
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
    "search.short": Text("조건에 맞는 종목을 지금 검색 (ka10172)", "the stocks in a condition now (ka10172)"),
    "search.help": Text(
        "조건식에 맞는 종목을 지금 한 번 검색합니다 (ka10172). 연속조회는 끝까지 따라갑니다.",
        "Search for the stocks in conditions now, once, all pages (ka10172).",
    ),
    "search.examples": Text(
        'jogeon search 급등주 --server demo\njogeon search 급등주 "신고가 돌파" --csv -o 종목.csv\n'
        "jogeon search 4 --json --exchange A",
        'jogeon search 급등주 --server demo\njogeon search 급등주 "신고가 돌파" --csv -o stocks.csv\n'
        "jogeon search 4 --json --exchange A",
    ),
    "watch.short": Text("편입·이탈을 실시간으로 감시 (ka10173)", "stocks entering and leaving, live (ka10173)"),
    "watch.help": Text(
        "조건식의 편입과 이탈을 실시간으로 감시합니다 (ka10173). 터미널에서는 표로, 파이프나 --json 으로는 한 줄에 "
        "하나씩 JSON으로 보여 줍니다. Ctrl+C로 끝내면 실시간 등록도 해제합니다.",
        "Watch stocks enter and leave conditions, live (ka10173): a table on a terminal, JSON lines in a pipe or with "
        "--json. Ctrl+C ends it and stops the registrations.",
    ),
    "watch.examples": Text(
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --duration 10s\n"
        'jogeon watch 급등주 "신고가 돌파" --count 100',
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --duration 10s\n"
        'jogeon watch 급등주 "신고가 돌파" --count 100',
    ),
    "record.short": Text("편입·이탈을 파일에 기록", "record enters and leaves in a journal"),
    "record.help": Text(
        "조건식의 편입과 이탈을 기록 파일(저널)에 남깁니다. 끊긴 동안과 꺼져 있던 동안도 공백으로 남깁니다. 같은 "
        "파일로 다시 시작하면 이어서 기록합니다. 파일 이름의 {date}는 날짜로 바뀌어 하루에 한 파일이 됩니다. 파일을 "
        "정하지 않으면 서버와 키마다 정해진 곳에 기록합니다. Ctrl+C로 끝냅니다.",
        "Record the stocks that enter and leave conditions in a journal file, and the gaps in which nothing was "
        "received, those between two runs included. Started again with the same file, it resumes. {date} in the file "
        "name starts a new file each day. Without --journal, each server and key has a journal of its own. Ctrl+C "
        "ends it.",
    ),
    "record.examples": Text(
        "jogeon record --all --server demo\njogeon record 급등주 --journal signals-{date}.journal --until 15:40",
        "jogeon record --all --server demo\njogeon record 급등주 --journal signals-{date}.journal --until 15:40",
    ),
    "clear.short": Text("실시간 등록 해제 (ka10174)", "stop a registration (ka10174)"),
    "clear.help": Text(
        "조건식의 실시간 등록을 해제해 달라고 요청합니다 (ka10174). 등록은 접속마다 따로이므로, 다른 프로그램이나 다른 "
        "접속에서 한 등록은 해제되지 않을 수 있습니다. 감시를 끝낼 때는 watch에서 Ctrl+C만 누르면 됩니다.",
        "Ask the server to stop the real-time registration of conditions (ka10174). Registrations belong to a session: "
        "one made by another program or connection may not be touched. To end a watch, Ctrl+C in it is enough.",
    ),
    "clear.examples": Text("jogeon clear 급등주 --server demo", "jogeon clear 급등주 --server demo"),
    "simulate.short": Text("키움과 같은 규격의 시뮬레이터", "a server that speaks Kiwoom's protocol"),
    "simulate.help": Text(
        "가상 시장 위에서 키움 조건검색과 같은 규격으로 응답하는 서버를 실행합니다. 주소를 JSON 한 줄로 출력하고, "
        "Ctrl+C까지 동작합니다. 토큰은 demo 입니다.",
        "Serve Kiwoom's protocol over a simulated market. Prints its addresses as one line of JSON and runs until "
        "Ctrl+C. The token is: demo",
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
        "real(실전), mock(모의투자), demo(시뮬레이터), ws://... 또는 wss://... 기본값은 JOGEON_SERVER, jogeon.toml, "
        "KIWOOM_MODE 순서, 모두 없으면 real",
        "real, mock (모의투자), demo (simulator), ws://... or wss://...; default: JOGEON_SERVER, jogeon.toml, "
        "KIWOOM_MODE, else real",
    ),
    "option.lang": Text(
        "한국어(ko) 또는 영어(en). 기본값은 JOGEON_LANG, jogeon.toml, 시스템 언어 순서",
        "Korean (ko) or English (en); default: JOGEON_LANG, jogeon.toml, else the system's",
    ),
    "option.insecure": Text(
        "이 컴퓨터 밖의 ws:// 주소도 허용 (토큰이 암호화되지 않음)",
        "allow ws:// beyond this machine (the token travels unencrypted)",
    ),
    "option.json": Text("한 줄에 하나씩 JSON으로 출력", "print one JSON object per line"),
    "option.csv": Text("엑셀에서 열 수 있는 CSV로 출력", "print CSV for spreadsheets"),
    "option.output": Text("화면 대신 파일에 저장", "write to a file instead"),
    "option.verbose": Text("진행 기록을 stderr에 표시 (-vv: 더 자세히)", "log to stderr (-vv: more)"),
    "option.help": Text("이 도움말을 보여 줍니다", "show this help"),
    "option.version": Text("버전을 보여 줍니다", "show the version"),
    "option.all": Text("모든 조건식", "all conditions"),
    "option.exchange": Text("K=KRX(기본), N=NXT, A=통합", "K=KRX (default), N=NXT, A=both (통합)"),
    "option.count": Text("편입과 이탈을 N건 받으면 종료", "end after N enter and leave events"),
    "option.duration": Text("이 시간이 지나면 종료 (30s, 5m, 1h30m)", "end after this time (30s, 5m, 1h30m)"),
    "option.journal": Text("받은 것을 모두 이 파일에 기록", "record everything in this file"),
    "option.until": Text("이 시각(한국 시간)까지", "until this time of day, Korean time"),
    "option.frames": Text("받은 원문도 함께 기록", "record the raw frames as well"),
    "option.recheck": Text(
        "이 간격으로 조건식마다 다시 등록해 누락을 찾음 (기본 10m, 0=안 함)",
        "register each condition again at this interval to find what was missed (default 10m, 0 = never)",
    ),
    "option.on-taken": Text(
        "다른 프로그램이 같은 앱키로 접속하면: stop 종료(기본), retry 한참 뒤 재시도, takeover 한 번만 되찾기",
        "when another program takes the session: stop (default), retry after long pauses, takeover once",
    ),
    "option.seed": Text("난수 시드. 같은 값이면 같은 시장", "random seed; the same seed makes the same market"),
    "option.speed": Text("빠르기 (1=실제 속도)", "pace (1 = real time)"),
    "option.conditions": Text("조건식을 정의한 TOML 파일", "TOML file with the conditions"),
    "option.ping": Text("PING 간격(초)", "seconds between PINGs"),
    "option.switch": Text(
        "확실히 알려지지 않은 규격을 바꿈 (여러 번 가능). 예: page_size=20",
        "change a detail of the protocol that is not known for certain, such as page_size=20; repeatable",
    ),
    "option.host": Text("이 주소에서 접속을 받음", "address to listen on"),
    "option.port": Text("WebSocket 포트 (0=빈 포트)", "WebSocket port (0: any free)"),
    "option.rest-port": Text("REST 포트 (0=빈 포트)", "REST port (0: any free)"),
}

USAGE = {
    "usage.no-such-command": Text("없는 명령입니다: {name}", "no such command: {name}"),
    "usage.no-such-option": Text("없는 옵션입니다: {name}", "no such option: {name}"),
    "usage.did-you-mean": Text("혹시 이것인가요: {names}", "did you mean: {names}"),
    "usage.missing": Text("빠졌습니다: {name}", "missing: {name}"),
    "usage.option": Text("값이 빠졌습니다: {name}", "a value is missing: {name}"),
    "usage.flag": Text("값을 받지 않는 옵션입니다: {name}", "this option takes no value: {name}"),
    "usage.extra": Text("알 수 없는 인자입니다: {names}", "unexpected argument: {names}"),
    "usage.no-command": Text("명령을 적어 주세요.", "a command is missing."),
    "usage.value": Text("{name}: {complaint}", "{name}: {complaint}"),
    "bad.empty": Text(
        "값이 비어 있습니다. 셸 변수가 설정되지 않은 것 같습니다. 값을 적거나 옵션을 빼세요.",
        "the value is empty, as an unset shell variable leaves it; give a value or omit it.",
    ),
    "bad.lang": Text("'{value}' 대신 ko 또는 en 을 적어 주세요.", "'{value}' should be ko or en."),
    "bad.exchange": Text("'{value}' 대신 K, N, A 중 하나를 적어 주세요.", "'{value}' should be K, N or A."),
    "bad.until": Text(
        "'{value}'은(는) 시각이 아닙니다. 이렇게 적어 주세요: 15:40",
        "'{value}' is not a time of day. Write it like 15:40.",
    ),
    "bad.recheck": Text(
        "'{value}'은(는) 간격이 아닙니다. 이렇게 적어 주세요: 30s, 10m, 1h, 0",
        "'{value}' is not an interval. Write it like 30s, 10m, 1h or 0.",
    ),
    "bad.on-taken": Text(
        "'{value}' 대신 stop, retry, takeover 중 하나를 적어 주세요.", "'{value}' should be stop, retry or takeover."
    ),
    "bad.duration": Text(
        "'{value}'은(는) 시간이 아닙니다. 이렇게 적어 주세요: 30s, 5m, 1h, 1h30m, 500ms",
        "'{value}' is not a length of time. Write it like 30s, 5m, 1h, 1h30m or 500ms.",
    ),
    "bad.count": Text("'{value}' 대신 1 이상의 정수를 적어 주세요.", "'{value}' should be a whole number from 1."),
    "usage.example": Text("예: {example}", "example: {example}"),
    "usage.help": Text("도움말: {command} --help", "help: {command} --help"),
    "bad.integer": Text("'{value}' 대신 정수를 적어 주세요.", "'{value}' should be a whole number."),
    "bad.positive": Text("'{value}' 대신 0보다 큰 수를 적어 주세요.", "'{value}' should be a number above 0."),
    "bad.not-negative": Text("'{value}' 대신 0 이상의 수를 적어 주세요.", "'{value}' should be a number from 0."),
    "bad.switch": Text(
        "--switch {name}: '{value}' 대신 {wanted} 적어 주세요.", "--switch {name}: '{value}' should be {wanted}."
    ),
    "bad.switch.range": Text(
        "--switch {name}: {value}은(는) 허용 범위 밖입니다. 기본값: {default}",
        "--switch {name}: {value} is out of range. Default: {default}",
    ),
    "type.str": Text("문자열", "text"),
    "type.int": Text("정수", "a whole number"),
    "type.float": Text("수", "a number"),
    "type.bool": Text("true/false", "true or false"),
    "type.array": Text("목록", "a list"),
    "type.object": Text("표", "a table"),
    "wanted.bool": Text("true 또는 false 를", "true or false"),
    "wanted.int": Text("정수를", "a whole number"),
    "wanted.float": Text("수를", "a number"),
    "wanted.one of": Text("{choices} 중 하나를", "one of {choices}"),
    "bad.conditions": Text("조건식 파일을 읽을 수 없습니다: {detail}", "the conditions cannot be read: {detail}"),
    "bad.expression": Text(
        "조건식 '{name}'의 {column}번째 글자: {reason}", "condition '{name}', column {column}: {reason}"
    ),
    "expression.empty": Text("비어 있습니다", "it is empty"),
    "expression.too long": Text("너무 깁니다", "too long"),
    "expression.too deep": Text("괄호가 너무 깊습니다", "too deeply nested"),
    "expression.syntax": Text("문법이 맞지 않습니다", "syntax error"),
    "expression.unknown field": Text("없는 항목입니다", "unknown field"),
    "expression.not allowed": Text("쓸 수 없는 표현입니다", "not allowed"),
    "expression.number out of range": Text("수가 범위를 벗어납니다", "number out of range"),
    "expression.wrong number of arguments": Text("인자의 수가 맞지 않습니다", "wrong number of arguments"),
    "expression.condition expected": Text("비교식이 있어야 합니다", "a comparison is expected"),
    "expression.number expected": Text("수가 있어야 합니다", "a number is expected"),
    "bad.port": Text(
        "'{value}' 대신 0에서 65535 사이의 포트를 적어 주세요.", "'{value}' should be a port, 0 to 65535."
    ),
    "bad.choice": Text("'{value}' 대신 다음 중 하나를 적어 주세요: {choices}", "'{value}' should be one of: {choices}"),
    "bad.json-and-csv": Text("--json 과 --csv 는 함께 쓸 수 없습니다.", "--json and --csv cannot be used together."),
    "bad.names-and-all": Text(
        "조건식 이름과 --all 은 함께 쓸 수 없습니다.", "names and --all cannot be used together."
    ),
    "bad.no-names": Text(
        "감시할 조건식을 적거나 --all 을 붙여 주세요.", "name the conditions to watch, or give --all."
    ),
}

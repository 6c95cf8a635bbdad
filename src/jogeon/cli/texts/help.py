"""Texts of the help: one page for each command, and the headings of its sections."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "help.usage": Text("사용법", "Usage"),
    "help.[OPTIONS]": Text("[옵션]", "[OPTIONS]"),
    "help.COMMAND [ARGS]...": Text("명령 [인자]...", "COMMAND [ARGS]..."),
    "help.commands": Text("명령", "Commands"),
    "help.examples": Text("예", "Examples"),
    "help.jogeon.help": Text(
        "키움증권 조건검색: 영웅문4에 저장한 조건식을 조회하고, 검색하고, 실시간으로 감시합니다. "
        "계좌가 없어도 jogeon demo로 바로 써 볼 수 있습니다.",
        "Kiwoom condition search (조건검색): list the conditions saved in 영웅문4, search one now, watch them live. "
        "Without an account, start with: jogeon demo",
    ),
    "help.jogeon.examples": Text(
        "jogeon demo\njogeon list --server demo\njogeon watch 급등주 --server demo",
        "jogeon demo\njogeon list --server demo\njogeon watch 급등주 --server demo",
    ),
    "help.demo.short": Text("계좌 없이 가상 시장을 실시간으로 봅니다", "watch a simulated market, no account needed"),
    "help.demo.help": Text(
        "이 명령 안에서 시뮬레이터를 실행하고 그 조건식을 모두 실시간으로 보여 줍니다. 허브도 함께 "
        "실행하므로, 알려 주는 주소로 다른 터미널의 프로그램도 접속할 수 있습니다. Ctrl+C로 끝냅니다.",
        "Run a simulator inside this command and watch all its conditions live, until Ctrl+C. A hub runs with it: "
        "programs in other terminals can join at the address that is shown.",
    ),
    "help.demo.examples": Text(
        "jogeon demo\njogeon demo --speed 5\njogeon demo --json --duration 10s",
        "jogeon demo\njogeon demo --speed 5\njogeon demo --json --duration 10s",
    ),
    "help.list.short": Text("저장된 조건식 목록 (ka10171)", "the saved conditions (ka10171)"),
    "help.list.help": Text(
        "영웅문4에 저장된 조건식의 일련번호와 이름을 보여 줍니다 (ka10171).",
        "Show seq and name of the conditions saved in 영웅문4 (ka10171).",
    ),
    "help.list.examples": Text(
        "jogeon list\njogeon list --server demo\njogeon list --json",
        "jogeon list\njogeon list --server demo\njogeon list --json",
    ),
    "help.search.short": Text("조건에 맞는 종목을 지금 검색 (ka10172)", "the stocks in a condition now (ka10172)"),
    "help.search.help": Text(
        "조건식에 맞는 종목을 지금 한 번 검색합니다 (ka10172). 연속조회는 끝까지 따라갑니다.",
        "Search for the stocks in conditions now, once, all pages (ka10172).",
    ),
    "help.search.examples": Text(
        'jogeon search 급등주 --server demo\njogeon search 급등주 "신고가 돌파" --csv -o 종목.csv\n'
        "jogeon search 4 --json --exchange A",
        'jogeon search 급등주 --server demo\njogeon search 급등주 "신고가 돌파" --csv -o stocks.csv\n'
        "jogeon search 4 --json --exchange A",
    ),
    "help.watch.short": Text("편입·이탈을 실시간으로 감시 (ka10173)", "stocks entering and leaving, live (ka10173)"),
    "help.watch.help": Text(
        "조건식의 편입과 이탈을 실시간으로 감시합니다 (ka10173). 터미널에서는 표로, 파이프나 --json 으로는 한 줄에 "
        "하나씩 JSON으로 보여 줍니다. Ctrl+C로 끝내면 실시간 등록도 해제합니다.",
        "Watch stocks enter and leave conditions, live (ka10173): a table on a terminal, JSON lines in a pipe or with "
        "--json. Ctrl+C ends it and stops the registrations.",
    ),
    "help.watch.examples": Text(
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --prices --duration 10s\n"
        'jogeon watch 급등주 "신고가 돌파" --count 100',
        "jogeon watch 급등주 --server demo\njogeon watch --all --server demo --json --prices --duration 10s\n"
        'jogeon watch 급등주 "신고가 돌파" --count 100',
    ),
    "help.quotes.short": Text("종목의 시세를 실시간으로 (0B, ka10095)", "prices of stocks, live (0B, ka10095)"),
    "help.quotes.help": Text(
        "종목의 시세를 실시간으로 보여 줍니다. 처음에는 현재 시세를, 그다음에는 체결될 때마다 최근 시세를 한 줄에 "
        "하나씩 보여 줍니다. --count, --duration 또는 Ctrl+C로 끝냅니다.",
        "Show the prices of stocks, live: the present one at first, then the latest after each trade, one a line, "
        "until --count, --duration or Ctrl+C.",
    ),
    "help.quotes.examples": Text(
        "jogeon quotes 005930\njogeon quotes 005930 000660 --json --duration 1m\njogeon quotes 005930 --count 1",
        "jogeon quotes 005930\njogeon quotes 005930 000660 --json --duration 1m\njogeon quotes 005930 --count 1",
    ),
    "help.names.short": Text("종목코드의 종목명 (ka10099, ka10095)", "names of stocks (ka10099, ka10095)"),
    "help.names.help": Text(
        "종목코드의 종목명을 보여 줍니다. 종목코드를 적지 않으면 알고 있는 모든 종목을 보여 줍니다. 종목명은 하루 동안 "
        "보관하고, 없는 것만 요청합니다. 로그인하지 않으므로 감시 중에도 쓸 수 있습니다.",
        "Show the names of stocks, or of all that are known. Names are kept for a day, and only missing ones are "
        "requested. It does not log in, so it can be used while a watch runs.",
    ),
    "help.names.examples": Text(
        "jogeon names 005930 000660\njogeon names --json\njogeon names --refresh --server mock",
        "jogeon names 005930 000660\njogeon names --json\njogeon names --refresh --server mock",
    ),
    "help.record.short": Text("편입·이탈을 파일에 기록", "record enters and leaves in a journal"),
    "help.record.help": Text(
        "조건식의 편입과 이탈을 기록 파일(저널)에 남깁니다. 끊긴 동안과 꺼져 있던 동안도 공백으로 남깁니다. 같은 "
        "파일로 다시 시작하면 이어서 기록합니다. 파일 이름의 {date}는 날짜로 바뀌어 하루에 한 파일이 됩니다. 파일을 "
        "정하지 않으면 서버와 키마다 정해진 곳에 기록합니다. Ctrl+C로 끝냅니다.",
        "Record the stocks that enter and leave conditions in a journal file, and the gaps in which nothing was "
        "received, those between two runs included. Started again with the same file, it resumes. {date} in the file "
        "name starts a new file each day. Without --journal, each server and key has a journal of its own. Ctrl+C "
        "ends it.",
    ),
    "help.record.examples": Text(
        "jogeon record --all --server demo\njogeon record 급등주 --journal signals-{date}.journal --until 15:40",
        "jogeon record --all --server demo\njogeon record 급등주 --journal signals-{date}.journal --until 15:40",
    ),
    "help.clear.short": Text("실시간 등록 해제 (ka10174)", "stop a registration (ka10174)"),
    "help.clear.help": Text(
        "조건식의 실시간 등록을 해제해 달라고 요청합니다 (ka10174). 등록은 접속마다 따로이므로, 다른 프로그램이나 다른 "
        "접속에서 한 등록은 해제되지 않을 수 있습니다. 감시를 끝낼 때는 watch에서 Ctrl+C만 누르면 됩니다.",
        "Ask the server to stop the real-time registration of conditions (ka10174). Registrations belong to a session: "
        "one made by another program or connection may not be touched. To end a watch, Ctrl+C in it is enough.",
    ),
    "help.clear.examples": Text("jogeon clear 급등주 --server demo", "jogeon clear 급등주 --server demo"),
    "help.hub.short": Text("한 접속을 여러 프로그램이 함께 사용", "share one session among many programs"),
    "help.hub.help": Text(
        "증권사와의 접속 하나를 맡아 여러 프로그램에 나누어 줍니다. 키움은 앱키마다 접속을 하나만 허용하므로, 여러 "
        "프로그램을 쓰려면 주소만 허브로 바꾸면 됩니다. 규격은 키움과 같습니다. 이름을 준 조건식은 처음부터 감시하고, "
        "나머지는 프로그램이 등록할 때 감시합니다. 받은 것은 모두 기록합니다. Ctrl+C로 끝냅니다. "
        "hub status는 실행 중인 허브의 상태를, hub unit은 systemd 서비스 파일을 보여 줍니다. "
        "hub token add|list|revoke는 프로그램마다 따로 쓸 허브 토큰을 만들고, 보여 주고, 폐기합니다.",
        "Hold the one session with the broker and share it among any number of programs. Kiwoom allows one session per "
        "app key; a second program only needs the hub's address in place of Kiwoom's, the protocol is the same. "
        "Conditions that are named are followed from the start, others once a program registers them. Everything is "
        "recorded. Ctrl+C ends it. `hub status` shows how a running hub is doing, "
        "`hub unit` prints a systemd unit. "
        "`hub token add|list|revoke` makes, lists and revokes tokens, one for each program.",
    ),
    "help.hub.examples": Text(
        "jogeon hub --server demo\njogeon hub --all --journal hub.journal --keep 90d\njogeon hub status\n"
        "jogeon hub token add chart --may watch",
        "jogeon hub --server demo\njogeon hub --all --journal hub.journal --keep 90d\njogeon hub status\n"
        "jogeon hub token add chart --may watch",
    ),
    "help.board.short": Text("조건 현황판을 웹 브라우저에서 열기", "open the board, a page of what a hub follows"),
    "help.board.help": Text(
        "이 컴퓨터에서 실행 중인 jogeon hub나 jogeon demo의 현황판을 여는 링크를 보여 주고 웹 브라우저에서 엽니다. "
        "링크는 한 번만 쓸 수 있습니다. --json은 링크만 출력합니다.",
        "Show a link to the board of a jogeon hub or jogeon demo that runs on this machine, and open it in a browser. "
        "A link works once. --json only prints it.",
    ),
    "help.board.examples": Text("jogeon board\njogeon board --json", "jogeon board\njogeon board --json"),
    "help.simulate.short": Text("키움과 같은 규격의 시뮬레이터", "a server that speaks Kiwoom's protocol"),
    "help.simulate.help": Text(
        "가상 시장 위에서 키움 조건검색과 같은 규격으로 응답하는 서버를 실행합니다. 주소를 JSON 한 줄로 출력하고, "
        "Ctrl+C까지 동작합니다. 토큰은 demo 입니다.",
        "Serve Kiwoom's protocol over a simulated market. Prints its addresses as one line of JSON and runs until "
        "Ctrl+C. The token is: demo",
    ),
    "help.simulate.examples": Text(
        "jogeon simulate\njogeon simulate --port 0 --rest-port 0 --speed 20 --seed 7",
        "jogeon simulate\njogeon simulate --port 0 --rest-port 0 --speed 20 --seed 7",
    ),
    "help.alerts.short": Text("알림 규칙 확인·시험·목록", "check and try alert rules, list alerts"),
    "help.alerts.help": Text(
        "알림은 record --alerts가 보냅니다. 규칙은 jogeon.toml의 [alerts]에 적습니다. add: 텔레그램 대상을 차례로 "
        "물어 추가, check: 규칙을 확인하고 말로 풀어 보여 줌, test 대상: 시험 메시지 보내기, dry-run: 기록한 "
        "파일에서라면 울렸을 알림, list: 그 기록의 알림과 전송 결과.",
        "record --alerts sends alerts by the rules under [alerts] in jogeon.toml. add: set up Telegram step by step; "
        "check: check the rules and say them in words; test TARGET: send a test message; dry-run: the alerts that a "
        "journal would have set off; list: the alerts of a journal and what became of them.",
    ),
    "help.alerts.examples": Text(
        "jogeon alerts add\njogeon alerts check\njogeon alerts test 폰\n"
        "jogeon alerts dry-run --journal signals.journal --since 09:00\njogeon alerts list --json",
        "jogeon alerts add\njogeon alerts check\njogeon alerts test phone\n"
        "jogeon alerts dry-run --journal signals.journal --since 09:00\njogeon alerts list --json",
    ),
    "help.history.short": Text(
        "기록에서 이벤트·편입 종목·공백·통계·수익률 보기", "events, members, gaps, statistics, returns of a journal"
    ),
    "help.history.help": Text(
        "기록 파일(--journal)을 읽어 보여 줍니다. events: 편입·이탈을 비롯한 모든 이벤트, members: 어느 순간의 "
        "편입 종목(--at), gaps: 수신하지 못한 공백, stats: 조건식별 통계와 겹침, outcomes: 편입 후 1분부터 종가까지의 "
        "수익률(record --prices로 기록한 경우). 날짜 없는 시각은 --day의 날, "
        "없으면 마지막으로 기록한 날의 시각입니다. 기록 중인 파일도 읽을 수 있습니다.",
        "Read a journal (--journal). events: everything recorded; members: who was in at a moment (--at); gaps: when "
        "nothing was received; stats: figures for each condition, and overlaps; outcomes: returns from 1 minute after "
        "entry to the close, where record --prices kept prices. A time without a day belongs to --day, else "
        "to the last day recorded. A journal can be read while it is written.",
    ),
    "help.history.examples": Text(
        "jogeon history events --day 2026-11-22 --condition 급등주\njogeon history members --at 10:31:05\n"
        "jogeon history gaps --json\njogeon history stats --from 09:00 --until 09:30\njogeon history outcomes\n"
        "jogeon history events --after 3:1234 --follow --json",
        "jogeon history events --day 2026-11-22 --condition 급등주\njogeon history members --at 10:31:05\n"
        "jogeon history gaps --json\njogeon history stats --from 09:00 --until 09:30\njogeon history outcomes\n"
        "jogeon history events --after 3:1234 --follow --json",
    ),
    "help.export.short": Text(
        "기록을 CSV·Parquet·JSON·SQLite 파일로 내보내기", "a journal as a CSV, Parquet, JSON or SQLite file"
    ),
    "help.export.help": Text(
        "기록의 이벤트를 분석용 파일로 내보냅니다. 형식은 이름의 끝으로 정합니다: .csv(엑셀에서 열립니다), "
        ".parquet(pip install jogeon[duckdb]), .json(한 줄에 하나), .sqlite(history 테이블). 어느 형식이든 열은 같고, "
        "시각은 한국 시각과 나노초 정수 두 가지로 들어갑니다. --frames는 받은 원문을 내보냅니다.",
        "Write the events of a journal to a file for analysis. The ending of its name says which kind: .csv (Excel "
        "opens it), .parquet (needs jogeon[duckdb]), .json (one object a line), .sqlite (a table named history). The "
        "columns are the same in all of them; times are given twice, as Korean time and in nanoseconds. --frames "
        "writes the raw frames instead.",
    ),
    "help.export.examples": Text(
        "jogeon export -o 기록.csv\njogeon export -o 기록.parquet\n"
        "jogeon export -o day.csv --day 2026-11-22 --kind enter,leave\njogeon export --frames -o 원문.jsonl",
        "jogeon export -o journal.csv\njogeon export -o journal.parquet\n"
        "jogeon export -o day.csv --day 2026-11-22 --kind enter,leave\njogeon export --frames -o frames.jsonl",
    ),
    "help.login.short": Text("키움 앱키를 등록하고 확인합니다", "store and check Kiwoom's app key"),
    "help.login.help": Text(
        "키움 REST API의 앱키와 시크릿키를 물어보고, 토큰을 한 번 발급받아 확인한 뒤 안전하게 보관합니다. 조건검색에는 "
        "접속하지 않으므로 실행 중인 다른 프로그램에 영향을 주지 않습니다.",
        "Ask for the app key and the secret key of Kiwoom's REST API, check them by requesting a token, and store them "
        "safely. It does not log in, so no running program is disturbed.",
    ),
    "help.login.examples": Text(
        "jogeon login\njogeon login --server mock\njogeon login --server real --keys C:/Users/me/Downloads",
        "jogeon login\njogeon login --server mock\njogeon login --server real --keys C:/Users/me/Downloads",
    ),
    "help.logout.short": Text("토큰을 폐기하고 보관한 키를 지웁니다", "revoke the token, delete the stored keys"),
    "help.logout.help": Text(
        "접근토큰을 폐기하고, jogeon login으로 보관한 앱키와 시크릿키를 이 컴퓨터에서 지웁니다. "
        "환경 변수, jogeon.toml, 내려받은 파일, kwcli의 키는 건드리지 않습니다.",
        "Revoke the access token and delete the keys that jogeon login stored on this machine. The environment, "
        "jogeon.toml, downloaded files and the keys of kwcli are not touched.",
    ),
    "help.logout.examples": Text(
        "jogeon logout\njogeon logout --server mock --yes", "jogeon logout\njogeon logout --server mock --yes"
    ),
    "help.doctor.short": Text("사용 환경을 점검하고 해결 방법을 안내", "check your setup and say what to do"),
    "help.doctor.help": Text(
        "키, 토큰, 시계, 서버 주소, 다른 프로그램의 접속을 점검하고, 문제마다 해결하는 명령을 알려 줍니다. "
        "--login 없이는 조건검색에 로그인하지 않습니다.",
        "Check keys, token, clock, addresses and whether another program has the session, and name the command that "
        "solves each problem. Without --login it does not log in.",
    ),
    "help.doctor.examples": Text(
        "jogeon doctor\njogeon doctor --server mock --login\njogeon doctor --server demo --json",
        "jogeon doctor\njogeon doctor --server mock --login\njogeon doctor --server demo --json",
    ),
    "help.replay.short": Text(
        "기록한 하루를 키움과 같은 규격으로 다시 재생", "serve a recorded day over Kiwoom's protocol"
    ),
    "help.replay.help": Text(
        "record나 watch --journal로 기록한 하루를 키움 조건검색과 같은 규격으로 재생하는 서버를 실행합니다. 키움에 "
        "접속하는 프로그램이면 무엇이든 그대로 접속할 수 있습니다. 주소를 JSON 한 줄로 출력합니다. 토큰은 demo "
        "입니다. 프로그램이 실시간 등록을 마치면(마지막 등록 2초 뒤) 시작합니다. 공백이 기록된 곳에서는 접속을 끊고, "
        "다시 등록될 때까지 최대 30초 기다립니다. 끝나면 마지막 상태로 남고, --exit-at-end를 붙이면 종료합니다.",
        "Serve a day recorded by record or watch --journal over Kiwoom's protocol, to any program that connects to "
        "Kiwoom. Prints its addresses as one line of JSON. The token is: demo. It starts when a program has "
        "registered (2 s after its last registration). At a recorded gap it cuts the connections and waits until they "
        "are back, at most 30 s. At the end it keeps the last state until Ctrl+C; with --exit-at-end it ends.",
    ),
    "help.replay.examples": Text(
        "jogeon replay 기록.journal\njogeon replay 기록.journal --speed 60 --from 09:00 --until 09:30\n"
        "jogeon replay 기록.journal --day 2026-11-20 --speed max --exit-at-end",
        "jogeon replay day.journal\njogeon replay day.journal --speed 60 --from 09:00 --until 09:30\n"
        "jogeon replay day.journal --day 2026-11-20 --speed max --exit-at-end",
    ),
    "help.what": Text("무엇을", "What"),
    "help.market": Text("시장", "Market"),
    "help.ends": Text("언제까지", "When it ends"),
    "help.journal": Text("기록", "Journal"),
    "help.serves": Text("서버", "Serving"),
    "help.server": Text("접속", "Connection"),
    "help.answer": Text("출력", "Output"),
    "help.more": Text("그 밖에", "Other options"),
    "help.switches": Text("--switch의 이름과 기본값", "Switches (--switch NAME=VALUE) and their defaults"),
    "help.default": Text("(기본값 {value})", "(default {value})"),
    "help.times": Text("시간과 시각을 적는 법 (모든 옵션에서 같음)", "Times, the same in every option"),
    "help.length": Text(
        "500ms, 30s, 5m, 1h30m, 90d. 단위가 없으면 초", "500ms, 30s, 5m, 1h30m, 90d; a number alone counts seconds"
    ),
    "help.moment": Text(
        "09:00, 10:31:05, 2026-11-22T10:31:05. 한국 시각. 날짜만 적으면 그날 0시",
        "09:00, 10:31:05, 2026-11-22T10:31:05, Korean time; a day alone is its beginning",
    ),
    "help.day": Text("2026-11-22 또는 20261122", "2026-11-22 or 20261122"),
}

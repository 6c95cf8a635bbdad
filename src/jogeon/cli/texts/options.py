"""Texts of options in the help, and the names of their values."""

from jogeon.cli.texts.language import Text

TEXTS = {
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
    "option.rest": Text(
        "종목명과 시세를 요청할 REST 주소. ws://, wss:// 서버가 로그인 때 알려 주지 않으면 필요. 기본값은 JOGEON_REST",
        "REST address for names and prices of a ws:// or wss:// server that does not name it at the login; default: "
        "JOGEON_REST",
    ),
    "option.refresh": Text("보관한 종목명이 있어도 다시 요청", "request them again, even if they are kept"),
    "option.json": Text("한 줄에 하나씩 JSON으로 출력", "print one JSON object per line"),
    "option.csv": Text("엑셀에서 열 수 있는 CSV로 출력", "print CSV for spreadsheets"),
    "option.output": Text("화면 대신 파일에 저장", "write to a file instead"),
    "option.verbose": Text("진행 기록을 stderr에 표시 (-vv: 더 자세히)", "log to stderr (-vv: more)"),
    "option.help": Text("이 도움말을 보여 줍니다", "show this help"),
    "option.version": Text("버전을 보여 줍니다", "show the version"),
    "option.all": Text("모든 조건식", "all conditions"),
    "option.exchange": Text("K=KRX, N=NXT, A=통합", "K=KRX, N=NXT, A=both (통합)"),
    "option.count": Text("편입과 이탈을 N건 받으면 종료", "end after N enter and leave events"),
    "option.duration": Text("이 시간이 지나면 종료 (30s, 5m, 1h30m)", "end after this time (30s, 5m, 1h30m)"),
    "option.journal": Text(
        "기록할 파일. {date}는 날짜로 바뀜. 기본값은 서버와 키마다 정해진 파일",
        "the file to record in; {date} in its name stands for the day; by default one for each server and key",
    ),
    "option.lines": Text(
        "한 줄에 하나씩 읽기 쉽게 출력 (tee, less, 로그용)", "print readable lines, for tee, less and logs"
    ),
    "option.bell": Text("종목이 편입되면 소리로 알림", "ring the bell when a stock enters"),
    "option.wait": Text(
        "서버에 접속할 수 없으면 이만큼 기다리며 재시도. forever는 끝없이",
        "if the server cannot be reached, keep trying for so long; forever has no end",
    ),
    "option.until": Text("이 시각까지, 한국 시각 (15:40)", "until this time, Korean time (15:40)"),
    "option.alerts": Text("jogeon.toml의 규칙대로 알림을 보냄", "send alerts by the rules in jogeon.toml"),
    "option.since": Text("이 시각부터", "from this time"),
    "option.count.quotes": Text("시세를 N건 보여 준 뒤 종료", "end after N quotes"),
    "option.prices.record": Text(
        "편입 종목의 시세도 기록 (KRX, 종목마다 1초에 하나)",
        "record prices of the members too (KRX, one a second each)",
    ),
    "option.prices.watch": Text(
        "종목마다 편입가, 현재가, 수익률도 봄 (KRX). 터미널에서는 항상 봄",
        "price at entry, price now and return of each stock, too (KRX); always on a terminal",
    ),
    "option.prices": Text("시세도 기록할 때의 규칙으로 확인", "check the rules for a recording with quotes"),
    "option.api": Text("add: 텔레그램 대신 쓸 서버", "add: a server in place of Telegram's"),
    "metavar.url": Text("주소", "URL"),
    "metavar.target": Text("대상", "TARGET"),
    "option.frames": Text("받은 원문도 함께 기록", "record the raw frames as well"),
    "option.frames.export": Text(
        "이벤트 대신, --frames로 함께 기록한 원문을 받은 시각과 함께 JSON으로",
        "the raw frames that --frames recorded, as JSON with the time of each, instead of the events",
    ),
    "option.recheck": Text(
        "이 간격으로 조건식마다 다시 등록해 누락을 찾음. 0이면 하지 않음",
        "register each condition again at this interval to find what was missed; 0 = never",
    ),
    "option.on-taken": Text(
        "다른 프로그램이 같은 앱키로 접속하면: stop 종료, retry 한참 뒤 재시도, takeover 한 번만 되찾기",
        "when another program takes over the session: stop, retry after long pauses, or takeover once",
    ),
    "option.seed": Text("난수 시드. 같은 값이면 같은 시장", "random seed; the same seed makes the same market"),
    "option.speed": Text("빠르기 (1=실제 속도)", "pace (1 = real time)"),
    "option.conditions": Text("조건식을 정의한 TOML 파일", "TOML file with the conditions"),
    "option.ping": Text("PING 간격 (10s)", "time between PINGs (10s)"),
    "option.switch": Text(
        "확실히 알려지지 않은 규격을 바꿈 (여러 번 가능). 이름은 jogeon simulate --help",
        "change a detail of the protocol that is not known for certain; repeatable; jogeon simulate --help lists them",
    ),
    "option.host": Text("접속을 받을 이 컴퓨터의 루프백 주소", "loopback address to listen on"),
    "option.host.hub": Text(
        "접속을 받을 이 컴퓨터의 주소. 루프백이 아니면 허브 토큰과 --tls-cert, --tls-key가 있어야 함",
        "address to listen on; one beyond loopback needs a hub token, --tls-cert and --tls-key",
    ),
    "option.tls-cert": Text(
        "wss:// 와 https:// 로 접속을 받을 인증서 파일 (PEM, 체인 포함). 갱신되면 저절로 다시 읽음",
        "certificate with its chain (PEM), to serve wss:// and https://; read again when it is renewed",
    ),
    "option.tls-key": Text("그 인증서의 개인 키 파일 (PEM)", "private key of that certificate (PEM)"),
    "option.may": Text(
        "hub token add: 이 토큰에 허용할 요청. watch 실시간 감시, search 검색, all 모두 (기본값)",
        "of hub token add: what the token allows: watch, search or all (the default)",
    ),
    "option.port": Text("WebSocket 포트 (0=빈 포트)", "WebSocket port (0: any free)"),
    "option.rest-port": Text("REST 포트 (0=빈 포트)", "REST port (0: any free)"),
    "option.standby": Text(
        "같은 --nats 주소의 허브가 멈출 때까지 기다렸다가 이어받음",
        "wait until the hub at the same --nats address is gone, then take over",
    ),
    "option.nats": Text(
        "기록한 이벤트를 NATS JetStream으로도 발행할 곳 (jogeon[nats] 필요)",
        "publish what is recorded on NATS JetStream as well (needs jogeon[nats])",
    ),
    "option.rest.hub": Text(
        "hub status: 물어볼 허브의 REST 주소. 없으면 이 컴퓨터에서 마지막에 시작한 허브",
        "of hub status: the hub's REST address; by default the hub started last on this machine",
    ),
    "option.grace": Text(
        "감시하는 프로그램이 없어진 조건식을 이 시간 동안 더 감시",
        "keep following a condition this long after the last program has left it",
    ),
    "option.journal.read": Text(
        "읽을 기록 파일. {date}는 --day의 날짜, 없으면 마지막 날짜. 기본값은 record가 이 서버를 기록하는 파일",
        "the file to read; {date} stands for --day, else for the last day; by default the one that record writes for "
        "this server",
    ),
    "option.keep": Text("이보다 오래된 기록은 지움 (90d)", "delete what is older than this (90d)"),
    "option.copy": Text("날마다 이 폴더에 사본을 저장", "save a copy in this folder every day"),
    "option.condition": Text("이 조건식만 (여러 번 가능)", "only this condition; repeatable"),
    "option.code": Text("이 종목코드만 (여러 번 가능)", "only this stock; repeatable"),
    "option.kind": Text(
        "이 종류만: enter, leave, snapshot, gap, state, anomaly", "only: enter, leave, snapshot, gap, state, anomaly"
    ),
    "option.after": Text(
        "이 위치 다음의 이벤트부터 (3:1234, 0:0은 맨 앞)",
        "events behind this position (3:1234; 0:0 is before everything)",
    ),
    "option.follow": Text(
        "기록되는 대로 이어서 출력. --after가 없으면 지금부터",
        "go on with what is recorded from now on, or behind --after",
    ),
    "option.count.lines": Text("N건을 출력하면 종료", "end after N events"),
    "option.at": Text(
        "이 시각의 편입 종목 (10:31:05). 기본값은 기록의 끝",
        "the members at this time (10:31:05); by default at the end of the journal",
    ),
    "option.keys": Text(
        "키움에서 내려받은 두 파일(계좌번호_appkey.txt, 계좌번호_secretkey.txt)이 있는 폴더, 또는 두 파일 중 하나",
        "folder of the two files downloaded from Kiwoom (계좌번호_appkey.txt, 계좌번호_secretkey.txt), or one of them",
    ),
    "option.config": Text("jogeon.toml 대신 읽을 설정 파일", "read the settings from this file instead of jogeon.toml"),
    "option.yes": Text("묻지 않고 지움", "delete without asking"),
    "option.login": Text(
        "LOGIN, 조건식 목록, 검색, PING까지 점검 (같은 앱키를 쓰는 다른 컴퓨터의 프로그램은 끊김)",
        "also LOGIN, list, search and wait for a PING; this ends the session of another machine with this app key",
    ),
    "option.from": Text("이 시각부터, 한국 시각 (09:00)", "from this time on, Korean time (09:00)"),
    "option.day": Text("이 날짜만 (2026-11-22)", "this day only (2026-11-22)"),
    "option.nights": Text(
        "기록이 없는 장외 시간도 건너뛰지 않고 기다림", "also wait through closed hours without records"
    ),
    "option.exit-at-end": Text("기록이 끝나면 종료", "end when the recording is over"),
    "metavar.names": Text("조건식...", "NAME..."),
    "metavar.server": Text("서버", "SERVER"),
    "metavar.file": Text("파일", "FILE"),
    "metavar.code": Text("종목코드", "CODE"),
    "metavar.folder": Text("폴더", "FOLDER"),
    "metavar.pace": Text("X|max", "X|max"),
    "metavar.codes": Text("종목코드...", "CODE..."),
    "metavar.day": Text("날짜", "DAY"),
    "metavar.wait": Text("시간|forever", "LENGTH|forever"),
    "metavar.length": Text("시간", "LENGTH"),
    "metavar.position": Text("위치", "POSITION"),
    "metavar.moment": Text("시각", "TIME"),
    "metavar.name": Text("조건식", "NAME"),
    "option.server.read": Text(
        "기록 파일을 정하지 않았을 때, 어느 서버의 기록인지",
        "whose journal, if no file is named: real, mock, demo or an address",
    ),
    "option.journal.watch": Text(
        "받은 것을 모두 이 파일에 기록. {date}는 시작한 날짜",
        "also record everything in this file; {date} stands for the day it starts",
    ),
    "option.journal.replay": Text("재생할 기록 파일 (파일 인자와 같음)", "the file to replay, the same as FILE"),
    "option.output.export": Text(
        "저장할 파일: 이름이 .csv, .parquet, .json, .sqlite로 끝남",
        "the file to write; its name ends in .csv, .parquet, .json or .sqlite",
    ),
}

"""Texts of login, logout and doctor."""

from jogeon.cli.texts.language import Text

ACCOUNT_HELP = {
    "login.short": Text("키움 앱키를 등록하고 확인합니다", "store and check Kiwoom's app key"),
    "login.help": Text(
        "키움 REST API의 앱키와 시크릿키를 물어보고, 토큰을 한 번 발급받아 확인한 뒤 안전하게 보관합니다. 조건검색에는 "
        "접속하지 않으므로 실행 중인 다른 프로그램에 영향을 주지 않습니다.",
        "Ask for the app key and the secret key of Kiwoom's REST API, check them by requesting a token, and store them "
        "safely. It does not log in, so no running program is disturbed.",
    ),
    "login.examples": Text(
        "jogeon login\njogeon login --server mock\njogeon login --server real --keys C:/Users/me/Downloads",
        "jogeon login\njogeon login --server mock\njogeon login --server real --keys C:/Users/me/Downloads",
    ),
    "logout.short": Text("토큰을 폐기하고 보관한 키를 지웁니다", "revoke the token, delete the stored keys"),
    "logout.help": Text(
        "접근토큰을 폐기하고, jogeon login 으로 보관한 앱키와 시크릿키를 이 컴퓨터에서 지웁니다. "
        "환경 변수, jogeon.toml, 내려받은 파일, kwcli의 키는 건드리지 않습니다.",
        "Revoke the access token and delete the keys that jogeon login stored on this machine. The environment, "
        "jogeon.toml, downloaded files and the keys of kwcli are not touched.",
    ),
    "logout.examples": Text(
        "jogeon logout\njogeon logout --server mock --yes", "jogeon logout\njogeon logout --server mock --yes"
    ),
    "doctor.short": Text("사용 환경을 점검하고 해결 방법을 안내", "check your setup and say what to do"),
    "doctor.help": Text(
        "키, 토큰, 시계, 서버 주소, 다른 프로그램의 접속을 점검하고, 문제마다 해결하는 명령을 알려 줍니다. "
        "--login 없이는 조건검색에 로그인하지 않습니다.",
        "Check keys, token, clock, addresses and whether another program has the session, and name the command that "
        "solves each problem. Without --login it does not log in.",
    ),
    "doctor.examples": Text(
        "jogeon doctor\njogeon doctor --server mock --login\njogeon doctor --server demo --json",
        "jogeon doctor\njogeon doctor --server mock --login\njogeon doctor --server demo --json",
    ),
    "metavar.folder": Text("폴더", "FOLDER"),
    "option.keys": Text(
        "키움에서 내려받은 두 파일(계좌번호_appkey.txt, 계좌번호_secretkey.txt)이 있는 폴더, 또는 두 파일 중 하나",
        "folder of the two files downloaded from Kiwoom (계좌번호_appkey.txt, 계좌번호_secretkey.txt), or one of them",
    ),
    "option.config": Text("jogeon.toml 대신 읽을 설정 파일", "read the settings from this file instead of jogeon.toml"),
    "notice": Text("참고", "note"),
    "option.yes": Text("묻지 않고 지움", "delete without asking"),
    "option.login": Text(
        "LOGIN, 조건식 목록, 검색, PING까지 점검 (같은 앱키를 쓰는 다른 컴퓨터의 프로그램은 끊김)",
        "also LOGIN, list, search and wait for a PING; this ends the session of another machine with this app key",
    ),
}

ACCOUNT = {
    "account.server-needed": Text(
        "키는 real(실전)과 mock(모의투자) 서버에만 있습니다: --server real 또는 --server mock",
        "only real and mock have keys: --server real or --server mock",
    ),
    "account.no-terminal": Text(
        "물어볼 터미널이 없습니다. 내려받은 키 파일이 있는 폴더를 --keys 로 적거나, 환경 변수 {names} 에 키를 "
        "넣으세요.",
        "there is no terminal to ask on. Give the downloaded files with --keys FOLDER, or set {names}.",
    ),
    "account.no-terminal-logout": Text(
        "물어볼 터미널이 없습니다. 지우려면 --yes 를 붙이세요.",
        "there is no terminal to ask on: add --yes to delete.",
    ),
    "account.ask-server": Text(
        "어느 서버입니까? 1 실전(real), 2 모의투자(mock)", "which server? 1 real, 2 mock (모의투자)"
    ),
    "account.bad-server": Text("1 또는 2를 적어 주세요.", "please type 1 or 2."),
    "account.where-from": Text(
        "앱키는 키움 REST API 홈페이지(openapi.kiwoom.com)에서 발급받습니다. 입력한 글자는 화면에 보이지 않습니다.",
        "app keys are issued at openapi.kiwoom.com. What you type is not shown.",
    ),
    "account.ask-app-key": Text("앱키", "app key"),
    "account.ask-secret-key": Text("시크릿키", "secret key"),
    "account.bad-key": Text(
        "키는 공백 없는 영문자와 숫자, 기호입니다. 다시 적어 주세요.",
        "a key has letters, digits and signs, and no blanks; please try again.",
    ),
    "account.ask-pair": Text("어느 키입니까?", "which keys?"),
    "account.bad-pair": Text("1부터 {count}까지의 번호를 적어 주세요.", "please type a number from 1 to {count}."),
    "account.checking": Text("토큰을 요청해 확인합니다...", "checking, by requesting a token..."),
    "account.works": Text("{mode} 서버의 키가 맞습니다.", "the keys work on the {mode} server."),
    "account.token": Text("토큰: {until}까지 (한국 시각)", "token: good until {until} (Korean time)"),
    "account.kept": Text("보관한 곳: {where}", "stored in: {where}"),
    "account.hidden-by": Text(
        "주의: {source} 의 키가 먼저 쓰입니다. 등록한 키를 쓰려면 그것을 지우세요.",
        "note: the keys in {source} take precedence; remove them to use the ones you just stored.",
    ),
    "account.next": Text("다음: jogeon list{server}", "next: jogeon list{server}"),
    "account.ask-logout": Text(
        "{mode} 서버의 토큰을 폐기하고 보관한 키를 지웁니다. 같은 앱키를 쓰는 다른 프로그램의 토큰도 폐기됩니다. "
        "계속할까요? (y/n)",
        "revoke the token of the {mode} server and delete the stored keys? Other programs with this app key lose "
        "their token, too. (y/n)",
    ),
    "account.bad-answer": Text("y 또는 n을 적어 주세요.", "please type y or n."),
    "account.revoked": Text("토큰을 폐기했습니다.", "the token is revoked."),
    "account.not-revoked": Text(
        "토큰을 폐기하지 못했습니다. 토큰은 {until}(한국 시각)에 만료됩니다.",
        "the token could not be revoked; it expires at {until} (Korean time).",
    ),
    "account.removed": Text("지웠습니다: {where}", "deleted: {where}"),
    "account.nothing": Text("{mode} 서버의 키는 보관되어 있지 않습니다.", "no keys are stored for the {mode} server."),
    "account.left": Text("다른 곳의 키는 그대로 있습니다: {source}", "keys elsewhere were not touched: {source}"),
    "account.unchanged": Text("아무것도 바꾸지 않았습니다.", "nothing was changed."),
    "doctor.works": Text("{server}: 쓸 수 있습니다.", "{server}: it works."),
    "doctor.works-but": Text(
        "{server}: 쓸 수 있습니다. 주의할 것 {count}건.", "{server}: it works; warnings: {count}."
    ),
    "doctor.fails": Text(
        "{server}: 지금은 쓸 수 없습니다. [{check}] {what}", "{server}: it does not work now. [{check}] {what}"
    ),
    "doctor.warn-login": Text(
        "LOGIN합니다. 같은 앱키로 접속한 다른 컴퓨터의 프로그램은 접속이 끊깁니다 (R10001).",
        "logging in: a program on another machine with this app key loses its session (R10001).",
    ),
    "doctor.waiting": Text("PING을 기다립니다 (최대 {seconds:g}초)...", "waiting for a PING (up to {seconds:g} s)..."),
    "health.ok": Text("정상", "ok"),
    "health.warning": Text("주의", "warning"),
    "health.failed": Text("실패", "failed"),
    "check.server": Text("서버", "server"),
    "check.keys": Text("키", "keys"),
    "check.privacy": Text("파일 권한", "file mode"),
    "check.rest": Text("REST 주소", "REST"),
    "check.clock": Text("시계", "clock"),
    "check.token": Text("토큰", "token"),
    "check.websocket": Text("웹소켓", "WebSocket"),
    "check.session": Text("세션", "session"),
    "check.login": Text("로그인", "login"),
    "check.list": Text("조건식", "list"),
    "check.search": Text("검색", "search"),
    "check.ping": Text("PING", "PING"),
    "check.versions": Text("버전", "versions"),
    "found.default": Text("기본값", "default"),
    "found.server": Text("{server} ({source})", "{server} ({source})"),
    "found.keys": Text("{source}", "{source}"),
    "found.open-file": Text("다른 사용자도 읽을 수 있습니다: {path}", "other users can read it: {path}"),
    "found.reachable": Text("{address} 접속됨", "{address} can be reached"),
    "found.reachable-tls": Text(
        "{address} 접속됨, 인증서 확인됨", "{address} can be reached, its certificate is verified"
    ),
    "found.through": Text("{says} (프록시 {proxy})", "{says} (proxy {proxy})"),
    "found.clock": Text("서버와 맞습니다.", "agrees with the server."),
    "found.clock-unknown": Text("서버가 시각을 알려 주지 않습니다.", "the server does not tell its time."),
    "found.clock-fast": Text(
        "이 컴퓨터의 시계가 {seconds:.0f}초 빠릅니다.", "this machine's clock is {seconds:.0f} s fast."
    ),
    "found.clock-slow": Text(
        "이 컴퓨터의 시계가 {seconds:.0f}초 느립니다.", "this machine's clock is {seconds:.0f} s slow."
    ),
    "found.token": Text("{until}까지 (한국 시각)", "good until {until} (Korean time)"),
    "found.token-given": Text("JOGEON_TOKEN", "JOGEON_TOKEN"),
    "found.token-demo": Text("demo (이 컴퓨터의 시뮬레이터)", "demo (a simulator on this machine)"),
    "found.free": Text(
        "이 컴퓨터에서 이 앱키로 접속한 프로그램이 없습니다.", "no program on this machine has this app key's session."
    ),
    "found.login": Text("로그인됨 ({seconds:.1f}초)", "logged in ({seconds:.1f} s)"),
    "found.list": Text("조건식 {count}개 ({seconds:.1f}초)", "{count} conditions ({seconds:.1f} s)"),
    "found.no-conditions": Text(
        "저장된 조건식이 없습니다. 영웅문4에서 조건식을 저장하세요.", "no conditions are saved; save one in 영웅문4."
    ),
    "found.search": Text("{condition}: {count}종목 ({seconds:.1f}초)", "{condition}: {count} stocks ({seconds:.1f} s)"),
    "found.ping": Text("수신 ({seconds:.1f}초 뒤)", "received (after {seconds:.1f} s)"),
    "found.no-ping": Text("{seconds:g}초 동안 PING이 오지 않았습니다.", "no PING came in {seconds:g} s."),
}

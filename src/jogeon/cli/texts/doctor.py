"""Texts of doctor: the verdict, and each finding."""

from jogeon.cli.texts.language import Text

TEXTS = {
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
    "check.journal": Text("기록", "journal"),
    "check.server": Text("서버", "server"),
    "check.keys": Text("키", "keys"),
    "check.privacy": Text("파일 권한", "file mode"),
    "check.rest": Text("REST 주소", "REST"),
    "check.clock": Text("시계", "clock"),
    "check.token": Text("토큰", "token"),
    "check.websocket": Text("웹소켓", "WebSocket"),
    "check.session": Text("세션", "session"),
    "check.hub": Text("허브", "hub"),
    "check.login": Text("로그인", "login"),
    "check.list": Text("조건식", "list"),
    "check.search": Text("검색", "search"),
    "check.prices": Text("시세", "prices"),
    "check.names": Text("종목명", "names"),
    "check.ping": Text("PING", "PING"),
    "check.versions": Text("버전", "versions"),
    "found.journal": Text("{path} ({size:.1f} MB, 마지막 이벤트 {last})", "{path} ({size:.1f} MB, last event {last})"),
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
    "found.clock-unknown": Text("서버가 시각을 알려 주지 않습니다.", "the server does not report its time."),
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
    "found.hub-holds": Text(
        "이 앱키의 접속은 허브가 갖고 있습니다: {holder}, {address}",
        "a hub has this app key's session: {holder}, {address}",
    ),
    "found.hub": Text(
        "증권사 접속 {state}, 조건식 {conditions}개, 프로그램 {consumers}개, 기록 위치 {position}",
        "session above {state}, {conditions} {conditions:condition|conditions}, "
        "{consumers} {consumers:program|programs}, journal at {position}",
    ),
    "found.hub-trouble": Text("{says}. 기록하지 못하고 있음", "{says}; the journal is not written"),
    "found.login": Text("로그인됨 ({seconds:.1f}초)", "logged in ({seconds:.1f} s)"),
    "found.list": Text("조건식 {count}개 ({seconds:.1f}초)", "{count} {count:condition|conditions} ({seconds:.1f} s)"),
    "found.no-conditions": Text(
        "저장된 조건식이 없습니다. 영웅문4에서 조건식을 저장하세요.", "no conditions are saved; save one in 영웅문4."
    ),
    "found.search": Text(
        "{condition}: {count}종목 ({seconds:.1f}초)", "{condition}: {count} {count:stock|stocks} ({seconds:.1f} s)"
    ),
    "found.prices": Text(
        "{code} {price}원, 실시간 등록됨 ({seconds:.1f}초)", "{code} {price} won, pushed ({seconds:.1f} s)"
    ),
    "found.no-rest": Text(
        "REST 주소를 알 수 없어 종목명과 시세가 없습니다. 감시는 됩니다.",
        "no REST address is known, so there are no names or prices; a watch works without.",
    ),
    "found.no-such-stock": Text(
        "응답함: {code} 종목은 없음 ({seconds:.1f}초)", "answered: it has no stock {code} ({seconds:.1f} s)"
    ),
    "found.no-prices": Text("시세를 받을 수 없습니다. 감시는 됩니다. {why}", "no prices; a watch works without. {why}"),
    "found.names": Text(
        "코스피 {count}종목 ({seconds:.1f}초)", "{count} {count:stock|stocks} of KOSPI ({seconds:.1f} s)"
    ),
    "found.no-names": Text("종목명을 받을 수 없습니다. 감시는 됩니다. {why}", "no names; a watch works without. {why}"),
    "found.ping": Text("수신 ({seconds:.1f}초 뒤)", "received (after {seconds:.1f} s)"),
    "found.no-ping": Text("{seconds:g}초 동안 PING이 오지 않았습니다.", "no PING came in {seconds:g} s."),
}

"""Texts of the hub."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "hub.none": Text(
        "이 컴퓨터에서 실행 중인 허브가 없습니다. 다른 곳에 있으면 --rest로 주소를 지정하세요.",
        "no hub is running on this machine; name one elsewhere with --rest",
    ),
    "hub.through": Text(
        "허브를 거칩니다({hub}). 이 앱키의 접속은 {holder}에 있습니다.",
        "through the hub at {hub}: {holder} has this app key's session.",
    ),
    "hub.demo": Text(
        "다른 터미널에서 함께 써 보기: jogeon watch --all --server {websocket}  (REST {rest})",
        "try it from another terminal: jogeon watch --all --server {websocket}  (REST {rest})",
    ),
    "hub.session": Text("증권사 접속", "session"),
    "hub.state": Text("상태", "state"),
    "hub.logins": Text("로그인", "logins"),
    "hub.position": Text("기록 위치", "journal"),
    "hub.condition": Text("조건식", "condition"),
    "hub.members": Text("편입 종목", "members"),
    "hub.consumers": Text("프로그램", "programs"),
    "hub.program": Text("접속한 프로그램", "program"),
    "hub.kind": Text("종류", "kind"),
    "hub.sent": Text("전송", "sent"),
    "hub.waiting": Text("대기 바이트", "bytes waiting"),
    "hub.behind": Text("밀린 이벤트", "behind"),
    "hub.cut": Text("끊은 프로그램", "cut"),
    "hub.reason": Text("이유", "reason"),
    "hub.plain": Text("일반", "plain"),
    "hub.jogeon": Text("jogeon", "jogeon"),
    "hub.cut.too slow": Text("받는 것이 너무 느림", "too slow"),
    "hub.cut.reset by this server": Text("허브가 끊음", "reset by this server"),
    "hub.cut.too many have not logged in": Text("로그인하지 않은 접속이 너무 많음", "too many have not logged in"),
    "hub.token.given": Text(
        "시크릿키는 다시 보여 드릴 수 없습니다. 키움 프로그램에는 두 키를 앱키와 시크릿키로,\n"
        "jogeon에는 환경 변수로 넣으세요: JOGEON_TOKEN={secretkey}",
        "The secret key cannot be shown again. A program for Kiwoom takes the two as its app key and secret key,\n"
        "jogeon takes the secret key as its token: JOGEON_TOKEN={secretkey}",
    ),
    "hub.token.none": Text(
        "허브 토큰이 없습니다. 만들기: jogeon hub token add 이름", "there are no hub tokens; jogeon hub token add NAME"
    ),
    "hub.token.revoked": Text(
        "'{name}' 토큰을 폐기했습니다. 이 토큰으로 접속한 프로그램은 곧 끊깁니다.",
        "the token '{name}' is revoked; programs that use it are cut off now.",
    ),
    "hub.token.name": Text("이름", "name"),
    "hub.token.may": Text("허용", "may"),
    "hub.token.since": Text("발급", "since"),
    "hub.may.watch": Text("실시간 감시", "watch"),
    "hub.may.search": Text("검색", "search"),
    "hub.may.all": Text("모두", "all"),
    "hub.lease.other": Text(
        "아직 NATS로 발행하지 않습니다. {server}에는 다른 허브가 발행하고 있습니다."
        " 기록은 계속하며, 그 허브가 멈추면 발행합니다. 다른 계정의 허브라면 --nats 주소 끝의 이름을 다르게 정하고,"
        " 그 허브를 이어받을 허브라면 --standby를 붙여 다시 시작하세요.",
        "not publishing on NATS yet: another hub publishes at {server}."
        " This one records, and publishes when the other is gone. For another account, start it with another alias"
        " at the end of --nats; to take over from the other, start it with --standby.",
    ),
    "hub.trouble": Text("기록하지 못하고 있습니다: {why}", "the journal is not written: {why}"),
    "hub.nats.trouble": Text(
        "지금은 NATS로 발행하지 못합니다: {why} 기록은 계속하며, 해결되면 밀린 것부터 발행합니다.",
        "not publishing on NATS now: {why} The hub records all the same, and publishes what is missing afterwards.",
    ),
    "hub.nats.well": Text("NATS 문제가 해결되었습니다.", "NATS works again."),
    "hub.standby.begun": Text(
        "대기 허브: {server}의 허브가 멈추면 이어받습니다.", "standby: takes over when the hub at {server} is gone."
    ),
    "hub.standby.over": Text("이어받습니다.", "taking over."),
    "hub.standby.barred": Text(
        "이어받지 않습니다. 다른 프로그램이 허브의 접속을 가져갔습니다: {words}."
        " 다시 대기하게 하려면 한쪽에서 --standby 없이 허브를 시작하세요.",
        "will not take over: another program took the session of the hub: {words}."
        " To have it stand by again, start a hub without --standby.",
    ),
    "hub.standby.login": Text("로그인 가능", "could log in"),
    "hub.standby.yes": Text("예", "yes"),
    "hub.standby.no": Text("아니요", "no"),
    "hub.standby.unasked": Text("확인 안 함", "not asked"),
    "hub.standby.refused": Text(
        "이 컴퓨터에서는 지금 이어받을 수 없습니다: {why}", "this machine could not take over now: {why}"
    ),
}

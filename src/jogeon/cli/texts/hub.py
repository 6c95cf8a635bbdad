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
    "hub.standby.begun": Text(
        "대기 허브: {server}의 허브가 멈추면 이어받습니다.", "standby: takes over when the hub at {server} is gone."
    ),
    "hub.standby.over": Text("이어받습니다.", "taking over."),
    "hub.standby.refused": Text(
        "이 컴퓨터에서는 지금 이어받을 수 없습니다: {why}", "this machine could not take over now: {why}"
    ),
}

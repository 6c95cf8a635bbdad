"""The words of events: their kinds, the causes of gaps, the states of a connection."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "event.snapshot": Text("전체", "snapshot"),
    "event.enter": Text("편입", "enter"),
    "event.leave": Text("이탈", "leave"),
    "event.gap": Text("공백", "gap"),
    "event.state": Text("상태", "state"),
    "event.anomaly": Text("이상", "anomaly"),
    "event.recovered": Text("공백 중에 바뀜", "changed during a gap"),
    "event.open": Text("진행 중", "still open"),
    "cause.connection lost": Text("접속 끊김", "connection lost"),
    "cause.restart": Text("다시 시작", "restart"),
    "cause.lagged": Text("처리 지연", "fell behind"),
    "cause.drift": Text("재확인에서 차이 발견", "difference found by a recheck"),
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

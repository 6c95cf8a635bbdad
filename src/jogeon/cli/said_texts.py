"""What events report in English prose (the cause of a State, the `what` of an Anomaly), as people read it on one line.

The keys are patterns of that prose, tried in this order against the whole of it. `why` is prose again; `counts` are
numbers of events. What matches nothing, such as words of the broker, is shown as it is.
"""

from jogeon.cli.language import Text

SAID = {
    r"in (?P<seconds>[\d.]+) s: (?P<why>.+)": Text("{seconds}초 뒤, {why}", "in {seconds} s, {why}"),
    r"connection lost: (?P<why>.+)": Text("{why}", "{why}"),
    r"the connection broke off without a close": Text("접속이 갑자기 끊김", "it broke off"),
    r"closed by the server \((?P<code>\d+) ?(?P<text>.*)\)": Text(
        "서버가 끊음 {code} {text}", "closed by the server {code} {text}"
    ),
    r"closed by the server without a code": Text("서버가 코드 없이 끊음", "closed by the server without a code"),
    r"closed by this program": Text("이 프로그램이 끊음", "closed by this program"),
    r"a message of more than (?P<bytes>\d+) bytes": Text("{bytes}바이트보다 큰 메시지", "over {bytes} bytes"),
    r"no condition could be registered on this connection": Text(
        "아무 조건식도 등록되지 않음", "no condition could be registered"
    ),
    r"no reply to (?P<request>\S+) within (?P<seconds>\S+) s": Text(
        "{request}에 {seconds}초 동안 답이 없음", "no reply to {request} in {seconds} s"
    ),
    r"could not connect to \S+: no answer within (?P<seconds>\S+) s": Text(
        "접속하지 못함: {seconds}초 동안 답이 없음", "could not connect: no answer in {seconds} s"
    ),
    r"no answer within (?P<seconds>\S+) s": Text("{seconds}초 동안 답이 없음", "no answer within {seconds} s"),
    r"could not connect to \S+: (?P<detail>.+)": Text("접속하지 못함: {detail}", "could not connect: {detail}"),
    r"login refused \[(?P<code>[^]]*)\] (?P<text>.*)": Text(
        "로그인 거절 [{code}] {text}", "login refused [{code}] {text}"
    ),
    r"token refused \[(?P<code>[^]]*)\] (?P<text>.*)": Text(
        "토큰 발급 거절 [{code}] {text}", "token refused [{code}] {text}"
    ),
    r"(?P<request>\w+) refused \[(?P<code>[^]]*)\] (?P<text>.*)": Text(
        "{request} 거절 [{code}] {text}", "{request} refused [{code}] {text}"
    ),
    r"the session of this key is taken.*": Text(
        "같은 앱키로 다른 프로그램이 접속함", "another program logged in with this app key"
    ),
    r"unreadable frame of (?P<bytes>\d+) bytes: \w+": Text(
        "읽을 수 없는 메시지 ({bytes}바이트)", "unreadable frame ({bytes} bytes)"
    ),
    r"(?P<some>\d+) of (?P<all>\d+)": Text("{all}개 중 {some}개", "{some} of {all}"),
    r"the journal was damaged: another was begun": Text(
        "기록 파일이 손상되어 새로 시작함", "the journal was damaged: another was begun"
    ),
    r"enter of a member": Text("이미 편입된 종목의 편입", "enter of a member"),
    r"leave of a non-member": Text("편입되지 않은 종목의 이탈", "leave of a non-member"),
    r"push without a code": Text("종목코드가 없는 실시간", "push without a code"),
    r"push of the unknown kind (?P<kind>.+)": Text(
        "편입도 이탈도 아닌 실시간 {kind}", "push of the unknown kind {kind}"
    ),
    r"push for the unknown condition seq (?P<seq>.+)": Text(
        "등록하지 않은 일련번호 {seq}의 실시간", "push for the unknown seq {seq}"
    ),
    r"more stocks than there are": Text("있을 수 없이 많은 종목", "more stocks than there are"),
    r"lagged: not handed over: (?P<counts>.+)": Text(
        "처리가 늦어 건너뜀: {counts}", "lagged, not handed over: {counts}"
    ),
}

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
    r"closed by this program": Text("이 프로그램이 끊음", "closed by this program"),
    r"a message of more than (?P<bytes>\d+) bytes": Text("{bytes}바이트보다 큰 메시지", "over {bytes} bytes"),
    r"no condition could be registered on this connection": Text(
        "아무 조건식도 등록되지 않음", "no condition could be registered"
    ),
    r"a condition goes unanswered on this connection, which still owes a reply": Text(
        "조건식 하나에 답이 없어 접속을 새로 함", "a condition goes unanswered"
    ),
    r"no reply to (?P<request>\S+) within (?P<seconds>\S+) s": Text(
        "{request}에 {seconds}초 동안 답이 없음", "no reply to {request} in {seconds} s"
    ),
    r"could not connect to \S+: no answer within (?P<seconds>\S+) s": Text(
        "접속하지 못함: {seconds}초 동안 답이 없음", "could not connect: no answer in {seconds} s"
    ),
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
    r"the journal was damaged: it was set aside as (?P<name>.+), another was begun": Text(
        "기록 파일이 손상되어 {name}(으)로 옮기고 새로 시작함",
        "the journal was damaged: it was set aside as {name}, another was begun",
    ),
    r"the journal was deleted, moved or harmed by another program: it was written again in full": Text(
        "기록 파일이 다른 프로그램에 의해 지워지거나 옮겨지거나 바뀌어 전체를 다시 씀",
        "the journal was deleted, moved or changed by another program: it was written again in full",
    ),
    r"the journal was brought to version (?P<version>\d+); (?P<name>.+) is the one from before": Text(
        "기록 파일을 버전 {version}(으)로 바꿈 (이전 파일: {name})",
        "the journal was brought to version {version}; {name} is the one from before",
    ),
    r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`( - at `\$\.?(?P<place>[^`]*)`)?": Text(
        "{place} {wanted} 자리에 {given}", "{place} should be {wanted}, not {given}"
    ),
    r"Object contains unknown field `(?P<name>[^`]+)`.*": Text("알 수 없는 항목 {name}", "unknown field {name}"),
    r"Object missing required field `(?P<name>[^`]+)`( - at `\$\.?(?P<place>[^`]*)`)?": Text(
        "{place} 빠진 항목 {name}", "{place} lacks {name}"
    ),
    r"Invalid enum value (?P<value>.+?)( - at `\$\.?(?P<place>[^`]*)`)?": Text(
        "{place} 쓸 수 없는 값 {value}", "{place} cannot be {value}"
    ),
    r"more than (?P<bytes>\d+) bytes": Text("{bytes}바이트 초과", "more than {bytes} bytes"),
    r"no UTF-8 at byte (?P<byte>\d+)": Text("{byte}번째 바이트부터 UTF-8이 아님", "not UTF-8 from byte {byte} on"),
    r"nested too deeply": Text("너무 깊이 겹침", "nested too deeply"),
    r"no answer within (?P<seconds>\S+) s": Text("{seconds}초 동안 답이 없음", "no answer in {seconds} s"),
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

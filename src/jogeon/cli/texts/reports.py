"""What events (the cause of a State, the `what` of an Anomaly) and notices report in English prose, as people read it.

The keys are patterns of that prose, tried in this order against the whole of it. `why` is prose again; `counts` are
numbers of events. What matches nothing, such as words of the broker, is shown as it is.
"""

from jogeon.cli.texts.language import Text

SAID = {
    r"in (?P<seconds>[\d.]+) s: (?P<why>.+)": Text("{seconds}초 뒤, {why}", "in {seconds} s, {why}"),
    r"connection lost: (?P<why>.+)": Text("{why}", "{why}"),
    r"the connection broke off without a close": Text("접속이 갑자기 끊김", "it broke"),
    r"closed by the server \((?P<code>\d+) ?(?P<text>.*)\)": Text(
        "서버가 끊음 {code} {text}", "closed by the server {code} {text}"
    ),
    r"closed by the server without a code": Text("서버가 코드 없이 끊음", "closed by the server without a code"),
    r"closed by this program": Text("이 프로그램이 끊음", "closed by this program"),
    r"a message of more than (?P<bytes>\d+) bytes": Text("{bytes}바이트보다 큰 메시지", "over {bytes} bytes"),
    r"no condition could be registered on this connection": Text(
        "등록된 조건식이 하나도 없음", "no condition could be registered"
    ),
    r"a condition goes unanswered on this connection, which still owes a reply": Text(
        "응답 없는 조건식이 있어 다시 접속함", "a condition goes unanswered"
    ),
    r"no reply to (?P<request>\S+) within (?P<seconds>\S+) s": Text(
        "{request}에 {seconds}초 동안 응답이 없음", "no reply to {request} in {seconds} s"
    ),
    r"could not connect to \S+: no answer within (?P<seconds>\S+) s": Text(
        "접속하지 못함: {seconds}초 동안 응답이 없음", "could not connect: no answer in {seconds} s"
    ),
    r"no answer within (?P<seconds>\S+) s": Text("{seconds}초 동안 응답이 없음", "no answer within {seconds} s"),
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
    r"nested too deeply": Text("중첩이 너무 깊음", "nested too deeply"),
    r"enter of a member": Text("이미 편입된 종목의 편입", "enter of a member"),
    r"leave of a non-member": Text("편입되지 않은 종목의 이탈", "leave of a non-member"),
    r"push without a code": Text("종목코드가 없는 실시간", "push without a code"),
    r"push of the unknown kind (?P<kind>.+)": Text(
        "편입도 이탈도 아닌 실시간 {kind}", "push of the unknown kind {kind}"
    ),
    r"push for the unknown condition seq (?P<seq>.+)": Text(
        "등록하지 않은 일련번호 {seq}의 실시간", "push for the unknown seq {seq}"
    ),
    r"more stocks than there are": Text("종목 수가 상장 종목보다 많음", "more stocks than there are"),
    r"lagged: not handed over: (?P<counts>.+)": Text(
        "처리가 늦어 건너뜀: {counts}", "lagged, not handed over: {counts}"
    ),
    r"the keyring did not answer within (?P<seconds>\S+) s: going on without it": Text(
        "키링이 {seconds}초 동안 응답하지 않아 건너뜁니다. 잠겨 있다면 잠금을 풀고 다시 실행하세요.",
        "the keyring did not answer within {seconds} s and is skipped; if it is locked, unlock it and run this again.",
    ),
    r"kwcli: the current profile is not one of the (?P<mode>\w+) server; (?P<alias>.+) is taken": Text(
        "kwcli의 현재 프로필은 {mode} 서버의 것이 아니어서 {alias} 프로필을 씁니다.",
        "kwcli: the current profile is not one of the {mode} server; {alias} is used.",
    ),
    r"kwcli: (?P<path>.+) cannot be read: its profiles are not looked at": Text(
        "kwcli의 설정을 읽을 수 없어 프로필을 보지 않습니다: {path}",
        "kwcli: {path} cannot be read, so its profiles are skipped.",
    ),
    r"(?P<app>.+) was saved on (?P<day>\S+), (?P<secret>.+) on (?P<other>\S+): they may not fit each other": Text(
        "{app}({day})와 {secret}({other})의 저장 날짜가 다릅니다. 서로 다른 때 발급된 키는 함께 쓸 수 없습니다.",
        "{app} is of {day}, {secret} of {other}: keys issued at different times do not fit each other.",
    ),
    r"(?P<path>.+) is not used: (?P<place>.+): its owner is another user \((?P<uid>\d+)\)": Text(
        "{path} 파일을 쓰지 않습니다. {place}의 소유자가 다른 사용자({uid})입니다.",
        "{path} is not used: {place} belongs to another user ({uid}).",
    ),
    r"(?P<path>.+) is not used: (?P<place>.+): others can write to it \(mode (?P<bits>\d+)\)": Text(
        "{path} 파일을 쓰지 않습니다. 다른 사용자가 {place}에 쓸 수 있습니다(권한 {bits}).",
        "{path} is not used: others can write to {place} (mode {bits}).",
    ),
    r"KIWOOM_MODE=demo, which means mock": Text("KIWOOM_MODE=demo, 모의투자", "KIWOOM_MODE=demo, which means mock"),
    r"at line (?P<line>\d+), column (?P<column>\d+)": Text(
        "{line}번째 줄, {column}번째 글자", "at line {line}, column {column}"
    ),
    r"at line (?P<line>\d+)": Text("{line}번째 줄", "at line {line}"),
    r"at end of document": Text("파일의 끝", "at the end of the file"),
    r"others can write to it \(mode (?P<bits>\d+)\)": Text("권한 {bits}", "mode {bits}"),
    r"its owner is another user \((?P<uid>\d+)\)": Text("소유자 {uid}", "its owner is {uid}"),
}

TEXTS = {f"said.{pattern}": text for pattern, text in SAID.items()}

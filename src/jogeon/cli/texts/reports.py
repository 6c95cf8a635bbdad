"""What a Report says, in both languages: the key is "report." and its kind, the placeholders are its fields.

`why` is the text of the report behind it. Only `kind`s stand here whose text is more than the words of others.
"""

from jogeon.cli.texts.language import Text

TEXTS = {
    "reported.pause": Text("{seconds}초 뒤, {why}", "in {seconds} s, {why}"),
    "reported.active": Text("{of}개 중 {active}개", "{active} of {of}"),
    "reported.count": Text("{kind} {count}", "{count} {kind}"),
    "reported.lagged": Text("처리가 늦어 건너뜀: {counts}", "lagged, not handed over: {counts}"),
    "report.connection lost": Text("{why}", "{why}"),
    "report.broke off": Text("접속이 갑자기 끊김", "it broke"),
    "report.closed": Text("서버가 끊음 {words}", "closed by the server {words}"),
    "report.closed without code": Text("서버가 코드 없이 끊음", "closed by the server without a code"),
    "report.closed here": Text("이 프로그램이 끊음", "closed by this program"),
    "report.message too long": Text("{bytes}바이트보다 큰 메시지", "over {bytes} bytes"),
    "report.condition unanswered": Text("응답 없는 조건식이 있어 다시 접속함", "a condition goes unanswered"),
    "report.no reply": Text("{name}에 {seconds:g}초 동안 응답이 없음", "no reply to {name} in {seconds:g} s"),
    "report.defect": Text("jogeon의 결함: {text}", "a defect of jogeon: {text}"),
    "report.could not connect": Text("접속하지 못함: {why}", "could not connect: {why}"),
    "report.no answer": Text("{seconds:g}초 동안 응답이 없음", "no answer within {seconds:g} s"),
    "report.unknown host": Text("서버 주소를 찾을 수 없음", "the server's name is not known"),
    "report.no token": Text("응답에 토큰이 없음", "the answer holds no token"),
    "report.proxy not supported": Text(
        "이 종류의 프록시로는 토큰을 발급받을 수 없음. SOCKS5 프록시에는 socksio 패키지가 필요",
        "this kind of proxy cannot be used for token requests; a SOCKS5 proxy needs the package socksio",
    ),
    "report.HTTP": Text("HTTP {text}", "HTTP {text}"),
    "report.unreadable roots": Text("{name}: {why}", "{name}: {why}"),
    "report.login refused": Text("로그인 거절 [{code}] {text}", "login refused [{code}] {text}"),
    "report.token refused": Text("토큰 발급 거절 [{code}] {text}", "token refused [{code}] {text}"),
    "report.request refused": Text("{name} 거절 [{code}] {text}", "{name} refused [{code}] {text}"),
    "report.taken": Text("같은 앱키로 다른 프로그램이 접속함", "another program logged in with this app key"),
    "report.taken by": Text(
        "같은 앱키로 다른 프로그램이 접속함: {name}", "another program logged in with this app key: {name}"
    ),
    "report.taken by hub": Text(
        "허브 {text} 가 이 앱키로 접속함: {name}", "the hub at {text} has this app key's session: {name}"
    ),
    "report.lease lost": Text("다른 허브가 이어받음: {name}", "another hub has taken over at {name}"),
    "report.unreadable frame": Text("읽을 수 없는 메시지 ({bytes}바이트)", "unreadable frame ({bytes} bytes)"),
    "report.unreadable rows": Text("읽을 수 없는 실시간 {number}행", "{number} unreadable rows of a push"),
    "report.unreadable reply": Text("{name}의 응답을 읽을 수 없음", "the reply to {name} cannot be read"),
    "report.unreadable snapshot": Text("조회 결과에 읽을 수 없는 행이 있음", "rows of a snapshot cannot be read"),
    "report.enter of a member": Text("이미 편입된 종목의 편입", "enter of a member"),
    "report.leave of a non-member": Text("편입되지 않은 종목의 이탈", "leave of a non-member"),
    "report.push without code": Text("종목코드가 없는 실시간", "push without a code"),
    "report.push of unknown kind": Text("편입도 이탈도 아닌 실시간 {text!r}", "push of the unknown kind {text!r}"),
    "report.push of unknown seq": Text("등록하지 않은 일련번호 {text!r}의 실시간", "push for the unknown seq {text!r}"),
    "report.too many stocks": Text("종목 수가 상장 종목보다 많음", "more stocks than there are"),
    "report.journal damaged": Text("기록 파일이 손상되어 새로 시작함", "the journal was damaged: another was begun"),
    "report.journal set aside": Text(
        "기록 파일이 손상되어 {name}(으)로 옮기고 새로 시작함",
        "the journal was damaged: it was set aside as {name}, another was begun",
    ),
    "report.journal restored": Text(
        "기록 파일이 다른 프로그램에 의해 지워지거나 옮겨지거나 바뀌어 전체를 다시 씀",
        "the journal was deleted, moved or changed by another program: it was written again in full",
    ),
    "report.journal migrated": Text(
        "기록 파일을 버전 {number}(으)로 바꿈 (이전 파일: {name})",
        "the journal was brought to version {number}; {name} is the one from before",
    ),
    "report.disk full": Text("디스크가 가득 찼습니다", "the disk is full"),
    "report.read-only": Text("파일이나 폴더가 읽기 전용입니다", "the file or its folder is read-only"),
    "report.locked": Text("다른 프로그램이 파일을 잠갔습니다", "another program has locked the file"),
    "report.disk error": Text("디스크에서 오류가 났습니다", "the disk reports an error"),
    "report.not opened": Text("파일을 열 수 없습니다", "the file cannot be opened"),
    "report.file damaged": Text("파일이 손상되었습니다", "the file is damaged"),
    "report.no WAL": Text("SQLite의 WAL 방식을 쓸 수 없는 디스크입니다", "the disk does not allow SQLite's WAL mode"),
    "report.link to nowhere": Text("링크가 가리키는 파일이 없음: {place}", "a link that leads nowhere: {place}"),
    "report.not regular": Text("링크, 폴더, 장치 또는 파이프", "a link, a folder, a device or a pipe"),
    "report.name in the way": Text("옆에 있는 {name}", "{name} beside it"),
    "report.table missing": Text("{name}이(가) 없음", "{name} is missing in it"),
    "report.table changed": Text("{name}이(가) 다름", "{name} in it is not that of a journal"),
    "report.table added": Text("{other} {name}이(가) 추가됨", "another program added {other} {name} to it"),
    "report.newer version": Text("버전 {number}, 이 jogeon은 {other}까지", "version {number}, this one knows {other}"),
    "report.wrong type": Text("{place} {name} 자리에 {other}", "{place} should be {name}, not {other}"),
    "report.unknown field": Text("알 수 없는 항목 {name}", "unknown field {name}"),
    "report.missing field": Text("{place} 빠진 항목 {name}", "{place} lacks {name}"),
    "report.wrong value": Text("{place} 쓸 수 없는 값 {text}", "{place} cannot be {text}"),
    "report.at line": Text("{line}번째 줄, {column}번째 글자", "at line {line}, column {column}"),
    "report.in line saying": Text("{line}번째 줄: {text}", "line {line}: {text}"),
    "report.in line because": Text("{line}번째 줄: {why}", "line {line}: {why}"),
    "report.in line": Text("{line}번째 줄", "at line {line}"),
    "report.at end": Text("파일의 끝", "at the end of the file"),
    "report.too large": Text("{bytes}바이트 초과", "more than {bytes} bytes"),
    "report.not UTF-8": Text("{number}번째 바이트부터 UTF-8이 아님", "not UTF-8 from byte {number} on"),
    "report.nested too deeply": Text("중첩이 너무 깊음", "nested too deeply"),
    "report.not a file": Text("파일이 아님", "not a file"),
    "report.another owner": Text("소유자가 다른 사용자({number})임", "it belongs to another user ({number})"),
    "report.open to others": Text("다른 사용자가 쓸 수 있음(권한 {code})", "others can write to it (mode {code})"),
    "report.file not used": Text("{place} 파일을 쓰지 않습니다: {why}", "{place} is not used: {why}."),
    "report.place not trusted": Text(
        "{place} 파일을 쓰지 않습니다. {other}: {why}", "{place} is not used: {other}: {why}."
    ),
    "report.no conditions": Text("[[condition]]이 없음", "no [[condition]] in it"),
    "report.seq twice": Text("일련번호 {text!r}을(를) 두 번 씀", "seq {text!r} is given twice"),
    "report.odd seq": Text(
        "조건식 {name!r}의 일련번호 {text!r}은(는) 0에서 999까지의 수가 아님",
        "seq {text!r} of condition {name!r} is not a number from 0 to 999",
    ),
    "report.no name": Text("일련번호 {text}의 조건식에 이름이 없음", "condition {text} has no name"),
    "report.keyring silent": Text(
        "키링이 {seconds:g}초 동안 응답하지 않아 건너뜁니다. 잠겨 있다면 잠금을 풀고 다시 실행하세요.",
        "the keyring did not answer within {seconds:g} s and is skipped; if it is locked, unlock it and try again.",
    ),
    "report.other kwcli profile": Text(
        "kwcli의 현재 프로필은 {name} 서버의 것이 아니어서 {text} 프로필을 씁니다.",
        "kwcli: the current profile is not one of the {name} server; {text} is used.",
    ),
    "report.kwcli unreadable": Text(
        "kwcli의 설정을 읽을 수 없어 프로필을 보지 않습니다: {place}",
        "kwcli: {place} cannot be read, so its profiles are skipped.",
    ),
    "report.key files apart": Text(
        "{name}와 {other}의 저장 날짜가 다릅니다. 서로 다른 때 발급된 키는 함께 쓸 수 없습니다.",
        "{name} and {other} were saved on different days: keys issued at different times do not fit each other.",
    ),
}

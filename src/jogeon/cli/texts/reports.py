"""What a Report says, in both languages: the key is "report." and its kind, the placeholders are its fields.

`why` is the text of the report behind it. Only `kind`s stand here whose text is more than the words of others.
"""

from jogeon.cli.texts.language import Text

TEXTS = {
    "reported.pause": Text("{seconds}초 뒤, {why}", "in {seconds} s, {why}"),
    "reported.active": Text("{of}개 중 {active}개", "{active} of {of}"),
    "reported.count": Text("{kind} {count}", "{kind} {count}"),
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
        "허브({text})가 이 앱키로 접속함: {name}", "the hub at {text} has this app key's session: {name}"
    ),
    "report.lease lost": Text("다른 허브가 이어받음: {name}", "another hub has taken over at {name}"),
    "report.nats lost": Text("NATS와의 접속이 끊김", "the connection to NATS was lost"),
    "report.nats silent": Text("NATS 서버가 응답하지 않음", "NATS gives no sign of life"),
    "report.hub silent": Text("허브가 응답하지 않음", "the hub gives no sign of life"),
    "report.no TLS": Text("서버가 TLS를 쓰지 않음", "the server does not offer TLS"),
    "report.other stream": Text("다른 용도로 만든 스트림: {name}", "the stream {name} was made for something else"),
    "report.stream moved on": Text("스트림이 이어지지 않음", "the stream does not lead on from here"),
    "report.bad credentials file": Text(
        "인증 파일을 쓸 수 없음: {text}", "the credentials file cannot be used: {text}"
    ),
    "report.unreadable frame": Text("읽을 수 없는 메시지 ({bytes}바이트)", "unreadable frame ({bytes} bytes)"),
    "report.unreadable rows": Text("읽을 수 없는 실시간 {number}행", "{number} unreadable {number:row|rows} of a push"),
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
    "report.folder open to others": Text(
        "{place} 폴더에 다른 사용자가 파일을 바꿔 넣을 수 있음(권한 {code}, 소유자 {number})",
        "others can put another file into {place} (mode {code}, owner {number})",
    ),
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
    "report.conditions moved": Text(
        "검색하는 동안 조건식 목록이 계속 바뀜", "the conditions kept moving while the pages of a search were read"
    ),
    "report.endless pages": Text("시장 {name}의 연속조회가 끝나지 않음", "the pages of market {name} do not end"),
    "report.no REST address": Text("서버의 REST 주소를 알 수 없음", "no REST address of the server is known"),
    "report.pages do not end": Text("{why} ({number}행까지 받음)", "{why} after {number} {number:row|rows}"),
    "report.page without key": Text(
        "다음 쪽이 있다면서 연속조회 키를 주지 않음", "a page says that more follows and gives no key"
    ),
    "report.page key again": Text("같은 연속조회 키를 다시 줌", "a page gives a key that was used before"),
    "report.too many rows": Text("{number}행보다 많음", "more than {number} {number:row|rows} came"),
    "report.too many pages": Text("{number}쪽보다 많음", "more than {number} {number:page|pages} came"),
    "report.out of turn": Text(
        "{other} 단계에서는 {name}을(를) 받을 수 없음", "{name} is not allowed in phase {other}"
    ),
    "report.no hub": Text("{name}은(는) 허브가 아님 (HTTP {number})", "{name} is not a hub (HTTP {number})"),
    "report.no hub status": Text("허브의 상태로 읽을 수 없음", "what it tells is not the status of a hub"),
    "report.another answer": Text("{name}에 대한 응답이 {other}임", "{name} was answered by {other}"),
    "report.NATS": Text("NATS: {text}", "NATS: {text}"),
    "report.NATS refuses": Text("NATS가 거절함: {text}", "NATS refuses: {text}"),
    "report.no picture": Text(
        "스트림 {name}에 편입 종목이 아직 없거나, 담기에 너무 작음",
        "the stream {name} holds no members yet, or keeps too little to hold them",
    ),
    "report.no JetStream": Text(
        "서버에 JetStream이 없거나(nats-server -js) 아직 준비되지 않음",
        "the server has no JetStream (nats-server -js), or it is not ready yet",
    ),
    "report.no publisher": Text("{name!r}(으)로 발행하는 허브가 없음", "no hub publishes as {name!r} there"),
    "report.journal unusable": Text(
        "기록 파일 {name}을(를) 사용할 수 없음: {why}", "the journal {name} cannot be used: {why}"
    ),
    "report.no such file": Text("그런 파일이 없음", "there is no such file"),
    "report.nothing recorded": Text("기록된 것이 없음", "nothing was recorded in it"),
    "report.no frames": Text("원문이 없음", "it holds no raw frames"),
    "report.nothing left": Text("남은 기록이 없음", "nothing is left in it"),
    "report.another writer": Text("다른 jogeon이 기록하고 있음", "another jogeon writes to it"),
    "report.another database": Text("다른 프로그램의 데이터베이스임", "this is a database of another program"),
    "report.never a journal": Text("기록 파일이 아님", "never was a journal"),
    "report.name taken": Text(
        "다른 프로그램의 파일이 이 이름을 쓰고 있음", "a file of another program has this name now"
    ),
    "report.unreadable row": Text("읽을 수 없는 행이 있음 ({text})", "a row cannot be read: {text}"),
    "report.unwritten": Text(
        "이벤트 {number}건을 기록하지 못함: {why}", "{number} {number:event was|events were} not written: {why}"
    ),
    "report.writer failed": Text("기록하는 스레드가 멈춤", "the writer failed"),
    "report.stream cut": Text("{name} 다음을 이어 읽을 수 없음: {why}", "the stream cannot go on from {name}: {why}"),
    "report.no stream": Text("허브가 아닌 서버", "the server is not a hub"),
    "report.next deleted": Text("그다음 기록이 지워짐", "what came next was deleted"),
    "report.begun anew": Text(
        "손상된 기록 대신 새 기록이 시작됨", "another journal was begun in place of the damaged one"
    ),
    "report.another journal": Text("이 기록은 {name}임", "this journal is {name}"),
    "report.no identity": Text("이 기록은 식별자가 없는 버전 1임", "this journal is of version 1, without identity"),
    "report.ends at": Text("이 기록은 {name}에서 끝남", "this journal ends at {name}"),
    "report.replaced": Text("기록 파일이 다른 기록으로 바뀜", "the journal was replaced by another one"),
    "report.replaced by less": Text(
        "기록 파일이, 이미 읽은 것이 없는 기록으로 바뀜", "the journal was replaced by one that lacks what was read"
    ),
    "report.replaced by file": Text(
        "기록 파일이 다른 프로그램의 파일로 바뀜", "the journal was replaced by a file of another program"
    ),
    "report.moved away": Text("기록 파일이 지워지거나 옮겨짐", "the journal was deleted or moved away"),
    "report.stream broke off": Text("스트림이 끊어짐", "the stream has broken off"),
    "report.another stream": Text("스트림이 다른 기록 {name}(으)로 이어짐", "the stream goes on with journal {name}"),
    "report.next elsewhere": Text("스트림의 다음 것이 {name} 다음임", "what comes next in the stream is behind {name}"),
    "report.six characters": Text("005930처럼 여섯 글자", "six characters, as in 005930"),
    "report.at least": Text("{number} 이상", "{number} or more"),
    "report.empty path": Text("빈 경로", "an empty path"),
    "report.seconds or never": Text("0초(안 함) 이상", "0 seconds (never) or more"),
    "report.not a position": Text(
        "{name!r}은(는) 위치가 아님: JOURNAL:EPOCH:N 또는 EPOCH:N",
        "{name!r} is not a position: JOURNAL:EPOCH:N or EPOCH:N",
    ),
    "report.took no message": Text("{name}이(가) 메시지를 받지 않음: {why}", "{name} took no message: {why}"),
    "report.muted": Text("알림을 멈춘 동안", "muted"),
    "report.too old": Text("너무 오래됨", "too old"),
    "report.no such target": Text("없어진 대상", "no such target"),
    "report.no end": Text("{seconds:g}초 안에 끝나지 않음", "no end within {seconds:g} s"),
    "report.exit code": Text("종료 코드 {number}", "exit code {number}"),
    "report.not delivered": Text("전달하지 못함", "not delivered"),
    "report.still sending": Text("앞의 전송이 아직 끝나지 않음", "the attempt before has not ended"),
    "report.not Telegram": Text("HTTP {number}, 텔레그램의 응답이 아님", "HTTP {number}, not an answer from Telegram"),
}

"""Texts of alerts: rules in words, what became of messages, and what the tool tells of itself."""

from jogeon.cli.texts.language import Text

TEXTS = {
    # a rule in one sentence
    "rule.all": Text("모든 조건식", "any condition"),
    "rule.enter": Text("{conditions} 편입", "a stock enters {conditions}"),
    "rule.leave": Text("{conditions} 이탈", "a stock leaves {conditions}"),
    "rule.both": Text("{conditions} 편입·이탈", "a stock enters or leaves {conditions}"),
    "rule.dwell": Text("{length} 유지되면", "and stays so for {length}"),
    "rule.recovered": Text("공백 뒤에 확인된 것 포함", "those found after a gap too"),
    "rule.also_in": Text("동시에 {conditions}에 있을 때", "while it is in {conditions}"),
    "rule.within": Text(
        "{conditions}에 {length} 안에 편입했을 때", "if it entered {conditions} at most {length} before"
    ),
    "rule.hours": Text("{hours} 사이만", "only {hours}"),
    "rule.price": Text("현재가 {bound}", "price {bound}"),
    "rule.rate": Text("등락률 {bound} %", "change {bound} %"),
    "rule.cooldown": Text("같은 종목은 {length} 뒤에 다시", "the same stock again after {length}"),
    "rule.cap": Text("하루 {count}건까지", "at most {count} a day"),
    "rule.silent": Text("소리 없이", "without a sound"),
    "rule.to": Text("받는 곳: {targets}", "to {targets}"),
    # commands
    "alert.right": Text("정상  {name}: {says}", "ok     {name}: {says}"),
    "alert.wrong": Text("오류  {name}", "wrong  {name}"),
    "alert.no-rules": Text(
        "[alerts]에 규칙이 없습니다. [[alerts.rules]]로 시작하는 규칙을 추가하세요.",
        "[alerts] has no rules; add one that begins with [[alerts.rules]].",
    ),
    "alert.conditions-unknown": Text(
        "조건식 이름은 확인하지 못했습니다. --server 또는 --journal을 주면 확인합니다.",
        "the names of conditions were not checked; --server or --journal makes it possible.",
    ),
    "alert.not-recorded": Text(
        "규칙 {rule}: 조건식 {condition}은(는) 기록하지 않으므로 울리지 않습니다. 이름을 더하거나 --all을 쓰세요.",
        "rule {rule}: {condition} is not recorded, so it never fires; name it too, or use --all.",
    ),
    "alert.test": Text("jogeon 시험 메시지입니다.", "This is a test message of jogeon."),
    "alert.botfather": Text(
        "텔레그램에서 @BotFather에게 /newbot을 보내 봇을 만들면 토큰을 줍니다.\n"
        "토큰은 파일에 쓰지 않습니다. 환경 변수 JOGEON_TELEGRAM_TOKEN에 두면 다시 묻지 않습니다.",
        "Send /newbot to @BotFather in Telegram: it makes a bot and gives you its token.\n"
        "The token is written to no file. Kept in JOGEON_TELEGRAM_TOKEN, it is not asked for again.",
    ),
    "alert.ask-token": Text("봇 토큰", "token of the bot"),
    "alert.bad-token": Text("토큰은 빈칸 없는 한 단어입니다.", "a token is one word without blanks."),
    "alert.token-found": Text("환경 변수 {name}의 토큰을 씁니다.", "using the token in {name}."),
    "alert.write-to-it": Text(
        "텔레그램에서 그 봇에게 아무 말이나 보내세요. 기다리고 있습니다.",
        "Now write anything to that bot in Telegram; waiting for it.",
    ),
    "alert.nobody-wrote": Text("아무도 봇에게 말을 걸지 않았습니다", "nobody wrote to the bot"),
    "alert.ask-only": Text("이 대화방으로 보낼까요? Enter 또는 번호", "is this the chat? Enter, or its number"),
    "alert.ask-chat": Text("보낼 대화방 번호", "number of the chat"),
    "alert.bad-chat": Text("1부터 {count} 사이의 번호를 입력하세요.", "type a number from 1 to {count}."),
    "alert.first": Text(
        "jogeon 알림이 여기로 옵니다. 첫 메시지입니다.", "Alerts of jogeon will come here. This is the first message."
    ),
    "alert.first-sent": Text("첫 메시지를 보냈습니다.", "the first message is sent."),
    "alert.added": Text("대상 {name}을(를) 추가했습니다: {path}", "target {name} was added: {path}"),
    "alert.paste": Text("이 줄들을 {path} 에 직접 넣어 주세요:", "put these lines into {path} yourself:"),
    "alert.set": Text(
        "토큰을 환경 변수에 두세요: export {name}=토큰", "keep the token in the environment: export {name}=TOKEN"
    ),
    "alert.set-windows": Text(
        "토큰을 환경 변수에 두세요: setx {name} 토큰 (새 창부터 적용)",
        "keep the token in the environment: setx {name} TOKEN (for new windows)",
    ),
    "alert.next": Text(
        "다음: jogeon alerts check, 그리고 jogeon record --all --alerts",
        "next: jogeon alerts check, then jogeon record --all --alerts",
    ),
    "alert.name-taken": Text("{path} 에 대상 {name}이(가) 이미 있습니다.", "{path} has a target {name} already."),
    "alert.bad-api": Text("--api는 이 컴퓨터이거나 https://여야 합니다.", "--api must be on this machine or https://."),
    "alert.which": Text("대상 이름이 필요합니다. {file} 에 있는 것: {known}", "which target? {file} has {known}"),
    "alert.unknown-target": Text(
        "대상 {name}이(가) 없습니다. {file} 에 있는 것: {known}", "there is no target {name}; {file} has {known}"
    ),
    "alert.sent": Text("보냈습니다: {target} ({ms} ms)", "sent: {target} ({ms} ms)"),
    "alert.begun": Text(
        "알림 규칙 {count}개를 적용합니다: {path}", "{count} alert {count:rule is|rules are} in use: {path}"
    ),
    "alert.changed": Text("바뀐 알림 규칙을 적용합니다: {path}", "the changed alert rules are in use: {path}"),
    "alert.kept": Text(
        "바뀐 알림 설정에 오류가 있어 이전 규칙을 그대로 씁니다.",
        "the changed alert settings are wrong: the rules stay as they were.",
    ),
    "alert.none": Text("알림이 없습니다.", "no alerts."),
    "alert.waiting": Text("대기", "waiting"),
    "alert.done": Text("전송", "sent"),
    "alert.dropped": Text("버림", "dropped"),
    # what the tool tells of itself
    "note.disconnected": Text(
        "[jogeon] {seconds:.0f}초째 연결이 끊겨 있습니다.", "[jogeon] no connection for {seconds:.0f} s."
    ),
    "note.connected": Text(
        "[jogeon] 다시 연결되었습니다 ({seconds:.0f}초 공백).", "[jogeon] connected again after {seconds:.0f} s."
    ),
    "note.taken": Text(
        "[jogeon] 다른 프로그램이 이 키로 접속했습니다 (R10001).",
        "[jogeon] another program logged in with this key (R10001).",
    ),
    "note.refused": Text("[jogeon] 로그인이 거절되었습니다: {why}", "[jogeon] the login was refused: {why}"),
    "note.ended": Text("[jogeon] 감시가 끝났습니다: {why}", "[jogeon] the watch has ended: {why}"),
    "note.stalled": Text("[jogeon] 기록하지 못하고 있습니다: {why}", "[jogeon] the journal is not written: {why}"),
    "note.resumed": Text("[jogeon] 다시 기록합니다.", "[jogeon] the journal is written again."),
    "note.gone": Text("[jogeon] 조건식이 사라졌습니다: {name}", "[jogeon] a condition is gone: {name}"),
    "note.daily": Text("[jogeon] 오늘의 요약\n{lines}", "[jogeon] today\n{lines}"),
    "note.daily-line": Text(
        "{name}: 편입 {enters} 이탈 {leaves} 공백 {blind:.0f}초",
        "{name}: entered {enters}, left {leaves}, not seen for {blind:.0f} s",
    ),
    "note.nothing": Text("기록된 이벤트가 없습니다.", "nothing was recorded."),
}

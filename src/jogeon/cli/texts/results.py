"""Texts of results: what was found, done, saved or recorded."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "list.title": Text("조건식 {count}개", "{count} {count:condition|conditions}"),
    "list.none": Text(
        "저장된 조건식이 없습니다. 영웅문4의 조건검색 화면에서 조건식을 저장하세요.",
        "no conditions are saved: save one in the condition search window of 영웅문4.",
    ),
    "search.title": Text("{condition}: {count}종목", "{condition}: {count} {count:stock|stocks}"),
    "search.none": Text("{condition}: 지금 조건에 맞는 종목이 없습니다.", "{condition}: no stocks now."),
    "search.progress": Text(
        "{condition}: {rows:,}종목 받는 중...", "{condition}: {rows:,} {rows:stock|stocks} so far..."
    ),
    "saved.file": Text("저장했습니다: {path} ({rows:,}행)", "saved: {path} ({rows:,} {rows:row|rows})"),
    "clear.done": Text(
        "{condition}: 실시간 등록 해제를 요청했고 서버가 받아들였습니다.",
        "{condition}: the server accepted the request to end the registration.",
    ),
    "clear.limit": Text(
        "다른 프로그램이나 다른 접속에서 한 등록은 이 명령으로 해제되지 않습니다. 그 프로그램을 끝내야 합니다.",
        "registrations of other programs or sessions are not affected; end them there.",
    ),
    "simulate.running": Text(
        "시뮬레이터가 실행 중입니다. Ctrl+C로 끝냅니다.", "the simulator is running; Ctrl+C ends it."
    ),
    "server.real": Text("실전", "real"),
    "server.mock": Text("모의투자", "mock"),
    "server.kiwoom-mode": Text(
        "KIWOOM_MODE={said}에 따라 키움 {server} 서버에 접속합니다.",
        "KIWOOM_MODE={said}: connecting to Kiwoom's {server} server.",
    ),
    "server.kiwoom-demo": Text(
        "KIWOOM_MODE=demo는 모의투자입니다. 키움 {server} 서버에 접속합니다.",
        "KIWOOM_MODE=demo means mock (모의투자): connecting to Kiwoom's {server} server.",
    ),
    "server.demo": Text("시뮬레이터", "simulator"),
    "notices.lost": Text(
        "(화면이나 파이프가 멈춘 동안 알림 {count:,}건을 표시하지 못했습니다.)",
        "({count:,} {count:notice was|notices were} not shown while the terminal or pipe was blocked)",
    ),
    "record.begun": Text("기록을 시작합니다: {path}", "recording: {path}"),
    "record.tomorrow": Text(
        "오늘 {until}은(는) 이미 지났으므로 {end}까지 기록합니다.",
        "today's {until} has passed: recording until {end}.",
    ),
    "record.failed": Text(
        "기록이 중단되었습니다. 그때까지: 편입 {enters:,}건, 이탈 {leaves:,}건, 공백 {gaps:,}건",
        "the recording was cut short. Until then: {enters:,} {enters:enter|enters}, {leaves:,} {leaves:leave|leaves}, "
        "{gaps:,} {gaps:gap|gaps}",
    ),
    "wait.begun": Text("{why}. 접속될 때까지 다시 시도합니다.", "{why}; trying again until it can be reached."),
    "record.done": Text(
        "기록을 마쳤습니다: 편입 {enters:,}건, 이탈 {leaves:,}건, 공백 {gaps:,}건",
        "recorded: {enters:,} {enters:enter|enters}, {leaves:,} {leaves:leave|leaves}, {gaps:,} {gaps:gap|gaps}",
    ),
    "record.done.lagged": Text(
        "기록을 마쳤습니다. 출력을 읽는 쪽이 느려 일부는 출력하지 못했지만, 기록 파일에는 모두 있습니다.",
        "recorded. Some events could not be printed, because the output was read too slowly; the journal has them all.",
    ),
    "journal.old": Text(
        "서버와 키마다 따로 기록합니다. 전에 쓰던 기록은 그대로 있고 --journal {path} 로 볼 수 있습니다.",
        "each server and key has a journal of its own; the former shared one is still there: --journal {path}",
    ),
    "journal.read": Text("읽는 기록: {path}", "reading {path}"),
    "journal.trouble": Text(
        "지금은 기록할 수 없습니다: {why}. 감시는 계속되고, 쓸 수 있게 되면 이어서 기록합니다.",
        "the journal cannot be written at the moment: {why}. The watch goes on; its events are written as soon as "
        "possible.",
    ),
    "journal.again": Text("다시 기록하고 있습니다.", "the journal is being written again."),
    "history.nothing": Text("해당하는 기록이 없습니다.", "no matching records in the journal."),
    "history.outside": Text(
        "이 기록에는 {first}부터 {last}까지의 이벤트가 있습니다.", "the journal has events from {first} to {last}."
    ),
    "history.position": Text("{last} (처음: {first})", "{last} (first: {first})"),
    "history.pruned": Text(
        "{after} 다음의 기록이 지워졌습니다. 남아 있는 {next}부터 계속합니다.",
        "what came behind {after} was deleted; it goes on with {next}.",
    ),
    "history.stocks": Text("{count}종목", "{count} {count:stock|stocks}"),
    "history.blind": Text("({since}부터 공백)", "(blind since {since})"),
    "history.members.title": Text("{at} 편입 종목", "members at {at}"),
    "history.members.count": Text("{count}종목", "{count} {count:stock|stocks}"),
    "history.overlaps": Text("함께 편입된 종목", "stocks in common"),
    "history.outcomes.title": Text("편입 후 수익률 (비용 제외)", "return after entry (costs not counted)"),
    "history.outcomes.bias": Text(
        "가격이 있는 편입만으로 계산했습니다. 시세를 받는 종목 수에 한도가 있어 한산한 시간의 편입이 더 많이 "
        "반영되고, 조건식에서 이탈한 종목은 이탈 후의 가격이 없습니다.",
        "only entries with a price are counted: prices are followed for a limited number of stocks, so quiet hours "
        "weigh more, and a stock that left has no later price.",
    ),
    "history.progress": Text("{bar} {share}% 집계 중...", "{bar} {share}% counted..."),
    "replay.waiting": Text(
        "재생할 기록: {start} ~ {end}, 조건식 {count}개. 실시간 등록을 기다립니다. 예: "
        "jogeon watch --all --server {address}",
        "replaying {start} to {end}, {count} {count:condition|conditions}; waiting for registrations, for example: "
        "jogeon watch --all --server {address}",
    ),
    "replay.over": Text("기록이 끝났습니다.", "the recording is over."),
    "replay.stays": Text(
        "기록이 끝났습니다. 마지막 상태로 남아 있습니다. Ctrl+C로 끝냅니다.",
        "the recording is over; the server keeps its last state. Ctrl+C ends it.",
    ),
    "names.title": Text("종목 {count}개", "stocks: {count}"),
    "names.none": Text("알고 있는 종목명이 없습니다.", "no names are known."),
    "names.unknown": Text("종목명을 알 수 없습니다: {codes}", "no name is known: {codes}"),
    "names.old": Text(
        "종목명을 새로 받지 못해 보관한 것을 보여 줍니다. {why}",
        "names could not be requested; the kept ones are shown. {why}",
    ),
    "quotes.unknown": Text(
        "{code}: 서버가 모르는 종목입니다. 종목코드를 확인하세요. 종목명은 jogeon names 로 볼 수 있습니다.",
        "{code}: the server knows no such stock. Check the code; `jogeon names` lists what there is.",
    ),
    "names.no-rest": Text(
        "이 서버의 REST 주소를 알 수 없어 종목명과 시세를 표시하지 못합니다. 알고 있다면 --rest로 지정하세요.",
        "the REST address of this server is not known, so stocks have no names and prices; name it with --rest.",
    ),
}

"""Texts of replay."""

from jogeon.cli.texts.language import Text

REPLAY = {
    "replay.short": Text("기록한 하루를 키움과 같은 규격으로 다시 재생", "serve a recorded day over Kiwoom's protocol"),
    "replay.help": Text(
        "record나 watch --journal로 기록한 하루를 키움 조건검색과 같은 규격으로 재생하는 서버를 실행합니다. 키움에 "
        "접속하는 프로그램이면 무엇이든 그대로 접속할 수 있습니다. 주소를 JSON 한 줄로 출력합니다. 토큰은 demo "
        "입니다. 프로그램이 실시간 등록을 마치면(마지막 등록 2초 뒤) 시작합니다. 공백이 기록된 곳에서는 접속을 끊고, "
        "다시 등록될 때까지 최대 30초 기다립니다. 끝나면 마지막 상태로 남고, --exit-at-end 를 붙이면 종료합니다.",
        "Serve a day recorded by record or watch --journal over Kiwoom's protocol, to any program that connects to "
        "Kiwoom. Prints its addresses as one line of JSON. The token is: demo. It starts when a program has "
        "registered (2 s after its last registration). At a recorded gap it cuts the connections and waits until they "
        "are back, at most 30 s. At the end it keeps the last state until Ctrl+C; with --exit-at-end it ends.",
    ),
    "replay.examples": Text(
        "jogeon replay 기록.journal\njogeon replay 기록.journal --speed 60 --from 09:00 --until 09:30\n"
        "jogeon replay 기록.journal --day 2026-11-20 --speed max --exit-at-end",
        "jogeon replay day.journal\njogeon replay day.journal --speed 60 --from 09:00 --until 09:30\n"
        "jogeon replay day.journal --day 2026-11-20 --speed max --exit-at-end",
    ),
    "replay.waiting": Text(
        "재생할 기록: {start} ~ {end}, 조건식 {count}개. 실시간 등록을 기다립니다. 예: "
        "jogeon watch --all --server {address}",
        "to be replayed: {start} to {end}, {count} conditions; waiting for registrations, such as: "
        "jogeon watch --all --server {address}",
    ),
    "replay.over": Text("기록이 끝났습니다.", "the recording is over."),
    "replay.stays": Text(
        "기록이 끝났습니다. 마지막 상태로 남아 있습니다. Ctrl+C로 끝냅니다.",
        "the recording is over; its last state stays. Ctrl+C ends it.",
    ),
    "metavar.pace": Text("X|max", "X|max"),
    "metavar.clock": Text("HH:MM", "HH:MM"),
    "metavar.day": Text("날짜", "DAY"),
    "option.from": Text("이 시각부터 (HH:MM 또는 HH:MM:SS)", "from this time of the day (HH:MM or HH:MM:SS)"),
    "option.day": Text(
        "이 날짜만 (YYYY-MM-DD). 기본값은 기록 전체", "this day only (YYYY-MM-DD); default: all that was recorded"
    ),
    "option.nights": Text(
        "기록이 없는 장외 시간도 건너뛰지 않고 기다림", "also wait through closed hours without records"
    ),
    "option.exit-at-end": Text("기록이 끝나면 종료", "end when the recording is over"),
    "bad.pace": Text(
        "'{value}' 대신 0보다 큰 수나 max 를 적어 주세요.", "'{value}' should be a number above 0, or max."
    ),
    "bad.clock": Text("'{value}' 대신 09:00 처럼 시각을 적어 주세요.", "'{value}' should be a time like 09:00."),
    "bad.day": Text("'{value}' 대신 2026-11-20 처럼 날짜를 적어 주세요.", "'{value}' should be a day like 2026-11-20."),
    "bad.from-until": Text("--from 은 --until 보다 일러야 합니다.", "--from should be before --until."),
    "bad.stretch.nothing": Text(
        "그때의 기록이 없습니다. 기록된 날짜: {days}", "nothing was recorded then; the journal holds: {days}"
    ),
    "bad.stretch.several days": Text(
        "여러 날의 기록입니다. --day 로 하루를 골라 주세요: {days}",
        "the journal holds several days; choose one with --day: {days}",
    ),
}

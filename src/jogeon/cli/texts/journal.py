"""Texts of the commands that read a journal."""

from jogeon.cli.texts.language import Text

JOURNAL = {
    "history.short": Text("기록에서 이벤트·편입 종목·공백·통계 보기", "events, members, gaps, statistics of a journal"),
    "history.help": Text(
        "기록 파일(--journal)을 읽어 보여 줍니다. events: 편입·이탈을 비롯한 모든 이벤트, members: 어느 순간의 "
        "편입 종목(--at), gaps: 수신하지 못한 공백, stats: 조건식별 통계와 겹침. 날짜 없는 시각은 --day 의 날, "
        "없으면 마지막으로 기록한 날의 시각입니다. 기록 중인 파일도 읽을 수 있습니다.",
        "Read a journal (--journal). events: everything recorded; members: who was in at a moment (--at); gaps: when "
        "nothing was received; stats: figures for each condition, and overlaps. A time without a day belongs to "
        "--day, else to the last day recorded. A journal can be read while it is written.",
    ),
    "history.examples": Text(
        "jogeon history events --day 2026-11-22 --condition 급등주\njogeon history members --at 10:31:05\n"
        "jogeon history gaps --json\njogeon history stats --from 09:00 --until 09:30",
        "jogeon history events --day 2026-11-22 --condition 급등주\njogeon history members --at 10:31:05\n"
        "jogeon history gaps --json\njogeon history stats --from 09:00 --until 09:30",
    ),
    "export.short": Text("기록을 Parquet·CSV 파일로 내보내기", "a journal as a Parquet or CSV file"),
    "export.help": Text(
        "기록의 이벤트를 분석용 파일로 내보냅니다. 이름이 .parquet 로 끝나면 Parquet(pip install jogeon[duckdb]), "
        ".csv 로 끝나면 CSV입니다. 시각은 나노초 정수와 +09:00 시각 두 가지로 들어갑니다. "
        "빈 값은 \\N으로 적습니다.",
        "Write the events of a journal to a file for analysis: Parquet if its name ends in .parquet (needs jogeon"
        "[duckdb]), CSV if it ends in .csv. Times are given twice: in nanoseconds and as +09:00. "
        "An empty value is \\N.",
    ),
    "export.examples": Text(
        "jogeon export -o 기록.parquet\njogeon export -o day.csv --day 2026-11-22 --kind enter,leave",
        "jogeon export -o journal.parquet\njogeon export -o day.csv --day 2026-11-22 --kind enter,leave",
    ),
    "MissingExtra.what": Text("{extra} 라이브러리가 있어야 합니다.", "this needs the library {extra}."),
    "MissingExtra.cause": Text("jogeon과 함께 설치되지 않는 선택 기능입니다.", "it is optional, and not installed."),
    "MissingExtra.next": Text('pip install "jogeon[{extra}]"', 'pip install "jogeon[{extra}]"'),
    "option.journal.read": Text(
        "기록 파일 (기본: record가 이 서버를 기록하는 파일)",
        "the journal; by default the one record writes for this server",
    ),
    "journal.old": Text(
        "서버와 키마다 따로 기록합니다. 전에 쓰던 기록은 그대로 있고 --journal {path} 로 볼 수 있습니다.",
        "each server and key has a journal of its own; the former shared one is still there: --journal {path}",
    ),
    "journal.read": Text("읽는 기록: {path}", "reading {path}"),
    "option.keep": Text("이만큼 지난 기록은 지움 (90d)", "delete what is older (90d)"),
    "option.copy": Text("날마다 이 폴더에 사본을 둠", "keep a copy of each day in this folder"),
    "bad.keep": Text("'{value}' 대신 90d 처럼 날수를 적어 주세요.", "'{value}' should be a number of days like 90d."),
    "check.journal": Text("기록", "journal"),
    "found.journal": Text("{path} ({size:.1f} MB, 마지막 이벤트 {last})", "{path} ({size:.1f} MB, last event {last})"),
    "option.condition": Text("이 조건식만 (여러 번 가능)", "only this condition; repeatable"),
    "option.code": Text("이 종목코드만 (여러 번 가능)", "only this stock; repeatable"),
    "option.kind": Text(
        "이 종류만: enter, leave, snapshot, gap, state, anomaly", "only: enter, leave, snapshot, gap, state, anomaly"
    ),
    "option.at": Text(
        "이 시각의 편입 종목 (10:31:05). 기본값은 기록의 끝", "this moment (10:31:05); by default the end"
    ),
    "metavar.code": Text("종목코드", "CODE"),
    "bad.kind": Text(
        "'{value}' 대신 enter, leave, snapshot, gap, state, anomaly 중에서 적어 주세요.",
        "'{value}' should be some of: enter, leave, snapshot, gap, state, anomaly.",
    ),
    "bad.idle": Text("history {what}에는 {option} 옵션을 쓸 수 없습니다.", "history {what} takes no {option}."),
    "bad.moment": Text(
        "'{value}'은(는) 시각이 아닙니다. 예: 09:00, 10:31:05, 2026-11-22T10:31:05",
        "'{value}' is not a time. Write it like 09:00, 10:31:05 or 2026-11-22T10:31:05.",
    ),
    "bad.itself": Text(
        "-o 에 적은 파일이 읽을 기록 파일이거나 거기에 딸린 파일입니다. 다른 이름을 적어 주세요.",
        "-o names the journal itself or a file that belongs to it; name another file.",
    ),
    "bad.export": Text(
        "내보낼 파일을 -o 로 적어 주세요. 이름은 .parquet 나 .csv 로 끝나야 합니다.",
        "name the file with -o; it must end in .parquet or .csv.",
    ),
    "history.nothing": Text("해당하는 기록이 없습니다.", "no matching records in the journal."),
    "history.stocks": Text("{count}종목", "{count} stocks"),
    "history.blind": Text("({since}부터 공백)", "(blind since {since})"),
    "history.members.title": Text("{at} 편입 종목", "members at {at}"),
    "history.overlaps": Text("함께 편입된 종목", "stocks in common"),
    "history.progress": Text("{bar} {share}% 집계 중...", "{bar} {share}% counted..."),
    "event.snapshot": Text("전체", "snapshot"),
    "column.epoch": Text("회차", "epoch"),
    "column.still_open": Text("진행 중", "still open"),
    "column.n": Text("번호", "n"),
    "column.event": Text("종류", "event"),
    "column.at": Text("수신시각", "received"),
    "column.origin": Text("출처", "origin"),
    "column.since": Text("부터", "since"),
    "column.until": Text("까지", "until"),
    "column.cause": Text("원인", "cause"),
    "column.detail": Text("내용", "detail"),
    "column.state": Text("상태", "state"),
    "column.codes": Text("종목코드", "codes"),
    "column.blind_since": Text("공백 시작", "blind since"),
    "column.enters": Text("편입", "enters"),
    "column.leaves": Text("이탈", "leaves"),
    "column.recovered": Text("공백 중 변화", "recovered"),
    "column.stocks": Text("종목수", "stocks"),
    "column.stay_median": Text("편입 유지 시간 (중앙값)", "stay, median"),
    "column.stay_p90": Text("편입 유지 시간 (90백분위)", "stay, p90"),
    "column.flaps": Text("3초 미만", "under 3 s"),
    "column.busiest": Text("편입·이탈 최다 시각", "busiest"),
    "column.covered": Text("수신 시간", "covered"),
    "column.blind": Text("공백 시간", "blind"),
    "column.first": Text("조건식", "condition"),
    "column.second": Text("조건식", "condition"),
    "column.common": Text("공통 종목", "in common"),
    "column.either": Text("전체 종목", "in all"),
}

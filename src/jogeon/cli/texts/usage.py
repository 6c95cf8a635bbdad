"""Texts of wrong command lines and wrong values."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "usage.no-such-command": Text("없는 명령입니다: {name}", "no such command: {name}"),
    "usage.no-such-option": Text("없는 옵션입니다: {name}", "no such option: {name}"),
    "usage.no-such-option.of": Text("{command}에는 없는 옵션입니다: {name}", "{command} has no option {name}"),
    "usage.did-you-mean": Text("혹시 이것인가요: {names}", "did you mean: {names}"),
    "usage.missing": Text("적어야 할 것이 빠졌습니다: {name}", "missing: {name}"),
    "usage.option": Text("값이 빠졌습니다: {name}", "a value is missing: {name}"),
    "usage.flag": Text("값을 받지 않는 옵션입니다: {name}", "this option takes no value: {name}"),
    "usage.extra": Text("알 수 없는 인자입니다: {names}", "unexpected argument: {names}"),
    "usage.no-command": Text("명령을 적어 주세요.", "a command is missing."),
    "usage.value": Text("{name}: {complaint}", "{name}: {complaint}"),
    "usage.example": Text("예: {example}", "example: {example}"),
    "usage.help": Text("도움말: {command} --help", "help: {command} --help"),
    "bad.empty": Text(
        "값이 비어 있습니다. 셸 변수가 설정되지 않은 것 같습니다. 값을 적거나 옵션을 빼세요.",
        "the value is empty, as an unset shell variable leaves it; give a value or omit it.",
    ),
    "bad.lang": Text("'{value}' 대신 ko 또는 en을 적어 주세요.", "'{value}' should be ko or en."),
    "bad.exchange": Text("'{value}' 대신 K, N, A 중 하나를 적어 주세요.", "'{value}' should be K, N or A."),
    "bad.on-taken": Text(
        "'{value}' 대신 stop, retry, takeover 중 하나를 적어 주세요.", "'{value}' should be stop, retry or takeover."
    ),
    "bad.count": Text("'{value}' 대신 1 이상의 정수를 적어 주세요.", "'{value}' should be a whole number, 1 or more."),
    "bad.integer": Text("'{value}' 대신 정수를 적어 주세요.", "'{value}' should be a whole number."),
    "bad.not-negative": Text("'{value}' 대신 0 이상의 수를 적어 주세요.", "'{value}' should be a number, 0 or more."),
    "bad.switch": Text(
        "--switch {name}: '{value}' 대신 {wanted} 적어 주세요.", "--switch {name}: '{value}' should be {wanted}."
    ),
    "bad.switch.range": Text(
        "--switch {name}: {value}은(는) 허용 범위 밖입니다. 기본값: {default}",
        "--switch {name}: {value} is out of range. Default: {default}",
    ),
    "bad.conditions": Text("조건식 파일을 읽을 수 없습니다: {detail}", "the conditions cannot be read: {detail}"),
    "bad.expression": Text(
        "조건식 '{name}'의 {column}번째 글자: {reason}", "condition '{name}', column {column}: {reason}"
    ),
    "bad.port": Text(
        "'{value}'은(는) 포트 번호가 아닙니다. 0에서 65535 사이의 수를 적어 주세요.",
        "'{value}' is not a valid port; ports are 0 to 65535.",
    ),
    "bad.choice": Text("'{value}' 대신 다음 중 하나를 적어 주세요: {choices}", "'{value}' should be one of: {choices}"),
    "bad.json-and-csv": Text("--json과 --csv는 함께 쓸 수 없습니다.", "--json and --csv cannot be used together."),
    "bad.json-and-lines": Text(
        "--json과 --lines는 함께 쓸 수 없습니다.", "--json and --lines cannot be used together."
    ),
    "bad.wait": Text(
        "'{value}' 대신 시간의 길이(30s, 5m, 1h30m)나 forever를 적어 주세요.",
        "'{value}' should be a length of time, like 30s, 5m or 1h30m, or forever.",
    ),
    "bad.names-and-all": Text("조건식 이름과 --all은 함께 쓸 수 없습니다.", "names and --all cannot be used together."),
    "bad.no-names": Text("감시할 조건식을 적거나 --all을 붙여 주세요.", "name the conditions to watch, or give --all."),
    "bad.code": Text(
        "'{value}' 대신 여섯 자리 종목코드를 적어 주세요 (005930).",
        "'{value}' should be the code of a stock, six characters (005930).",
    ),
    "bad.standby": Text(
        "--standby에는 이어받을 허브와 같은 --nats 주소가 필요합니다.",
        "--standby needs --nats with the address of the hub to stand by for.",
    ),
    "bad.hub-date": Text(
        "허브는 파일 하나에 기록합니다. {date} 없이 지정하고, 오래된 기록은 --keep으로 지우세요.",
        "a hub keeps one journal: name it without {date}, and let --keep delete what is old",
    ),
    "bad.may": Text(
        "'{value}' 대신 watch, search, all 중 하나를 적어 주세요.", "'{value}' should be watch, search or all."
    ),
    "bad.token": Text(
        "hub token 뒤에는 add 이름, list, revoke 이름 중 하나를 적어 주세요.",
        "behind hub token comes one of: add NAME, list, revoke NAME.",
    ),
    "bad.token-name": Text(
        "토큰 이름은 1~64자의 한 줄이어야 합니다.", "the name of a token is one line of 1 to 64 characters."
    ),
    "bad.token-twice": Text(
        "'{name}' 토큰이 이미 있습니다. 다시 발급하려면 먼저: jogeon hub token revoke {name}",
        "there is a token '{name}' already; to issue it again, first: jogeon hub token revoke {name}",
    ),
    "bad.token-many": Text("토큰은 {most}개까지 만들 수 있습니다.", "there can be {most} tokens at most."),
    "bad.token-unknown": Text(
        "'{name}' 토큰이 없습니다. 있는 토큰: jogeon hub token list",
        "there is no token '{name}'; see jogeon hub token list",
    ),
    "bad.tls-half": Text("--tls-cert와 --tls-key는 함께 적어야 합니다.", "--tls-cert and --tls-key belong together."),
    "bad.host": Text(
        "{host}에는 다른 컴퓨터도 접속할 수 있어, 토큰과 암호화 없이는 열지 않습니다. 빠진 것:",
        "other machines can reach {host}, so it is not opened without tokens and encryption; what is missing:",
    ),
    "bad.host.tls": Text(
        "  인증서: --tls-cert fullchain.pem --tls-key privkey.pem",
        "  a certificate: --tls-cert fullchain.pem --tls-key privkey.pem",
    ),
    "bad.host.token": Text(
        "  접속할 프로그램의 토큰: jogeon hub token add 이름",
        "  a token for each program that is to connect: jogeon hub token add NAME",
    ),
    "bad.keep": Text("--keep은 하루(1d)보다 짧을 수 없습니다.", "--keep takes at least one day (1d)."),
    "bad.kind": Text(
        "'{value}' 대신 enter, leave, snapshot, gap, state, anomaly 중에서 적어 주세요.",
        "'{value}' should be one or more of these, with commas between: enter, leave, snapshot, gap, state, anomaly.",
    ),
    "bad.idle": Text("{what}에는 {option} 옵션을 쓸 수 없습니다.", "{what} takes no {option}."),
    "bad.after": Text(
        "'{value}'은(는) 위치가 아닙니다. history position이 알려 주는 대로 적어 주세요: 3:1234, 0:0은 맨 앞",
        "'{value}' is not a position. Write it as history position gives it, like 3:1234; 0:0 is before everything.",
    ),
    "bad.duration-follow": Text("--duration은 --follow와 함께 쓰세요.", "--duration needs --follow."),
    "bad.moment": Text(
        "'{value}'은(는) 시각이 아닙니다. 이렇게 적어 주세요: 09:00, 10:31:05, 2026-11-22T10:31:05",
        "'{value}' is not a time. Write it like 09:00, 10:31:05 or 2026-11-22T10:31:05.",
    ),
    "bad.itself": Text(
        "-o에 적은 파일이 읽을 기록 파일이거나 거기에 딸린 파일입니다. 다른 이름을 적어 주세요.",
        "-o names the journal itself or a file that belongs to it; name another file.",
    ),
    "bad.folder": Text(
        "'{value}'은(는) 폴더가 아니라 파일입니다. 폴더를 적어 주세요.", "'{value}' is a file; name a folder."
    ),
    "bad.export.json": Text(
        "받은 원문은 JSON으로만 내보냅니다. -o로 적는 파일 이름은 .json, .jsonl, .ndjson 중 하나로 끝나야 합니다. "
        "예: -o {example}",
        "raw frames are written as JSON: name the file with -o; it must end in .json, .jsonl or .ndjson. "
        "Example: -o {example}",
    ),
    "bad.export.csv": Text(
        "내보낼 파일을 -o로 적어 주세요. 이름은 .csv (엑셀에서 열립니다), .parquet, .json, .sqlite 중 하나로 끝나야 "
        "합니다. 예: -o {example}",
        "name the file with -o; it must end in .csv (Excel opens it), .parquet, .json or .sqlite. "
        "Example: -o {example}",
    ),
    "bad.ending": Text(
        "{ending} 파일로는 저장하지 못합니다. 엑셀에서 열려면 -o {csv}, 프로그램에서 읽으려면 -o {json} 을 쓰세요.",
        "cannot save as {ending}. For Excel: -o {csv}; for programs: -o {json}.",
    ),
    "bad.pace": Text(
        "'{value}' 대신 0보다 큰 수나 max를 적어 주세요.", "'{value}' should be a number above 0, or max."
    ),
    "bad.day": Text(
        "'{value}'은(는) 날짜가 아닙니다. 이렇게 적어 주세요: 2026-11-22",
        "'{value}' is not a day. Write it like 2026-11-22.",
    ),
    "bad.from-until": Text("--from은 --until보다 일러야 합니다.", "--from must be before --until."),
    "bad.stretch.nothing": Text(
        "그때의 기록이 없습니다. 기록된 날짜: {days}", "nothing was recorded then; the journal holds: {days}"
    ),
    "bad.stretch.several days": Text(
        "여러 날의 기록입니다. --day로 하루를 골라 주세요: {days}",
        "the journal holds several days; choose one with --day: {days}",
    ),
    "wanted.bool": Text("true 또는 false를", "true or false"),
    "wanted.int": Text("정수를", "a whole number"),
    "wanted.float": Text("시간의 길이(500ms, 5s)를", "a length of time, like 500ms or 5s"),
    "wanted.one of": Text("{choices} 중 하나를", "one of {choices}"),
    "type.str": Text("문자열", "text"),
    "type.int": Text("정수", "a whole number"),
    "type.float": Text("수", "a number"),
    "type.bool": Text("true/false", "true or false"),
    "type.array": Text("목록", "a list"),
    "type.object": Text("표", "a table"),
    "expression.empty": Text("비어 있습니다", "it is empty"),
    "expression.too long": Text("너무 깁니다", "too long"),
    "expression.too deep": Text("괄호가 너무 깊습니다", "too deeply nested"),
    "expression.syntax": Text("문법이 맞지 않습니다", "syntax error"),
    "expression.unknown field": Text("없는 항목입니다", "unknown field"),
    "expression.not allowed": Text("쓸 수 없는 표현입니다", "not allowed"),
    "expression.number out of range": Text("수가 범위를 벗어납니다", "number out of range"),
    "expression.wrong number of arguments": Text("인자의 수가 맞지 않습니다", "wrong number of arguments"),
    "expression.condition expected": Text("비교식이 있어야 합니다", "a comparison is expected"),
    "expression.number expected": Text("수가 있어야 합니다", "a number is expected"),
    "bad.length": Text(
        "'{value}'은(는) 시간의 길이가 아닙니다. 이렇게 적어 주세요: 500ms, 30s, 5m, 1h30m, 90d",
        "'{value}' is not a length of time. Write it like 500ms, 30s, 5m, 1h30m or 90d.",
    ),
    "bad.past": Text("--until의 시각이 이미 지났습니다.", "the time of --until has passed."),
    "bad.ping-twice": Text(
        "--ping과 --switch ping= 중 하나만 적어 주세요.", "give either --ping or --switch ping=, not both."
    ),
    "bad.two-journals": Text(
        "기록 파일은 하나만 적어 주세요: 파일 인자 또는 --journal",
        "name one journal, either as FILE or with --journal.",
    ),
    "bad.one-day": Text(
        "--day, --from, --until의 날짜가 서로 다릅니다. 재생은 하루씩 합니다.",
        "--day, --from and --until name different days; a replay is of one day.",
    ),
    "usage.unused": Text("{command}에는 {option} 옵션을 쓸 수 없습니다.", "{command} does not take {option}."),
}

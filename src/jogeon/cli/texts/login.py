"""Texts of login and logout."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "account.notice": Text("참고", "note"),
    "account.server-needed": Text(
        "키는 real(실전)과 mock(모의투자) 서버에만 있습니다: --server real 또는 --server mock",
        "only real and mock have keys: --server real or --server mock",
    ),
    "account.no-terminal": Text(
        "물어볼 터미널이 없습니다. 내려받은 키 파일이 있는 폴더를 --keys로 적거나, 환경 변수 {names}에 키를 넣으세요.",
        "there is no terminal to ask on. Give the downloaded files with --keys FOLDER, or set {names}.",
    ),
    "account.no-terminal-logout": Text(
        "물어볼 터미널이 없습니다. 지우려면 --yes를 붙이세요.",
        "there is no terminal to ask on: add --yes to delete.",
    ),
    "account.ask-server": Text(
        "어느 서버의 키를 등록할까요? 1 실전(real), 2 모의투자(mock)", "which server? 1 real, 2 mock (모의투자)"
    ),
    "account.bad-server": Text("1 또는 2를 적어 주세요.", "please type 1 or 2."),
    "account.where-from": Text(
        "앱키는 키움 REST API 홈페이지(openapi.kiwoom.com)에서 발급받습니다. 입력한 글자는 화면에 보이지 않습니다.",
        "app keys are issued at openapi.kiwoom.com. What you type is not shown.",
    ),
    "account.ask-app-key": Text("앱키", "app key"),
    "account.ask-secret-key": Text("시크릿키", "secret key"),
    "account.bad-key": Text(
        "키는 공백 없는 영문자와 숫자, 기호입니다. 다시 적어 주세요.",
        "a key has letters, digits and signs, and no blanks; please try again.",
    ),
    "account.ask-pair": Text("어느 키입니까?", "which keys?"),
    "account.bad-pair": Text("1부터 {count}까지의 번호를 적어 주세요.", "please type a number from 1 to {count}."),
    "account.checking": Text("토큰을 요청해 확인합니다...", "checking, by requesting a token..."),
    "account.works": Text("{mode} 서버의 키가 맞습니다.", "the keys work on the {mode} server."),
    "account.token": Text("토큰: {until}까지 (한국 시각)", "token: good until {until} (Korean time)"),
    "account.kept": Text("보관한 곳: {where}", "stored in: {where}"),
    "account.hidden-by": Text(
        "주의: {source}의 키가 먼저 쓰입니다. 등록한 키를 쓰려면 그것을 지우세요.",
        "note: the keys in {source} take precedence; remove them to use the ones you just stored.",
    ),
    "account.next": Text("다음: jogeon list{server}", "next: jogeon list{server}"),
    "account.ask-logout": Text(
        "{mode} 서버의 토큰을 폐기하고 보관한 키를 지웁니다. 같은 앱키를 쓰는 다른 프로그램의 토큰도 폐기됩니다. "
        "계속할까요? (y/n)",
        "revoke the token of the {mode} server and delete the stored keys? Other programs with this app key lose "
        "their token, too. (y/n)",
    ),
    "account.bad-answer": Text("y 또는 n을 적어 주세요.", "please type y or n."),
    "account.revoked": Text("토큰을 폐기했습니다.", "the token is revoked."),
    "account.not-revoked": Text(
        "토큰을 폐기하지 못했습니다. 토큰은 {until}(한국 시각)에 만료됩니다.",
        "the token could not be revoked; it expires at {until} (Korean time).",
    ),
    "account.removed": Text("지웠습니다: {where}", "deleted: {where}"),
    "account.nothing": Text("{mode} 서버의 키는 보관되어 있지 않습니다.", "no keys are stored for the {mode} server."),
    "account.left": Text("다른 곳의 키는 그대로 있습니다: {source}", "keys elsewhere were not touched: {source}"),
    "account.no-answer": Text(
        "입력이 끝나 답을 받지 못했습니다. 아무것도 바꾸지 않았습니다. 터미널에서 다시 실행하고 물음에 답해 주세요.",
        "the input ended without an answer, and nothing was changed. Run it in a terminal and answer there.",
    ),
    "account.unchanged": Text("아무것도 바꾸지 않았습니다.", "nothing was changed."),
}

"""Texts of what is wrong with a setting, a key or an address, before anything is connected."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "field.app key": Text("앱키", "app key"),
    "field.secret key": Text("시크릿키", "secret key"),
    "place.environment": Text("환경 변수", "environment variable"),
    "place.argument": Text("인자", "argument"),
    "InvalidSetting.what": Text("설정을 사용할 수 없습니다: {where}", "a setting cannot be used: {where}"),
    "InvalidSetting.cause": Text("{reason}{more}", "{reason}{more}"),
    "InvalidSetting.cause.unreadable": Text("파일을 읽을 수 없습니다{more}", "the file cannot be read{more}"),
    "InvalidSetting.cause.too large": Text("파일이 너무 큽니다{more}", "the file is too large{more}"),
    "InvalidSetting.cause.missing": Text(
        "그런 파일이나 폴더가 없습니다{more}", "there is no such file or folder{more}"
    ),
    "InvalidSetting.cause.not a file": Text(
        "파일이 아닙니다(폴더, 파이프, 장치 등){more}", "it is not a file, but a folder, a pipe or a device{more}"
    ),
    "InvalidSetting.cause.not private": Text(
        "다른 사용자가 바꿀 수 있어 믿을 수 없습니다{more}", "another user may have changed it{more}"
    ),
    "InvalidSetting.cause.no home": Text("이 사용자에게는 홈 폴더가 없습니다.", "this user has no home folder."),
    "InvalidSetting.cause.backslash": Text(
        "큰따옴표 안의 \\는 특수 문자로 읽힙니다{more}", "a \\ in double quotes starts a special character{more}"
    ),
    "InvalidSetting.cause.not allowed": Text("쓸 수 있는 값: {detail}", "allowed: {detail}"),
    "InvalidSetting.cause.empty": Text("값이 비어 있습니다{more}", "the value is empty{more}"),
    "InvalidSetting.cause.odd key": Text(
        "키에 있을 수 없는 글자가 있습니다{more}", "it has characters that no key has{more}"
    ),
    "InvalidSetting.cause.several lines": Text(
        "키가 여럿 들어 있어 고를 수 없습니다{more}", "it holds several keys{more}"
    ),
    "InvalidSetting.cause.other key": Text(
        "다른 키의 이름이 붙어 있습니다. 앱키와 시크릿키가 바뀐 것 같습니다{more}",
        "it is labelled as the other key; app key and secret key may be mixed up{more}",
    ),
    "InvalidSetting.cause.several profiles": Text(
        "kwcli에 이 서버의 프로필이 여럿이라 고를 수 없습니다{more}",
        "kwcli has several profiles for this server, and none of them is its current one{more}",
    ),
    "InvalidSetting.cause.not text": Text("UTF-8 텍스트 파일이 아닙니다{more}", "it is not UTF-8 text{more}"),
    "InvalidSetting.cause.not TOML": Text("TOML 문법이 맞지 않습니다{more}", "it is not valid TOML{more}"),
    "InvalidSetting.cause.wrong value": Text("값이 맞지 않습니다{more}", "the value is wrong{more}"),
    "InvalidSetting.cause.not one word": Text(
        "빈칸이나 한글 없이 한 단어여야 합니다{more}", "it must be one word of ASCII, without blanks{more}"
    ),
    "InvalidSetting.cause.not a mode": Text(
        "real 또는 demo(모의투자)여야 합니다{more}", "it must be real or demo{more}"
    ),
    "InvalidSetting.cause.not a proxy": Text("프록시 주소가 아닙니다{more}", "it is not a proxy address{more}"),
    "InvalidSetting.cause.spoilt": Text(
        "저장해 둔 키 파일이 손상되었습니다{more}", "the file of saved keys is damaged{more}"
    ),
    "InvalidSetting.cause.no certificate": Text(
        "PEM 형식의 인증서나 키가 아닙니다{more}", "it is not a certificate or key in the PEM format{more}"
    ),
    "InvalidSetting.cause.other key's": Text(
        "이 개인 키의 인증서가 아닙니다{more}", "it is not the private key of that certificate{more}"
    ),
    "InvalidSetting.cause.locked key": Text(
        "개인 키에 비밀번호가 걸려 있습니다. 비밀번호 없는 키를 0600 파일로 두세요{more}",
        "the private key has a password; keep one without in a file of mode 0600{more}",
    ),
    "InvalidSetting.cause.no keys": Text(
        "폴더에 내려받은 키 파일(*_appkey.txt, *_secretkey.txt)이 없습니다{more}",
        "that folder has no downloaded key files (*_appkey.txt, *_secretkey.txt){more}",
    ),
    "InvalidSetting.cause.half a pair": Text(
        "앱키와 시크릿키 중 하나만 있습니다{more}", "only one of app key and secret key was found{more}"
    ),
    "InvalidSetting.cause.several pairs": Text(
        "키 파일이 여러 쌍이라 고를 수 없습니다{more}", "there are several pairs of key files{more}"
    ),
    "InvalidSetting.cause.no alerts": Text(
        "jogeon.toml에 [alerts]가 없습니다{more}", "no jogeon.toml has [alerts]{more}"
    ),
    "InvalidSetting.cause.unknown key": Text(
        "그런 설정은 없습니다. 쓸 수 있는 이름{more}", "there is no such setting; the allowed names{more}"
    ),
    "InvalidSetting.cause.not a table": Text("표(table)여야 합니다{more}", "it must be a table{more}"),
    "InvalidSetting.cause.not an array": Text(
        "규칙마다 [[alerts.rules]]로 시작해야 합니다{more}", "each rule begins with [[alerts.rules]]{more}"
    ),
    "InvalidSetting.cause.name twice": Text(
        "같은 이름의 규칙이 이미 있습니다{more}", "another rule has the same name{more}"
    ),
    "InvalidSetting.cause.no target": Text(
        "받을 대상(to)이 없습니다. [alerts.targets]에 있는 것{more}",
        "it has no target (to); in [alerts.targets] there are{more}",
    ),
    "InvalidSetting.cause.unknown target": Text(
        "[alerts.targets]에 없는 대상입니다. 쓴 것 / 있는 것{more}",
        "no such target in [alerts.targets]; what is written / what there is{more}",
    ),
    "InvalidSetting.cause.unknown text field": Text(
        "문구에 쓸 수 없는 항목입니다. 쓴 것 / 쓸 수 있는 것{more}",
        "the text has an unknown field; what is written / what may be{more}",
    ),
    "InvalidSetting.cause.text too long": Text(
        "문구가 너무 깁니다. 텔레그램이 받지 않습니다. 최대 글자 수{more}",
        "the text is too long for Telegram; the most it may have{more}",
    ),
    "InvalidSetting.cause.unknown condition": Text(
        "그런 조건식이 없습니다. 쓴 것 / 있는 것{more}", "no such condition; what is written / what there is{more}"
    ),
    "InvalidSetting.cause.odd hours": Text(
        "시간대는 09:00-15:20 처럼 쓰고, 끝은 시작보다 늦어야 합니다{more}",
        "hours are written like 09:00-15:20, and the end is later than the start{more}",
    ),
    "InvalidSetting.cause.odd length": Text(
        "기간은 30s, 10m, 1h30m 처럼 씁니다{more}", "a length is 30s, 10m or 1h30m{more}"
    ),
    "InvalidSetting.cause.odd time": Text(
        "시각은 15:40 처럼 씁니다{more}", "a time of day is written like 15:40{more}"
    ),
    "InvalidSetting.cause.odd comparison": Text(
        '">= 1000", "< -3.5" 처럼 비교로 씁니다{more}', 'it is a comparison like ">= 1000" or "< -3.5"{more}'
    ),
    "InvalidSetting.cause.below one": Text("1 이상이어야 합니다{more}", "it must be 1 or more{more}"),
    "InvalidSetting.cause.within alone": Text(
        "within은 also_in과 함께 씁니다{more}", "within needs also_in beside it{more}"
    ),
    "InvalidSetting.cause.key needed": Text(
        "이 종류의 대상에는 꼭 있어야 합니다{more}", "this kind of target needs it{more}"
    ),
    "InvalidSetting.cause.open to others": Text(
        "다른 사용자가 바꿀 수 있는 파일에서는 argv, api, *_env를 쓸 수 없습니다{more}",
        "argv, api and *_env do not count in a file that other users can change{more}",
    ),
    "InvalidSetting.cause.api in the clear": Text(
        "다른 api 주소는 이 컴퓨터이거나 https://여야 합니다. 토큰이 그리로 갑니다{more}",
        "another api must be on this machine or https://, because the token goes there{more}",
    ),
    "InvalidSetting.cause.variable missing": Text(
        "여기 적힌 이름의 환경 변수가 없습니다. 값이 아니라 변수의 이름을 적습니다{more}",
        "no environment variable has that name; it is the name that is written here, not the value{more}",
    ),
    "InvalidSetting.cause.no program": Text(
        "실행할 수 있는 프로그램이 없습니다{more}", "there is no such program, or it cannot be run{more}"
    ),
    "InvalidSetting.cause.not an address": Text(
        "환경 변수의 값이 쓸 수 있는 주소가 아닙니다{more}", "what the variable holds is not a usable address{more}"
    ),
    "InvalidSetting.cause.needs prices": Text(
        "price, rate 규칙은 이 기록에 남는 시세만 봅니다. --prices 없이는 울리지 않습니다{more}",
        "price and rate read only quotes kept in this journal; without --prices the rule never fires{more}",
    ),
    "InvalidSetting.next.no alerts": Text("jogeon alerts add", "jogeon alerts add"),
    "InvalidSetting.next.needs prices": Text("{again} --prices", "{again} --prices"),
    "InvalidSetting.next.open to others": Text("chmod go-w {folder} {file}", "chmod go-w {folder} {file}"),
    "InvalidSetting.next.unknown condition": Text("{list_}", "{list_}"),
    "InvalidSetting.next.variable missing": Text(
        "환경 변수에 값을 넣고 다시: {again}", "set the variable, then: {again}"
    ),
    "InvalidSetting.next.no program": Text(
        "프로그램의 전체 경로를 argv 맨 앞에 적은 뒤 다시: {again}",
        "put the program's full path first in argv, then: {again}",
    ),
    "InvalidSetting.next": Text("고친 뒤 다시: {again}", "correct it, then: {again}"),
    "InvalidSetting.next.missing": Text("경로를 확인하고 다시: {again}", "check the path, then: {again}"),
    "InvalidSetting.next.no home": Text(
        "환경 변수 {field} 또는 {detail}에 쓸 수 있는 폴더를 넣고 다시: {again}",
        "set {field} or {detail} to a folder that can be written to, then: {again}",
    ),
    "InvalidSetting.next.not private": Text(
        "내용을 확인하고 chown, chmod 600으로 자기 것으로 만들거나, 키를 다시 등록: jogeon login",
        "check it and make it yours with chown and chmod 600, or store the keys again: jogeon login",
    ),
    "InvalidSetting.next.backslash": Text(
        "경로를 작은따옴표로 쓰거나('C:\\Users\\me\\keys') \\를 두 번씩 쓰고 다시: {again}",
        "put the path in single quotes ('C:\\Users\\me\\keys') or double each \\, then: {again}",
    ),
    "InvalidSetting.next.odd key": Text(
        "따옴표나 이름 없이 키만 적고 다시: {again}", "write the key alone, without quotes or label, then: {again}"
    ),
    "InvalidSetting.next.several lines": Text(
        "키 하나만 남기고 다시: {again}", "leave only one key in it, then: {again}"
    ),
    "InvalidSetting.next.several profiles": Text(
        "kwcli에서 쓸 프로필을 현재 프로필로 고르거나, 키를 등록: jogeon login{server}",
        "make one of them the current profile in kwcli, or store the keys: jogeon login{server}",
    ),
    "InvalidSetting.next.spoilt": Text("키를 다시 등록: jogeon login", "store the keys again: jogeon login"),
    "InvalidSetting.next.several pairs": Text(
        "쓸 앱키 파일을 골라: jogeon login --keys 파일 (최근에 발급한 키만 유효합니다)",
        "name the app key file to use: jogeon login --keys FILE (only the keys issued last are valid)",
    ),
    "KeysMissing.cause.half": Text(
        "한쪽만 찾았습니다: {half}. 시뮬레이터는 키 없이 쓸 수 있습니다.",
        "only one half was found: {half}. The simulator needs no keys.",
    ),
    "KeysMissing.cause.silent": Text(
        "키링이 응답하지 않아 그 안에 있을 수도 있는 키를 읽지 못했습니다.",
        "the keyring did not answer, so keys that may be in it could not be read.",
    ),
    "KeysMissing.half": Text("{found} (없는 것: {lacking})", "{found} without {lacking}"),
    "KeysMissing.what": Text(
        "{mode} 서버의 앱키와 시크릿키가 없습니다.", "no app key and secret key for the {mode} server."
    ),
    "KeysMissing.cause": Text(
        "아직 키를 등록하지 않았습니다. 키 없이도 시뮬레이터는 쓸 수 있습니다.",
        "no keys are stored yet. The simulator needs none.",
    ),
    "KeysMissing.next.silent": Text(
        "키링의 잠금을 풀고 다시: {again} {or_} 환경 변수 KIWOOM_APP_KEY, KIWOOM_APP_SECRET에 키를 넣기",
        "unlock the keyring, then: {again} {or_} set KIWOOM_APP_KEY and KIWOOM_APP_SECRET",
    ),
    "KeysMissing.next": Text(
        "jogeon demo (키 없이 바로) {or_} jogeon login{server} (키 등록)",
        "jogeon demo (now, without keys) {or_} jogeon login{server} (to store your keys)",
    ),
    "InvalidAddress.what.no rest": Text(
        "종목명을 어디에 요청할지 알 수 없습니다: {value}", "there is no place to request names from: {value}"
    ),
    "InvalidAddress.what": Text("사용할 수 없는 값입니다: {value}", "cannot be used: {value}"),
    "InvalidAddress.cause": Text("허용되지 않는 값입니다: {reason}", "it is not allowed: {reason}"),
    "InvalidAddress.cause.malformed": Text(
        "주소의 형식이 맞지 않습니다. 예: ws://127.0.0.1:10000/api/dostk/websocket",
        "the address is malformed; for example: ws://127.0.0.1:10000/api/dostk/websocket",
    ),
    "InvalidAddress.cause.unknown": Text(
        "서버는 real(실전), mock(모의투자), demo(시뮬레이터), ws://주소, wss://주소 중 하나입니다.",
        "a server is one of real, mock, demo, ws://..., wss://...",
    ),
    "InvalidAddress.cause.insecure": Text(
        "이 컴퓨터 밖으로 나가는 ws://에서는 토큰이 암호화되지 않습니다.",
        "ws:// beyond this machine sends the token unencrypted.",
    ),
    "InvalidAddress.cause.user": Text(
        "주소에는 사용자 이름과 비밀번호를 쓰지 않습니다. 로그인은 환경 변수 JOGEON_TOKEN의 토큰으로 합니다.",
        "an address takes no user and password; the token in JOGEON_TOKEN logs in.",
    ),
    "InvalidAddress.cause.nats user": Text(
        "NATS에 로그인할 정보는 JOGEON_NATS_CREDS, JOGEON_NATS_TOKEN 또는 JOGEON_NATS_USER와 JOGEON_NATS_PASSWORD에"
        " 넣습니다.",
        "credentials for NATS belong in JOGEON_NATS_CREDS, JOGEON_NATS_TOKEN, or JOGEON_NATS_USER and"
        " JOGEON_NATS_PASSWORD.",
    ),
    "InvalidAddress.cause.nats alias": Text(
        "NATS 주소는 nats://HOST:4222/이름 꼴이며, 이름은 허브의 --nats에 쓴 이름입니다(영문자, 숫자, -, _ 32자까지).",
        "an address of NATS is nats://HOST:4222/ALIAS, where ALIAS is the one given to the hub's --nats (up to 32"
        " letters, digits, - and _).",
    ),
    "InvalidAddress.cause.nats several": Text(
        "여기에는 허브 하나만 쓸 수 있습니다: nats://HOST:4222/이름.", "this takes one hub: nats://HOST:4222/ALIAS."
    ),
    "InvalidAddress.cause.no IP address": Text(
        "IP 주소가 아닙니다. 예: 127.0.0.1", "it is not an IP address; for example: 127.0.0.1"
    ),
    "InvalidAddress.cause.not loopback": Text(
        "이 컴퓨터 안에서만 접속되는 주소(127.0.0.1)여야 합니다.",
        "it must be an address that only this machine reaches, such as 127.0.0.1.",
    ),
    "InvalidAddress.cause.no port": Text("포트는 0에서 65535 사이의 수입니다.", "a port is a number from 0 to 65535."),
    "InvalidAddress.cause.speed out of range": Text("배속은 0보다 커야 합니다.", "a speed is above 0."),
    "InvalidAddress.cause.own rest": Text(
        "이 서버의 REST 주소는 정해져 있어 바꿀 수 없습니다.", "this server has a REST address of its own."
    ),
    "InvalidAddress.what.no insecure": Text(
        "{value} 서버에는 --insecure를 쓸 수 없습니다", "the {value} server takes no --insecure"
    ),
    "InvalidAddress.cause.no insecure": Text(
        "--insecure는 이 컴퓨터 밖의 ws:// 주소에만 씁니다.",
        "--insecure is only for a ws:// address beyond this machine.",
    ),
    "InvalidAddress.next.no insecure": Text("--insecure를 빼고 다시 실행하세요.", "leave --insecure out."),
    "InvalidAddress.cause.rest insecure": Text(
        "이 컴퓨터 밖으로 나가는 http://에서는 토큰이 암호화되지 않습니다.",
        "http:// beyond this machine sends the token unencrypted.",
    ),
    "InvalidAddress.cause.rest": Text(
        "REST 주소의 형식이 맞지 않습니다. 예: http://127.0.0.1:10001",
        "the REST address is malformed; for example: http://127.0.0.1:10001",
    ),
    "InvalidAddress.cause.token": Text(
        "이 컴퓨터 밖의 서버에는 토큰이 필요합니다.", "a server beyond this machine needs a token."
    ),
    "InvalidAddress.next.rest insecure": Text(
        "https:// 주소를 쓰거나, 위험을 알고 있다면: {again} --insecure",
        "use an https:// address or, if you accept that: {again} --insecure",
    ),
    "InvalidAddress.cause.no rest": Text(
        "종목명은 REST 주소에서 받는데, 이 서버의 REST 주소를 알 수 없습니다.",
        "names come from a REST address, and that of this server is not known.",
    ),
    "InvalidAddress.next.no rest": Text(
        "주소를 지정해서 다시: {again} --rest http://127.0.0.1:10001",
        "name it: {again} --rest http://127.0.0.1:10001",
    ),
    "InvalidAddress.next": Text("{help_}", "{help_}"),
    "InvalidAddress.next.unknown": Text("jogeon list --server demo", "jogeon list --server demo"),
    "InvalidAddress.next.insecure": Text(
        "wss:// 주소를 쓰거나, 위험을 알고 있다면: {again} --insecure",
        "use a wss:// address or, if you accept that: {again} --insecure",
    ),
    "InvalidAddress.next.token": Text(
        "환경 변수 JOGEON_TOKEN에 이 서버의 토큰을 넣고 다시: {again}",
        "set JOGEON_TOKEN to a token of this server, then: {again}",
    ),
}

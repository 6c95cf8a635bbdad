"""Texts of what goes wrong: what happened, the likely cause, the next command to type.

The keys are the names of error classes; a cause or a next step may be told for a `reason` or a broker's code.
"""

from jogeon.cli.texts.language import Text

FAILURES = {
    "failure.what": Text("오류", "error"),
    "failure.cause": Text("원인", "cause"),
    "failure.kiwoom": Text("키움", "Kiwoom"),
    "failure.next": Text("다음", "next"),
    "or": Text("또는", "or"),
    "mode.real": Text("실전", "real"),
    "mode.mock": Text("모의투자", "mock"),
    "Unexpected.what": Text("예상하지 못한 오류입니다: {what}", "unexpected: {what}"),
    "Unexpected.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "Unexpected.next": Text(
        "JOGEON_DEBUG=1 을 설정하고 다시 실행하면 자세한 내용이 나옵니다.",
        "set JOGEON_DEBUG=1 and run it again to see the traceback.",
    ),
    "OSError.what": Text("{path}: {reason}", "{path}: {reason}"),
    "OSError.cause": Text(
        "파일을 쓰거나 읽을 수 없습니다: 폴더가 없거나, 권한이 없거나, 다른 프로그램(엑셀 등)이 열고 있거나, 디스크가 "
        "가득 찼습니다.",
        "the file cannot be written or read: no such folder, no permission, opened elsewhere, or a full disk.",
    ),
    "OSError.next": Text("경로를 확인하고 다시: {again}", "check the path, then: {again}"),
    "LocalProtocolError.what": Text("지금 할 수 없는 요청입니다: {what}", "not possible now: {what}"),
    "LocalProtocolError.cause": Text("jogeon의 결함일 가능성이 큽니다.", "most likely a defect of jogeon."),
    "LocalProtocolError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "RemoteProtocolError.what": Text(
        "서버의 응답을 읽을 수 없습니다: {what}", "the server's reply cannot be read: {what}"
    ),
    "RemoteProtocolError.cause": Text(
        "키움 조건검색 서버가 아니거나, 규격이 바뀌었습니다.",
        "this is not Kiwoom's condition search, or its protocol has changed.",
    ),
    "RemoteProtocolError.next": Text(
        "주소를 확인하고, 기록을 보며 다시: {again} -v", "check the address, then, with a log: {again} -v"
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
        "이 컴퓨터 밖으로 나가는 ws:// 에서는 토큰이 암호화되지 않습니다.",
        "ws:// beyond this machine sends the token unencrypted.",
    ),
    "InvalidAddress.cause.user": Text(
        "주소에는 사용자 이름과 비밀번호를 쓰지 않습니다. 로그인은 환경 변수 JOGEON_TOKEN 의 토큰으로 합니다.",
        "an address takes no user and password; the token in JOGEON_TOKEN logs in.",
    ),
    "InvalidAddress.cause.token": Text(
        "이 컴퓨터 밖의 서버에는 토큰이 필요합니다.", "a server beyond this machine needs a token."
    ),
    "InvalidAddress.next": Text("{help_}", "{help_}"),
    "InvalidAddress.next.unknown": Text("jogeon list --server demo", "jogeon list --server demo"),
    "InvalidAddress.next.insecure": Text(
        "wss:// 주소를 쓰거나, 위험을 알고 있다면: {again} --insecure",
        "use a wss:// address or, if you accept that: {again} --insecure",
    ),
    "InvalidAddress.next.token": Text(
        "환경 변수 JOGEON_TOKEN 에 이 서버의 토큰을 넣고 다시: {again}",
        "set JOGEON_TOKEN to a token of this server, then: {again}",
    ),
    "environment": Text("환경 변수", "environment variable"),
    "argument": Text("인자", "argument"),
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
        "큰따옴표 안의 \\ 는 특수 문자로 읽힙니다{more}", "a \\ in double quotes starts a special character{more}"
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
    "InvalidSetting.next": Text("고친 뒤 다시: {again}", "correct it, then: {again}"),
    "InvalidSetting.next.missing": Text("경로를 확인하고 다시: {again}", "check the path, then: {again}"),
    "InvalidSetting.next.no home": Text(
        "환경 변수 {field} 또는 {detail} 에 쓸 수 있는 폴더를 넣고 다시: {again}",
        "set {field} or {detail} to a folder that can be written to, then: {again}",
    ),
    "InvalidSetting.next.not private": Text(
        "내용을 확인하고 chown, chmod 600 으로 자기 것으로 만들거나, 키를 다시 등록: jogeon login",
        "check it and make it yours with chown and chmod 600, or store the keys again: jogeon login",
    ),
    "InvalidSetting.next.backslash": Text(
        "경로를 작은따옴표로 쓰거나('C:\\Users\\me\\keys') \\ 를 두 번씩 쓰고 다시: {again}",
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
        "키링의 잠금을 풀고 다시: {again} {or_} 환경 변수 KIWOOM_APP_KEY, KIWOOM_APP_SECRET 에 키를 넣기",
        "unlock the keyring, then: {again} {or_} set KIWOOM_APP_KEY and KIWOOM_APP_SECRET",
    ),
    "KeysMissing.next": Text(
        "jogeon demo (키 없이 바로) {or_} jogeon login{server} (키 등록)",
        "jogeon demo (now, without keys) {or_} jogeon login{server} (to store your keys)",
    ),
    "InvalidSetting.next.several pairs": Text(
        "쓸 앱키 파일을 골라: jogeon login --keys 파일 (최근에 발급한 키만 유효합니다)",
        "name the app key file to use: jogeon login --keys FILE (only the keys issued last are valid)",
    ),
    "LoginRefused.what": Text("서버가 로그인을 거절했습니다.", "the server refused the login."),
    "LoginRefused.cause": Text(
        "토큰이나 키가 이 서버의 것이 아닙니다.", "the token or the keys do not belong to this server."
    ),
    "LoginRefused.next": Text(
        "점검: jogeon doctor{server} {or_} 키를 다시 등록: jogeon login{server}",
        "check your setup: jogeon doctor{server} {or_} store the keys again: jogeon login{server}",
    ),
    "LoginRefused.next.token": Text(
        "환경 변수 JOGEON_TOKEN 에 이 서버의 토큰을 넣고 다시: {again}",
        "set JOGEON_TOKEN to a token of this server, then: {again}",
    ),
    "TokenRefused.what": Text("키움이 토큰 발급을 거절했습니다.", "Kiwoom refused to issue a token."),
    "TokenRefused.cause": Text("앱키나 시크릿키가 맞지 않습니다.", "the app key or the secret key is wrong."),
    "TokenRefused.next": Text("키를 다시 등록: jogeon login{server}", "store the keys again: jogeon login{server}"),
    "TokenRefused.next.later": Text("1분쯤 뒤에 다시: {again}", "in a minute: {again}"),
    "TokenRefused.next.machine": Text(
        "키움 REST API 홈페이지(openapi.kiwoom.com)에 이 컴퓨터의 IP를 등록하고 다시: {again}",
        "register this machine's IP address at openapi.kiwoom.com, then: {again}",
    ),
    "SessionTaken.what": Text(
        "같은 앱키로 다른 프로그램이 접속해 있습니다. {holder}", "another program has this app key's session. {holder}"
    ),
    "SessionTaken.cause": Text(
        "키움은 앱키 하나에 접속 하나만 허용합니다. 다시 접속하면 서로 끊게 되므로 멈췄습니다.",
        "Kiwoom allows one session per app key; connecting again would cut the other program off, so this one stopped.",
    ),
    "SessionTaken.next": Text("다른 프로그램을 끝낸 뒤 다시: {again}", "end the other program, then: {again}"),
    "CouldNotConnect.what": Text(
        "서버에 접속하지 못했습니다: {address}{through} ({detail})",
        "could not connect to {address}{through} ({detail})",
    ),
    "certificate.expired": Text("인증서 만료", "certificate expired"),
    "certificate.not yet valid": Text("아직 유효하지 않은 인증서", "certificate not valid yet"),
    "certificate.self-signed": Text("자체 서명 인증서", "self-signed certificate"),
    "certificate.unknown issuer": Text("신뢰하지 않는 발급 기관", "certificate of an unknown issuer"),
    "certificate.other host": Text("인증서의 호스트 이름이 다름", "certificate of another host"),
    "CouldNotConnect.through": Text(", 프록시 {proxy}", " through the proxy {proxy}"),
    "CouldNotConnect.cause.refused": Text(
        "그 주소에서 동작하는 서버가 없습니다.", "no server listens at that address."
    ),
    "CouldNotConnect.cause.name": Text(
        "서버 이름을 찾을 수 없습니다: 주소를 잘못 적었거나 인터넷이 끊겼습니다.",
        "the name cannot be resolved: a typing error, or no internet.",
    ),
    "CouldNotConnect.cause.timeout": Text(
        "서버가 제때 응답하지 않습니다: 방화벽이 막고 있거나 서버가 점검 중입니다.",
        "no answer in time: a firewall, or the server is down for maintenance.",
    ),
    "CouldNotConnect.cause.tls": Text(
        "암호화(TLS) 연결을 맺지 못했습니다: 그 포트의 서버가 TLS를 쓰지 않거나, 보안 프로그램이나 프록시가 막습니다.",
        "no TLS connection: what listens at that port does not speak TLS, or security software or a proxy interferes.",
    ),
    "CouldNotConnect.cause.expired": Text(
        "서버 인증서가 만료되었습니다. 이 컴퓨터의 날짜가 틀려도 이렇게 나옵니다. 토큰은 보내지 않았습니다.",
        "the server's certificate has expired, or this machine's clock is wrong. No token was sent.",
    ),
    "CouldNotConnect.cause.not yet valid": Text(
        "서버 인증서의 유효 기간이 아직 시작되지 않았습니다. 대개 이 컴퓨터의 날짜가 틀렸을 때입니다. 토큰은 보내지 "
        "않았습니다.",
        "the server's certificate is not valid yet: most likely this machine's clock is wrong. No token was sent.",
    ),
    "CouldNotConnect.cause.self-signed": Text(
        "서버 인증서가 자체 서명(self-signed)되었습니다. 다른 서버이거나 직접 만든 시험 서버입니다. 토큰은 보내지 "
        "않았습니다.",
        "the server's certificate is self-signed: it is another server, or a test server of your own. No token "
        "was sent.",
    ),
    "CouldNotConnect.cause.unknown issuer": Text(
        "이 컴퓨터가 신뢰하지 않는 기관이 발급한 인증서입니다. 회사 프록시나 보안 프로그램이 인증서를 바꿨거나, 이 "
        "컴퓨터에 인증서 목록이 없습니다(Debian, Ubuntu: ca-certificates 패키지). 토큰은 보내지 않았습니다.",
        "no issuer this machine trusts signed the server's certificate: a company proxy or security software replaced "
        "it, or this machine has no list of issuers (on Debian and Ubuntu the package ca-certificates). No token was "
        "sent.",
    ),
    "CouldNotConnect.cause.other host": Text(
        "인증서의 호스트 이름이 주소와 다릅니다: 주소를 잘못 적었거나, 누군가 접속을 가로채고 있을 수 있습니다. 토큰은 "
        "보내지 않았습니다.",
        "the certificate is for another host name: a typing error in the address, or someone intercepts the "
        "connection. No token was sent.",
    ),
    "CouldNotConnect.cause.invalid": Text(
        "서버의 인증서를 신뢰할 수 없습니다. 토큰은 보내지 않았습니다.",
        "the server's certificate cannot be trusted. No token was sent.",
    ),
    "CouldNotConnect.cause.unreadable roots": Text(
        "신뢰할 인증서를 읽을 수 없습니다: 환경 변수가 가리키는 파일이나 폴더가 없거나 인증서가 아닙니다.",
        "the certificates to trust cannot be read: the variable names no file or folder with certificates.",
    ),
    "CouldNotConnect.cause.handshake": Text(
        "그 주소의 서버는 조건검색 서버가 아닙니다: 포트와 경로(/api/dostk/websocket)를 확인하세요.",
        "what answers there is not a condition search server: check port and path (/api/dostk/websocket).",
    ),
    "CouldNotConnect.cause.maintenance": Text(
        "서버가 조건검색 대신 웹 페이지나 오류로 답했습니다. 키움은 점검 중일 때 이렇게 답합니다 (평일 05:05~05:10, "
        "일요일 04:00~04:30, 08:00~08:20 무렵).",
        "the server answers with a web page or an error of its own, as Kiwoom does during maintenance (about "
        "05:05-05:10, on Sundays 04:00-04:30, and 08:00-08:20 Korean time).",
    ),
    "CouldNotConnect.cause.proxy": Text(
        "프록시를 통해 접속할 수 없습니다: HTTPS_PROXY 의 주소와 사용자 이름, 비밀번호를 확인하세요.",
        "the proxy cannot be used: check the address, the user and the password in HTTPS_PROXY.",
    ),
    "CouldNotConnect.cause.network": Text("네트워크가 끊겼거나 막혀 있습니다.", "the network is down or blocked."),
    "CouldNotConnect.next": Text("확인한 뒤 다시: {again}", "after checking: {again}"),
    "CouldNotConnect.next.maintenance": Text(
        "점검이 끝난 뒤 다시: {again} (계속되면 주소를 확인하세요)",
        "when it is over: {again} (if it lasts, check the address)",
    ),
    "CouldNotConnect.next.expired": Text(
        "날짜와 시각을 확인하고 다시: {again}", "check the date and time, then: {again}"
    ),
    "CouldNotConnect.next.not yet valid": Text(
        "날짜와 시각을 확인하고 다시: {again}", "check the date and time, then: {again}"
    ),
    "CouldNotConnect.next.self-signed": Text(
        "믿는 서버라면 환경 변수 SSL_CERT_FILE 에 그 인증서(PEM) 파일을 넣고 다시: {again}",
        "if you trust that server, set SSL_CERT_FILE to its certificate (a PEM file), then: {again}",
    ),
    "CouldNotConnect.next.unknown issuer": Text(
        "회사나 보안 프로그램의 루트 인증서(PEM) 파일을 환경 변수 SSL_CERT_FILE 에 넣고 다시: {again}",
        "set SSL_CERT_FILE to the root certificate of your company or security software (a PEM file), then: {again}",
    ),
    "CouldNotConnect.next.unreadable roots": Text(
        "SSL_CERT_FILE, SSL_CERT_DIR 을 고치거나 지우고 다시: {again}",
        "correct or unset SSL_CERT_FILE and SSL_CERT_DIR, then: {again}",
    ),
    "CouldNotConnect.next.local": Text(
        "시뮬레이터를 실행한 뒤 다시: jogeon simulate", "start a simulator: jogeon simulate"
    ),
    "ConnectionLost.what": Text("접속이 끊겼습니다: {detail}", "the connection was lost: {detail}"),
    "ConnectionLost.cause": Text(
        "네트워크가 끊겼거나 서버가 접속을 종료했습니다 (종료 코드 {close_code}).",
        "the network failed, or the server ended the connection (close code {close_code}).",
    ),
    "ConnectionLost.next": Text("다시 접속: {again}", "connect again: {again}"),
    "RequestTimeout.what": Text(
        "{seconds:g}초 안에 응답이 없습니다: {request}", "no reply within {seconds:g} s: {request}"
    ),
    "RequestTimeout.cause": Text(
        "서버가 바쁘거나 점검 중입니다. 키움은 요청이 너무 잦아도 응답하지 않습니다.",
        "the server is busy or in maintenance; Kiwoom also stays silent when asked too often.",
    ),
    "RequestTimeout.next": Text("1분쯤 뒤에 다시: {again}", "in a minute: {again}"),
    "RequestRefused.what": Text("서버가 요청을 거절했습니다: {request}", "the server refused the request: {request}"),
    "RequestRefused.cause": Text("아래 키움의 설명을 확인하세요.", "see Kiwoom's own text below."),
    "RequestRefused.next": Text("조건식 확인: {list_}", "look at the conditions: {list_}"),
    "UnknownCondition.what": Text("조건식을 찾을 수 없습니다: {wanted}", "no such condition: {wanted}"),
    "UnknownCondition.cause": Text(
        "이 이름이나 일련번호로 저장된 조건식이 없습니다. 영웅문4에서 저장했는지 확인하세요.",
        "no condition of this name or seq is saved in 영웅문4.",
    ),
    "UnknownCondition.cause.close": Text("비슷한 이름: {close}", "similar names: {close}"),
    "UnknownCondition.next": Text("조건식 보기: {list_}", "see them all: {list_}"),
    "UnknownCondition.cause.not recorded": Text(
        "이 기록에 없는 조건식입니다. 기록에 있는 이름: {close}", "it is not in the journal, which has: {close}"
    ),
    "UnknownCondition.next.not recorded": Text("그중 하나로 다시: {again}", "with one of these: {again}"),
    "AmbiguousCondition.what": Text(
        "같은 이름의 조건식이 여러 개입니다: {name}", "several conditions are named {name}"
    ),
    "AmbiguousCondition.cause": Text(
        "이름으로는 구별할 수 없습니다. 일련번호: {seqs}", "the name does not tell them apart. seq: {seqs}"
    ),
    "AmbiguousCondition.next": Text(
        "이름 대신 일련번호({seqs})를 적어 주세요: {list_}", "use one of the seqs {seqs} instead of the name: {list_}"
    ),
    "PagingError.what": Text(
        "연속조회가 제대로 끝나지 않습니다 ({rows}행까지 받음): {what}",
        "the pages do not end properly: {what} ({rows} rows)",
    ),
    "PagingError.cause": Text(
        "서버의 연속조회 키가 잘못되었습니다. 불완전한 결과는 보여 주지 않습니다.",
        "the server's page keys are wrong; an incomplete result is not shown.",
    ),
    "PagingError.next": Text("다시 검색: {again}", "search again: {again}"),
    "JogeonError.what": Text("{what}", "{what}"),
    "JogeonError.cause": Text("알 수 없습니다.", "unknown."),
    "JogeonError.next": Text("다시 실행: {again}", "run it again: {again}"),
    "JournalError.what": Text("기록 파일을 사용할 수 없습니다: {path}", "the journal cannot be used: {path}"),
    "JournalError.cause": Text(
        "파일이나 디스크에 문제가 있습니다 ({detail})", "something is wrong with the file or the disk ({detail})"
    ),
    "JournalError.cause.missing": Text("그런 파일이 없습니다.", "there is no such file."),
    "JournalError.cause.foreign": Text(
        "jogeon의 기록 파일이 아닙니다. 파일은 건드리지 않았습니다.",
        "this file is not a jogeon journal; it was left untouched.",
    ),
    "JournalError.cause.special": Text(
        "기록할 수 있는 보통 파일이 아닙니다 ({detail})", "this is not a regular file ({detail})"
    ),
    "JournalError.cause.in the way": Text(
        "기록에 필요한 이름을 다른 파일이 쓰고 있습니다 ({detail}). 파일은 건드리지 않았습니다.",
        "another file has a name the journal needs ({detail}); nothing was touched.",
    ),
    "JournalError.cause.odd": Text(
        "jogeon이 만든 표가 아니거나 다른 프로그램이 고쳤습니다 ({detail}). 파일은 건드리지 않았습니다.",
        "another program changed the tables of this journal ({detail}); it was left untouched.",
    ),
    "JournalError.cause.newer": Text(
        "더 새로운 jogeon이 쓴 파일입니다 ({detail})", "a newer jogeon wrote it ({detail})"
    ),
    "JournalError.cause.damaged": Text(
        "jogeon의 기록 파일이 아니거나 손상되었습니다.", "it is not a jogeon journal, or it is damaged."
    ),
    "JournalError.cause.empty": Text("기록된 것이 없습니다.", "nothing was recorded in it."),
    "JournalError.cause.in use": Text(
        "다른 jogeon이 이 파일에 기록하고 있습니다. 한 파일에는 하나만 기록합니다.",
        "another jogeon writes this file; a file has one writer.",
    ),
    "JournalError.cause.unwritable": Text(
        "쓸 수 없는 곳이거나 디스크가 가득 찼습니다 ({detail})",
        "the place cannot be written, or the disk is full ({detail})",
    ),
    "JournalError.cause.unreadable": Text("파일을 읽을 수 없습니다 ({detail})", "the file cannot be read ({detail})"),
    "JournalError.cause.unfinished": Text(
        "디스크가 마지막까지 받지 않아 일부를 기록하지 못했습니다.",
        "the disk failed to the end; some events were not written.",
    ),
    "JournalError.next": Text(
        "--journal 에 다른 파일을 적어 다시: {again}", "name another file with --journal: {again}"
    ),
    "JournalError.next.damaged": Text(
        "기록을 시작하면 이 파일은 따로 보관하고 새로 씁니다: jogeon record --all{server} --journal {path}",
        "recording sets it aside and begins another: jogeon record --all{server} --journal {path}",
    ),
    "JournalError.next.missing": Text(
        "파일 이름이나 --server 를 확인하고 다시: {again} {or_} 먼저 기록하기: jogeon record --all{server}",
        "check its name or --server, then: {again} {or_} record first: jogeon record --all{server}",
    ),
    "JournalError.next.newer": Text("jogeon을 새로 설치: pip install -U jogeon", "upgrade: pip install -U jogeon"),
    "JournalError.next.empty": Text(
        "기록하기: jogeon record --all{server} --journal {path}", "record: jogeon record --all{server} --journal {path}"
    ),
    "PositionError.what": Text(
        "이 위치에서 이어 읽을 수 없습니다: {position}", "the journal cannot be read on from {position}"
    ),
    "PositionError.cause": Text("그 뒤의 기록이 지워졌습니다.", "what came next was deleted."),
    "PositionError.cause.foreign": Text(
        "이 기록 파일의 위치가 아니거나, 기록 파일이 다른 것으로 바뀌었습니다.",
        "it is not a position of this journal, or another journal took its place.",
    ),
    "PositionError.cause.gone": Text(
        "기록 파일이 지워졌거나 다른 곳으로 옮겨졌습니다.", "the journal was deleted or moved away."
    ),
    "PositionError.next": Text(
        "지금 위치 보기: jogeon history position{server} {or_} 처음부터 읽기: --after 0:0",
        "see where it stands: jogeon history position{server} {or_} read from its beginning: --after 0:0",
    ),
    "CannotServe.what": Text(
        "이 주소에서 서버를 실행할 수 없습니다: {address} ({detail})", "cannot serve at {address} ({detail})"
    ),
    "CannotServe.cause": Text(
        "시뮬레이터가 이미 실행 중이거나, 다른 프로그램이 그 포트를 쓰거나, 이 컴퓨터의 주소가 아닙니다.",
        "another simulator or another program has the port, or the address is not this machine's.",
    ),
    "CannotServe.next": Text(
        "빈 포트로: {again} --port 0 --rest-port 0", "any free port: {again} --port 0 --rest-port 0"
    ),
    "errno.EPERM": Text("허용되지 않는 작업입니다", "operation not permitted"),
    "errno.ENOENT": Text("그런 파일이나 폴더가 없습니다", "no such file or folder"),
    "errno.EIO": Text("입출력 오류입니다", "input/output error"),
    "errno.EACCES": Text("권한이 없습니다", "permission denied"),
    "errno.EBUSY": Text("다른 프로그램이 쓰고 있습니다", "in use by another program"),
    "errno.EEXIST": Text("같은 이름의 파일이 이미 있습니다", "the file exists already"),
    "errno.ENOTDIR": Text("폴더가 아닙니다", "not a folder"),
    "errno.EISDIR": Text("파일이 아니라 폴더입니다", "it is a folder"),
    "errno.EMFILE": Text("열린 파일이 너무 많습니다", "too many open files"),
    "errno.EFBIG": Text("파일이 너무 큽니다", "the file is too large"),
    "errno.ENOSPC": Text("디스크가 가득 찼습니다", "no space left on the disk"),
    "errno.EDQUOT": Text("디스크 할당량을 넘었습니다", "disk quota exceeded"),
    "errno.EROFS": Text("읽기 전용입니다", "it is read-only"),
    "errno.ENAMETOOLONG": Text("이름이 너무 깁니다", "the name is too long"),
    "errno.ELOOP": Text("심볼릭 링크가 서로를 가리킵니다", "a loop of symbolic links"),
    "errno.EBADF": Text("닫혀 있습니다", "it is closed"),
    "errno.EADDRINUSE": Text("이미 쓰이는 주소입니다", "address in use"),
    "errno.EADDRNOTAVAIL": Text("이 컴퓨터의 주소가 아닙니다", "not an address of this machine"),
    "errno.ENETUNREACH": Text("네트워크에 닿을 수 없습니다", "network is unreachable"),
    "errno.EHOSTUNREACH": Text("서버에 닿을 수 없습니다", "no route to the host"),
    "errno.ECONNREFUSED": Text("접속이 거부되었습니다", "connection refused"),
    "errno.ECONNRESET": Text("상대가 접속을 끊었습니다", "connection reset by the peer"),
    "errno.ETIMEDOUT": Text("응답이 없습니다", "timed out"),
    "code.1700": Text("요청이 너무 잦습니다. 잠시 뒤에 다시 하세요.", "too many requests; wait a little."),
    "code.8005": Text("토큰이 유효하지 않거나 만료되었습니다.", "the token is invalid or has expired."),
    "code.8010": Text("토큰을 발급받은 컴퓨터의 IP가 아닙니다.", "the token was issued to another IP address."),
    "code.8030": Text("실전과 모의투자의 키가 뒤바뀌었습니다.", "keys of the real and the mock server are mixed up."),
    "code.8031": Text(
        "실전과 모의투자의 토큰이 뒤바뀌었습니다.", "tokens of the real and the mock server are mixed up."
    ),
    "code.8040": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8050": Text(
        "이 컴퓨터의 IP가 키움 REST API에 등록되어 있지 않습니다.", "this machine's IP is not registered with Kiwoom."
    ),
    "code.8103": Text("토큰 또는 단말 인증에 실패했습니다.", "the token or terminal could not be verified."),
    "code.8104": Text("모의투자에서는 제공되지 않는 서비스입니다.", "not offered on the mock server."),
    "code.900003": Text("이미 실시간 등록된 조건식입니다.", "the condition is registered already."),
    "code.900004": Text(
        "조건식 목록이 바뀌었습니다: 영웅문4에서 수정하면 일련번호가 달라집니다.",
        "the list has changed: editing conditions in 영웅문4 changes their seq.",
    ),
}

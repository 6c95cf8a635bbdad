"""Texts of why a connection did not come about."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "CouldNotConnect.what": Text(
        "서버에 접속하지 못했습니다: {address}{through} ({detail})",
        "could not connect to {address}{through} ({detail})",
    ),
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
        "the certificates to trust cannot be read: the variable does not name a file or folder with certificates.",
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
        "프록시를 통해 접속할 수 없습니다: HTTPS_PROXY의 주소와 사용자 이름, 비밀번호를 확인하세요.",
        "the proxy cannot be used: check the address, the user and the password in HTTPS_PROXY.",
    ),
    "CouldNotConnect.cause.silent": Text(
        "NATS 서버는 있지만 그 이름으로 발행하는 허브가 실행 중이 아닙니다.",
        "NATS is there, but no hub that publishes under this alias is running.",
    ),
    "CouldNotConnect.cause.network": Text("네트워크가 끊겼거나 막혀 있습니다.", "the network is down or blocked."),
    "CouldNotConnect.cause.jetstream": Text(
        "NATS 서버를 JetStream 없이 시작했거나, 서버가 방금 시작했습니다.",
        "the NATS server runs without JetStream, or has only just started.",
    ),
    "CouldNotConnect.next.jetstream": Text(
        "NATS 서버를 이렇게 시작한 뒤 다시: nats-server -js", "start it like this, and try again: nats-server -js"
    ),
    "CouldNotConnect.cause.no TLS": Text(
        "tls:// 주소는 암호화된 접속만 허용합니다. 서버에는 아무것도 보내지 않았습니다.",
        "a tls:// address demands encryption; nothing was sent to the server.",
    ),
    "CouldNotConnect.next.no TLS": Text(
        "NATS 서버에 TLS를 설정하거나, 암호화가 필요 없으면 nats:// 주소를 쓰세요.",
        "set up TLS on the NATS server, or use nats:// if the connection need not be encrypted.",
    ),
    "CouldNotConnect.cause.other stream": Text(
        "NATS 서버에 같은 이름의 스트림이 다른 주제(subject)나 다른 보관 방식으로 이미 있습니다.",
        "a stream of that name is there already, with other subjects or another retention.",
    ),
    "CouldNotConnect.next.other stream": Text(
        "허브의 --nats 주소에 다른 이름을 쓰거나 그 스트림을 지우세요.",
        "use another alias in the address of the hub, or delete that stream.",
    ),
    "CouldNotConnect.cause.refused by NATS": Text(
        "NATS 서버의 한도나 설정이 허용하지 않습니다.", "a limit or a setting of the NATS server does not allow it."
    ),
    "CouldNotConnect.next.refused by NATS": Text(
        "NATS 서버의 설정을 고친 뒤 다시: {again}", "change the settings of the NATS server, then: {again}"
    ),
    "CouldNotConnect.cause.no picture": Text(
        "허브가 방금 발행하기 시작했거나, 스트림의 보관 한도가 너무 작습니다.",
        "the hub has only just begun to publish, or the limits of the stream are too small.",
    ),
    "CouldNotConnect.next.no picture": Text(
        "잠시 뒤에 다시: {again} (계속되면 스트림의 한도를 늘리세요)",
        "in a moment: {again} (if it lasts, raise the limits of the stream)",
    ),
    "CouldNotConnect.cause.credentials": Text(
        "JOGEON_NATS_CREDS의 파일이 NATS 인증 파일(.creds)이 아닙니다.",
        "the file that JOGEON_NATS_CREDS names is not a credentials file of NATS (.creds).",
    ),
    "CouldNotConnect.next.nats": Text(
        "NATS 서버를 시작한 뒤 다시: nats-server -js", "start the NATS server, and try again: nats-server -js"
    ),
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
        "믿는 서버라면 환경 변수 SSL_CERT_FILE에 그 인증서(PEM) 파일을 넣고 다시: {again}",
        "if you trust that server, set SSL_CERT_FILE to its certificate (a PEM file), then: {again}",
    ),
    "CouldNotConnect.next.unknown issuer": Text(
        "회사나 보안 프로그램의 루트 인증서(PEM) 파일을 환경 변수 SSL_CERT_FILE에 넣고 다시: {again}",
        "set SSL_CERT_FILE to the root certificate of your company or security software (a PEM file), then: {again}",
    ),
    "CouldNotConnect.next.unreadable roots": Text(
        "SSL_CERT_FILE, SSL_CERT_DIR을 고치거나 지우고 다시: {again}",
        "correct or unset SSL_CERT_FILE and SSL_CERT_DIR, then: {again}",
    ),
    "CouldNotConnect.next.local": Text(
        "시뮬레이터를 실행한 뒤 다시: jogeon simulate", "start a simulator: jogeon simulate"
    ),
    "certificate.expired": Text("인증서 만료", "certificate expired"),
    "certificate.not yet valid": Text("아직 유효하지 않은 인증서", "certificate not valid yet"),
    "certificate.self-signed": Text("자체 서명 인증서", "self-signed certificate"),
    "certificate.unknown issuer": Text("신뢰하지 않는 발급 기관", "certificate of an unknown issuer"),
    "certificate.other host": Text("인증서의 호스트 이름이 다름", "certificate of another host"),
}

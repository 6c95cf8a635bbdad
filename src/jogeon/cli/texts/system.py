"""The operating system's own errors, in the words people know."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "errno.other": Text("시스템 오류 {number}", "system error {number}"),
    "errno.library": Text("라이브러리 오류 {name}", "error {name} of a library"),
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
    "errno.EPIPE": Text("받는 쪽이 연결을 닫았습니다", "the other end has closed"),
    "errno.ENETDOWN": Text("네트워크가 꺼져 있습니다", "the network is down"),
    "errno.ECONNABORTED": Text("접속이 중단되었습니다", "the connection was aborted"),
    "errno.EBADF": Text("닫혀 있습니다", "it is closed"),
    "errno.EADDRINUSE": Text("이미 쓰이는 주소입니다", "address in use"),
    "errno.EADDRNOTAVAIL": Text("이 컴퓨터의 주소가 아닙니다", "not an address of this machine"),
    "errno.ENETUNREACH": Text("네트워크에 닿을 수 없습니다", "network is unreachable"),
    "errno.EHOSTUNREACH": Text("서버에 닿을 수 없습니다", "no route to the host"),
    "errno.ECONNREFUSED": Text("접속이 거부되었습니다", "connection refused"),
    "errno.ECONNRESET": Text("상대가 접속을 끊었습니다", "connection reset by the peer"),
    "errno.ETIMEDOUT": Text("응답이 없습니다", "timed out"),
}

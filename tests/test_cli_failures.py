"""Every failure says what happened, why, and what to type next; each has its exit code."""

from __future__ import annotations

import errno
import socket

import pytest

from cli_conversation import FakeClient, Said, Shell
from jogeon import errors
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.showing.failures import EXITS, exit_code, explain
from jogeon.cli.texts import Texts, find
from jogeon.cli.texts.width import columns
from jogeon.reports import report_of

REASONS = ("refused", "name", "timeout", "tls", "handshake", "maintenance", "proxy", "network")
CERTIFICATES = (
    "expired", "not yet valid", "self-signed", "unknown issuer", "other host", "invalid", "unreadable roots",
)  # fmt: skip
SPOILT = (
    "unreadable", "too large", "not text", "not TOML", "wrong value", "not one word", "not a mode", "not a proxy",
    "spoilt", "no keys", "half a pair", "several pairs",
)  # fmt: skip
UNUSABLE = (
    "missing", "empty", "foreign", "special", "in the way", "odd",
    "newer", "damaged", "in use", "unwritable", "unreadable", "unfinished",
)  # fmt: skip
NO_ROOM = OSError(errno.EMFILE, "Too many open files", "a.journal")
FULL: list[tuple[Exception, int]] = [
    (NO_ROOM, 1),
    (errors.CannotServe(address="127.0.0.1:0", detail=report_of(NO_ROOM)), 1),
    (errors.CouldNotConnect(address="wss://x", reason="network", detail=report_of(NO_ROOM)), 5),
]
FAILURES: list[tuple[Exception, int]] = [
    (errors.KeysMissing("real"), 3),
    (errors.KeysMissing("mock", half=(("APP_KEY_MOCK", "APP_SECRET_MOCK"),)), 3),
    (errors.LoginRefused(code="8005", text="Token이 유효하지 않습니다"), 3),
    (errors.TokenRefused(code="8001", text="App Key와 Secret Key 검증에 실패했습니다"), 3),
    (errors.RequestRefused("CNSRREQ", code="900004", text="존재하지 않는 일련번호입니다.(seq=1)"), 4),
    (errors.RemoteProtocolError("no list"), 4),
    (errors.UnknownCondition("급등", close=("급등주",)), 4),
    (errors.AmbiguousCondition("급등주", seqs=("4", "7")), 4),
    *((errors.PositionError("1:5", reason, "…"), 4) for reason in ("pruned", "foreign", "gone", "hole")),
    (errors.EmptyPageKey("no key", rows=100), 4),
    (errors.AlertRefused("폰", "HTTP 400 chat not found"), 4),
    (errors.AlertUnreachable("폰", "could not connect"), 5),
    (errors.TooManyRows("too many", rows=10_001), 4),
    *((errors.CouldNotConnect(address="wss://x", reason=reason, detail="…"), 5) for reason in REASONS),
    *(
        (errors.CouldNotConnect(address="wss://x", reason="tls", detail="…", certificate=each), 5)
        for each in CERTIFICATES
    ),
    (errors.CouldNotConnect(address="wss://x", reason="proxy", detail="…", proxy="http://proxy:1"), 5),
    (errors.ConnectionLost("reset"), 5),
    (errors.RequestTimeout("CNSRREQ", 5.0), 5),
    (errors.SessionTaken(code="R10001", text="동일한 App key로 접속이 되었습니다"), 6),
    (errors.CannotServe(address="127.0.0.1:10000", detail="in use"), 1),
    (errors.MissingExtra("duckdb"), 1),
    (errors.LocalProtocolError("not now"), 1),
    *((errors.JournalError("a.journal", reason, "…"), 1) for reason in UNUSABLE),
    (errors.JogeonError("else"), 1),
    *(
        (errors.InvalidAddress("no", value="x", reason=reason), 2)
        for reason in ("malformed", "unknown", "insecure", "user", "token", "speed out of range")
    ),
    *((errors.InvalidSetting(file="jogeon.toml", field="server", reason=reason, detail="…"), 2) for reason in SPOILT),
    (errors.InvalidSetting(file="environment", field="JOGEON_TOKEN", reason="not one word"), 2),
    (errors.KeysMissing("real", half=(("APP_KEY", "APP_SECRET"),)), 3),
    *FULL,
    (PermissionError(13, "Permission denied", "hits.csv"), 1),
    (ZeroDivisionError("division by zero"), 1),
]


@pytest.mark.parametrize("error", [error for error, _ in FULL], ids=repr)
def test_who_may_open_no_more_files_is_told_so_whatever_failed(shell: Shell, error: Exception) -> None:
    said = failing(shell, error).err
    assert "as many files and connections open as it may" in said
    assert "ulimit -n 4096 && jogeon --lang en list" in said


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def failing(shell: Shell, error: Exception, *argv: str, lang: str = "en") -> Said:
    return shell("--lang", lang, *(argv or ("list",)), client=FakeClient(refusal=error))


def ours(root: type[errors.JogeonError] = errors.JogeonError) -> set[type[errors.JogeonError]]:
    return {root}.union(*(ours(each) for each in root.__subclasses__() if each.__module__ == "jogeon.errors"))


@pytest.mark.parametrize(
    "argv", [("--server=real", "watch", "급등주"), ("watch", "--server", "real", "급등주"), ("watch", "급등주")]
)
def test_a_command_is_typed_again_for_one_other_server(argv: tuple[str, ...]) -> None:
    typed = Choices(Texts("en"), None, argv).typed_on("ws://127.0.0.1:7/x")  # type: ignore[arg-type]  # nothing connects
    assert typed == "jogeon watch 급등주 --server ws://127.0.0.1:7/x"


def test_every_error_has_an_exit_code_and_is_shown_here() -> None:
    assert {type(error) for error, _ in FAILURES} | {errors.PagingError} >= ours() - {
        errors.RepeatedPageKey, errors.TooManyPages,
    }  # fmt: skip
    assert {exit_code(each("", rows=0)) for each in errors.PagingError.__subclasses__()} == {4}
    assert set(EXITS.values()) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(("error", "code"), FAILURES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    ("lang", "labels"), [("ko", ("오류  ", "원인  ", "다음  ")), ("en", ("error", "cause", "next "))]
)
def test_a_failure_is_told_in_both_languages(
    shell: Shell, error: Exception, code: int, lang: str, labels: tuple[str, ...]
) -> None:
    said = failing(shell, error, lang=lang)
    assert said.code == code
    assert not said.out
    lines = said.err.splitlines()
    assert [line[: len(labels[0])] for line in lines if not line.startswith(("키움", "Kiwoom"))] == list(labels)
    assert "Traceback" not in said.err
    assert "{" not in said.err


@pytest.mark.parametrize("error", [error for error, _ in FAILURES if getattr(error, "code", "")])
def test_the_brokers_own_code_and_text_are_shown(shell: Shell, error: errors.JogeonError) -> None:
    assert f"Kiwoom  [{error.code}] {error.text}" in failing(shell, error).err


def test_no_keys_points_to_the_demo_and_to_the_login(shell: Shell) -> None:
    said = failing(shell, errors.KeysMissing("mock"))
    assert "jogeon demo" in said.err
    assert "jogeon login" in said.err


def test_half_a_pair_of_keys_says_what_is_lacking(shell: Shell) -> None:
    said = failing(shell, errors.KeysMissing("real", half=(("APP_KEY", "APP_SECRET"),)))
    assert "APP_KEY without APP_SECRET" in said.err


@pytest.mark.parametrize("reason", [*REASONS, *SPOILT, "malformed", "unknown", "insecure", "token"])
def test_every_reason_has_words_of_its_own(reason: str) -> None:
    assert any(find(f"{each}.cause.{reason}") for each in ("CouldNotConnect", "InvalidSetting", "InvalidAddress"))


@pytest.mark.parametrize("code", ["1700", "429"])
def test_who_asked_too_often_is_told_to_wait(shell: Shell, code: str) -> None:
    assert "in a minute" in failing(shell, errors.TokenRefused(code=code, text="…")).err


def test_an_unknown_machine_is_told_where_to_register(shell: Shell) -> None:
    assert "openapi.kiwoom.com" in failing(shell, errors.TokenRefused(code="8040", text="…")).err


def test_close_names_are_suggested(shell: Shell) -> None:
    said = shell("search", "급등", "--server", "demo", "--lang", "ko")
    assert said.code == 4
    assert "비슷한 이름: 급등주" in said.err
    assert "jogeon list --server demo" in said.err


def test_a_similar_name_is_shown_as_it_is_to_be_typed(shell: Shell) -> None:
    said = shell("search", "신고가", "돌파", "--server", "demo", "--lang", "ko")
    assert '비슷한 이름: "신고가 돌파"' in said.err


@pytest.mark.parametrize("typed", ["신고가\u3000돌파", "신고가돌파", "신고가  돌파"])
def test_a_name_that_differs_in_its_blanks_alone_is_told_so(shell: Shell, typed: str) -> None:
    said = shell("search", typed, "--server", "demo", "--lang", "ko")
    assert said.code == 4
    assert '띄어쓰기가 다릅니다. 따옴표까지 이렇게 적어 주세요: "신고가 돌파"' in said.err


def test_sentences_fit_into_the_terminal_and_the_next_command_stays_whole() -> None:
    error = errors.InvalidAddress("no", value="dmo", reason="unknown")
    argv = ("watch", "급등주", "--server", "dmo" * 20)
    choices = Choices(Texts("ko"), None, argv)  # type: ignore[arg-type]  # nothing connects
    *told, last = explain(error, choices, 40).split("\n")
    assert len(told) > 2
    assert all(columns(line) <= 40 for line in told)
    assert all(line[:6].isspace() or line[:2] in ("오류", "원인") for line in told)
    assert last.startswith("다음")


def test_an_ambiguous_name_lists_its_seqs(shell: Shell) -> None:
    said = failing(shell, errors.AmbiguousCondition("급등주", seqs=("4", "7")))
    assert "4, 7" in said.err
    assert "jogeon list" in said.err


def test_a_wrong_token_names_the_variable_it_comes_from(shell: Shell) -> None:
    refused = errors.LoginRefused(code="8005", text="Token이 유효하지 않습니다")
    assert "JOGEON_TOKEN" in failing(shell, refused, "list", "--server", "wss://example.org").err
    assert "jogeon login" in failing(shell, refused, "list", "--server", "real").err


def test_a_code_of_the_broker_explains_better_than_the_class(shell: Shell) -> None:
    error = errors.TokenRefused(code="8050", text="…")
    assert "IP" in failing(shell, error).err


def test_a_local_server_that_is_not_there_can_be_started(shell: Shell) -> None:
    error = errors.CouldNotConnect(address="ws://127.0.0.1:10000/x", reason="refused", detail="refused")
    assert "jogeon simulate" in failing(shell, error).err


def test_what_a_server_says_cannot_steer_the_terminal(shell: Shell) -> None:
    said = failing(shell, errors.LoginRefused(code="1", text="\x1b[2Jbad\ntext {x}"))
    assert "[1] ?[2Jbad text {x}" in said.err


def test_a_defect_tells_how_to_get_the_traceback(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = failing(shell, ZeroDivisionError("division by zero"))
    assert "JOGEON_DEBUG=1" in said.err
    monkeypatch.setenv("JOGEON_DEBUG", "1")
    assert "Traceback" in failing(shell, ZeroDivisionError("division by zero")).err


@pytest.mark.parametrize(
    ("argv", "korean", "english"),
    [
        (["lst"], "없는 명령입니다: lst", "no such command: lst"),
        (["list", "--jsno"], "없는 옵션입니다: --jsno", "no such option: --jsno"),
        (["list", "--wait", "5m"], "list에는 없는 옵션입니다: --wait", "list has no option --wait"),
        (["hub", "token", "add"], "예: jogeon hub token add", "example: jogeon hub token add"),
        (["history", "members", "--at", "22시"], "예: jogeon history members", "example: jogeon history members"),
        (["search"], "빠졌습니다: 조건식...", "missing: NAME..."),
        (["watch"], "--all", "--all"),
        (["watch", "a", "--all"], "함께 쓸 수 없습니다", "cannot be used together"),
        (["watch", "--count"], "--count", "--count"),
        (["list", "more"], "알 수 없는 인자입니다: more", "unexpected argument: more"),
        (["replay", "a", "b", "c"], "알 수 없는 인자입니다: b c", "unexpected argument: b c"),
        (["list", "--json=3"], "값을 받지 않는 옵션입니다: --json", "takes no value: --json"),
        (["watch", "--count"], "예: jogeon watch", "a value is missing: --count"),
        (["simulate", "--switch", "page_size=x"], "page_size: 'x' 대신 정수를", "should be a whole number"),
        (["simulate", "--switch", "page_size"], "page_size: '' 대신 정수를", "should be a whole number"),
        (["simulate", "--switch", "page_size=0"], "허용 범위 밖입니다. 기본값: 100", "out of range. Default: 100"),
        (["simulate", "--switch", "pause=nan"], "허용 범위 밖입니다", "out of range"),
        (["simulate", "--switch", "second=9"], "900003, silent 중 하나를", "one of 900003, silent"),
        (["simulate", "--switch", "notice=maybe"], "true 또는 false를", "true or false"),
        (["simulate", "--switch", "login_code=x"], "정수를", "whole number"),
        (["--server", "demo"], "명령을 적어 주세요", "a command is missing"),
        (["list", "--json", "--csv"], "함께 쓸 수 없습니다", "cannot be used together"),
    ],
)
def test_a_wrong_command_line_is_told_in_both_languages(
    shell: Shell, argv: list[str], korean: str, english: str
) -> None:
    for lang, complaint in (("ko", korean), ("en", english)):
        said = shell("--lang", lang, *argv)
        assert said.code == 2
        assert complaint in said.err
        assert not said.out


def test_a_typing_error_is_answered_by_what_was_meant(shell: Shell) -> None:
    assert "did you mean: list" in shell("lst", "--lang", "en").err
    assert "did you mean: --json" in shell("list", "--jsno", "--lang", "en").err
    assert "did you mean: --server\n" in shell("list", "--sever", "--lang", "en").err


def test_an_address_that_is_taken_is_told_once(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        port = there.getsockname()[1]
        said = shell("simulate", "--port", str(port), "--rest-port", "0", "--lang", "en")
    assert said.err.count(f"{port}") == 2  # what could not be served, and the command as it was typed
    assert "(address in use)" in said.err

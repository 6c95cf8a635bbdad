"""A server with TLS, met by the command: it works, or says which certificate is wrong, why, and what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from cli_conversation import Said
from elsewhere import TOKEN, Kiwoom
from jogeon.cli.app import run
from tls import BAD, Certificate, trusted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Shell = Callable[..., Said]

WORDS = {
    "expired": ("has expired", "만료되었습니다"),
    "not yet valid": ("not valid yet", "아직 시작되지 않았습니다"),
    "self-signed": ("self-signed", "자체 서명"),
    "unknown issuer": ("no issuer this machine trusts", "신뢰하지 않는 기관이 발급한"),
    "other host": ("for another host name", "인증서의 호스트 이름이 주소와 다릅니다"),
}


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    monkeypatch.setenv("JOGEON_TOKEN", TOKEN)
    monkeypatch.setenv("APP_KEY", "planted-app-key")
    monkeypatch.setenv("APP_SECRET", "planted-secret-key")

    def type_in(*argv: str) -> Said:
        capfd.readouterr()
        said = Said(run(argv), *capfd.readouterr())
        assert "planted" not in said.out + said.err
        return said

    return type_in


def findings(said: Said) -> dict[str, dict[str, Any]]:
    return {line["check"]: line for line in said.lines}


def test_conditions_are_listed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Kiwoom(monkeypatch, certificates=("good", "good")) as kiwoom:
        for server in (kiwoom.there.websocket, "real"):
            said = shell("list", "--server", server, "--json")
            assert (said.code, said.err) == (0, "")
            assert "급등주" in {line["name"] for line in said.lines}
        assert kiwoom.tokens.issued == 1


@pytest.mark.parametrize("certificate", BAD)
def test_a_bad_certificate_is_told_in_both_languages(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, certificate: Certificate
) -> None:
    with Kiwoom(monkeypatch, certificates=(certificate, certificate)) as kiwoom:
        for server, address in ((kiwoom.there.websocket, "wss://localhost"), ("real", "https://localhost")):
            for lang, words in zip(("en", "ko"), WORDS[certificate], strict=True):
                said = shell("list", "--server", server, "--lang", lang)
                assert (said.code, said.out) == (5, "")
                assert words in said.err
                assert address in said.err
                assert "jogeon list" in said.err
        assert kiwoom.simulator.truth()["logins"] == 0
        assert kiwoom.tokens.asked == []


def test_doctor_finds_nothing_wrong(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Kiwoom(monkeypatch, ping=0.05, certificates=("good", "good")) as kiwoom:
        kiwoom.tokens.now = time.time()
        said = shell("doctor", "--login", "--json")
        assert said.code == 0
        for check in ("rest", "websocket"):
            assert findings(said)[check]["says"].endswith("can be reached, its certificate is verified")


@pytest.mark.parametrize("certificate", BAD)
@pytest.mark.parametrize(("bad", "good"), [("rest", "websocket"), ("websocket", "rest")])
def test_doctor_names_which_of_the_two_fails_and_why(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, certificate: Certificate, bad: str, good: str
) -> None:
    certificates: tuple[Certificate, Certificate] = (certificate, "good") if bad == "rest" else ("good", certificate)
    label = {"rest": "[REST]", "websocket": "[WebSocket]"}[bad]
    with Kiwoom(monkeypatch, certificates=certificates):
        said = shell("doctor", "--json", "--lang", "en")
        found = findings(said)
        assert (said.code, found[bad]["health"], found[good]["health"]) == (5, "failed", "ok")
        assert WORDS[certificate][0] in found[bad]["cause"]
        assert "jogeon doctor" in found[bad]["next"]
        assert label in found["verdict"]["says"]


def test_certificates_that_cannot_be_read_are_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "nothing.pem")
    with Kiwoom(monkeypatch, certificates=("good", "good")) as kiwoom:
        said = shell("list", "--server", kiwoom.there.websocket, "--lang", "en")
    assert said.code == 5
    assert "SSL_CERT_FILE: no such file" in said.err
    assert "correct or unset SSL_CERT_FILE" in said.err


def test_the_password_of_a_proxy_is_shown_nowhere(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:planted%2Dpassword@127.0.0.1:1")
    for argv in (("list",), ("doctor",)):
        said = shell(*argv, "--server", "wss://far.example", "-vv", "--lang", "en")
        assert said.code == 5
        assert "socks5://127.0.0.1:1" in said.out + said.err
        assert "HTTPS_PROXY" in said.out + said.err

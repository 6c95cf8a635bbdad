"""The lock on a session: one program on a machine, found out before LOGIN, free again however the program ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from conftest import homeless
from jogeon.account.hubs import HubNote
from jogeon.account.keys import Keys
from jogeon.account.lock import hub_at, session_lock, session_name, who_has
from jogeon.errors import SessionTaken
from jogeon.files import state_dir, write_private

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = Keys("an-app-key", "a-secret-key")
OTHERS = Keys("another-app-key", "a-secret-key")

HOLDING = """
import asyncio, sys
from jogeon.account.keys import Keys
from jogeon.account.lock import session_lock

async def hold():
    async with session_lock("real", Keys("an-app-key", "a-secret-key")):
        print("held", flush=True)
        sys.stdin.read()

sys.argv = ["/opt/bin/bot.py", "--secret", "planted"]
asyncio.run(hold())
"""


@pytest.fixture
def bot() -> Iterator[subprocess.Popen[bytes]]:
    """Another program that has the session."""
    with subprocess.Popen([sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == b"held"
        yield program
        program.kill()


async def test_another_program_has_the_session(bot: subprocess.Popen[bytes]) -> None:
    with pytest.raises(SessionTaken) as taken:
        async with session_lock("real", KEYS):
            pass
    assert taken.value.holder.startswith(f"bot (pid {bot.pid}), since ")
    assert str(who_has("real", KEYS)) == str(taken.value)
    assert "planted" not in str(taken.value)


async def test_a_killed_program_has_it_no_more(bot: subprocess.Popen[bytes]) -> None:
    bot.kill()
    bot.wait()
    assert who_has("real", KEYS) is None
    async with session_lock("real", KEYS):
        pass


@pytest.mark.usefixtures("bot")
async def test_other_keys_and_the_other_server_are_not_touched() -> None:
    async with session_lock("real", OTHERS), session_lock("mock", KEYS):
        assert who_has("real", OTHERS) is not None


async def test_two_clients_of_one_program_would_kick_each_other_too() -> None:
    async with session_lock("real", KEYS):
        with pytest.raises(SessionTaken):
            async with session_lock("real", KEYS):
                pass
    async with session_lock("real", KEYS):
        pass


async def test_it_is_free_after_an_error_inside() -> None:
    with pytest.raises(ZeroDivisionError):
        async with session_lock("real", KEYS):
            raise ZeroDivisionError
    assert who_has("real", KEYS) is None


async def test_it_is_free_after_a_cancellation_inside() -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with session_lock("real", KEYS):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    assert who_has("real", KEYS) is None


async def test_looking_who_has_it_gets_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session_lock("real", KEYS):
        trying = asyncio.create_task(_hold_for_a_moment())
        await asyncio.sleep(0)  # its first try has failed, and it waits
        monkeypatch.setattr("jogeon.account.lock.SECOND_TRY", 0)
    await trying


async def _hold_for_a_moment() -> None:
    async with session_lock("real", KEYS):
        pass


@pytest.mark.parametrize("name", ["jogeon", "__main__.py"])
async def test_the_holder_is_named_as_people_call_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "argv", [f"/opt/jogeon/{name}", "watch", "급등주"])
    async with session_lock("real", KEYS):
        assert "by jogeon watch (pid " in str(who_has("real", KEYS))


async def test_what_a_holder_wrote_may_be_spoilt() -> None:
    async with session_lock("real", KEYS):
        for path in state_dir().glob("session-*.json"):
            path.write_bytes(b"\xff")
        taken = who_has("real", KEYS)
        assert taken is not None
        assert (taken.holder, str(taken)) == ("", "the session of this key is taken")


async def test_where_no_lock_can_be_made_the_session_is_opened_without(caplog: pytest.LogCaptureFixture) -> None:
    state_dir().parent.mkdir(parents=True, exist_ok=True)
    state_dir().write_text("in the way")
    async with session_lock("real", KEYS):
        pass
    assert "no lock on the session can be made here" in caplog.text


async def test_the_files_do_not_tell_the_app_key() -> None:
    async with session_lock("real", KEYS):
        assert not any("an-app-key" in path.name for path in state_dir().iterdir())


@pytest.mark.posix
async def test_a_link_in_the_place_of_the_lock_is_not_followed(caplog: pytest.LogCaptureFixture) -> None:
    victim = state_dir().parent / "victim"
    state_dir().mkdir(mode=0o700, parents=True)
    victim.write_text("of somebody else")
    name = state_dir() / f"session-real-{KEYS.id}"
    name.with_suffix(".lock").symlink_to(victim)
    name.with_suffix(".json").symlink_to(victim)
    async with session_lock("real", KEYS):
        assert "no lock on the session can be made here" in caplog.text
    assert victim.read_text() == "of somebody else"


async def test_without_a_home_there_is_no_lock_and_a_session(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    homeless(monkeypatch)
    async with session_lock("real", KEYS):
        assert "no lock on the session can be made here" in caplog.text
    assert who_has("real", KEYS) is None


def note_of(pid: int, session: str = session_name("real", KEYS)) -> HubNote:
    return HubNote("real", "ws://127.0.0.1:7/x", "http://127.0.0.1:8", pid, 1, session, "planted-token")


def write_note(note: HubNote) -> None:
    write_private(state_dir() / "hub-7.json", msgspec.json.encode(note))


async def test_a_hub_that_has_the_session_is_named_by_its_address() -> None:
    async with session_lock("real", KEYS):
        write_note(note_of(os.getpid()))
        with pytest.raises(SessionTaken) as taken:
            async with session_lock("real", KEYS):
                pass
        assert taken.value.hub == "ws://127.0.0.1:7/x"
        assert "the hub at ws://127.0.0.1:7/x" in str(taken.value)
        assert hub_at(taken.value.hub) == note_of(os.getpid())
        assert "planted" not in f"{taken.value} {vars(taken.value)} {hub_at(taken.value.hub)!r}"
    assert hub_at("ws://127.0.0.1:7/x") is None, "nobody has the session any more"


@pytest.mark.parametrize("note", [note_of(1), note_of(os.getpid(), session_name("mock", KEYS)), note_of(1, "")])
async def test_a_note_of_another_program_or_session_names_no_hub(note: HubNote) -> None:
    async with session_lock("real", KEYS):
        write_note(note)
        taken = who_has("real", KEYS)
        assert taken is not None
        assert taken.hub == ""
        assert hub_at(note.websocket) is None

"""A target, and a first rule for it, written behind what a jogeon.toml holds already; nothing of that is touched."""

from pathlib import Path

import msgspec

from jogeon.account.environment import named_file, usual_files
from jogeon.account.settings import parse
from jogeon.alerts.settings import alerts_file, read_alerts
from jogeon.alerts.telegram import API
from jogeon.errors import InvalidSetting
from jogeon.files import private_folder, read_small, whole_file

RULE = {
    "ko": ("편입", "{종목명} {종목코드} {조건식} {편입시간}"),
    "en": ("enters", "{name} {code} {condition} {time}"),
}
"""Name and text of a first rule."""


def file_to_write() -> Path:
    """Return the jogeon.toml for a target: the one whose `[alerts]` counts, else the first that is or may be."""
    if (path := named_file()) is not None:
        return path[0]
    if (found := alerts_file()) is not None:
        return found
    files = list(usual_files())
    return next((path for path in files if path.exists()), files[-1])


def names_in(path: Path) -> tuple[set[str], bool]:
    """Return the names of the targets in a file, and whether it has a rule; InvalidSetting."""
    try:
        settings = read_alerts(path)
    except InvalidSetting as error:
        if error.reason in ("missing", "no alerts"):
            return set(), False
        raise
    return set(settings.targets), bool(settings.rules)


def telegram_text(name: str, chat: str, token_env: str, api: str, rule: str | None) -> str:
    """Return the lines of a Telegram target, with a first rule in a language if it is wanted."""
    lines = [f"[alerts.targets.{_quoted(name)}]", 'kind = "telegram"', f"chat = {_quoted(chat)}"]
    lines.append(f"token_env = {_quoted(token_env)}")
    if api != API:
        lines.append(f"api = {_quoted(api)}")
    if rule is not None:
        named, text = RULE[rule]
        lines += ["", "[[alerts.rules]]", f"name = {_quoted(named)}", 'dwell = "30s"', 'cooldown = "10m"']
        lines += ["cap = 50", f"to = [{_quoted(name)}]", f"text = {_quoted(text)}"]
    return "\n".join(lines) + "\n"


def write_behind(path: Path, text: str) -> None:
    """Write lines behind what a file holds; InvalidSetting if that would make it unreadable, OSError."""
    before = read_small(path) or b""
    ends = b"\r\n" if b"\r\n" in before else b"\n"
    between = b"" if not before else ends if before.endswith(b"\n") else ends * 2
    content = before + between + text.encode().replace(b"\n", ends)
    parse(path, content)
    private_folder(path.parent)
    with whole_file(path) as file:
        file.write(content)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()

"""A systemd unit for a hub, made of the command that was typed."""

from __future__ import annotations

import shutil
import sys

UNIT = """\
# ~/.config/systemd/user/jogeon-hub.service
# systemctl --user daemon-reload && systemctl --user enable --now jogeon-hub && loginctl enable-linger
[Unit]
Description=jogeon hub
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=5
# 3: keys or login refused, 6: another program has the session. Both are for a person.
RestartPreventExitStatus=3 6
TimeoutStopSec=30

[Install]
WantedBy=default.target
"""


def unit(argv: tuple[str, ...]) -> str:
    """Return the unit of a hub that is started with these arguments."""
    program = shutil.which("jogeon")
    words = [program] if program else [sys.executable, "-m", "jogeon"]
    return UNIT.format(command=" ".join(map(_quoted, [*words, *argv])))


def _quoted(word: str) -> str:
    """Return a word as systemd takes it: % and $ stand for themselves only when doubled."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if not word or any(each.isspace() or each in "\"'\\;" for each in word) else safe

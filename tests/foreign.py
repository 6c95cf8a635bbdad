"""Other people's clients, each in an environment of its own under the temporary directory; for what stands in bench."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PEERS = {"guide": "websockets", "kiwoom-client": "kiwoom-client==0.4.0", "kiwoomRest": "kiwoomRest==0.0.3"}


def environments() -> dict[str, Path]:
    """Make what is missing; return an interpreter for each client."""
    made = {}
    for peer, package in PEERS.items():
        place = Path(tempfile.gettempdir()) / "jogeon-bench" / peer
        python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not (place / "ready").exists():
            venv.create(place, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
            (place / "ready").touch()
        made[peer] = python
    return made

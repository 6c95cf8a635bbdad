"""Fuzz a target, guided by coverage: needs atheris.

    python fuzz/run.py TARGET [-max_total_time=600] [libFuzzer's other options] [files to replay]

What was found worth keeping stays in .fuzz/TARGET and is where the next run begins. A defect ends the run with its
traceback and is left in .fuzz/crash-…; the same command with that file replays it.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".fuzz"
NAMES = (
    "trnm data values type name item return_code return_msg seq search_type stex_tp cont_yn next_key token jmcode code "
    "message REAL PING SYSTEM LOGIN CNSRLST CNSRREQ CNSRCLR REG 841 843 9001 20 907 302 10 11 12 13 16 17 18 25 02 I D"
)


def options(target: str, seeds: Iterable[bytes]) -> list[str]:
    """Return where to begin, which words to try, and where to leave what is found."""
    corpus = KEPT / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = KEPT / "dictionary"
    words.write_text("".join(f'"\\"{name}\\""\n' for name in NAMES.split()))
    return [str(corpus), f"-dict={words}", f"-artifact_prefix={KEPT}/", "-max_len=2000"]


def main() -> None:
    """Fuzz the target named first."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    logging.disable()
    with atheris.instrument_imports(include=["jogeon"]):
        from scripts import FRAMES
        from targets import TARGETS
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"{__doc__}\nTARGET is one of {', '.join(TARGETS)}")
    name = sys.argv.pop(1)
    target: Callable[[bytes], object] = TARGETS[name]
    replayed = any(Path(argument).is_file() for argument in sys.argv[1:])
    seeds = FRAMES if name == "words" else [b"\x02\x00" + bytes([number, 0]) * 4 for number in range(len(FRAMES))]
    atheris.Setup(sys.argv if replayed else sys.argv[:1] + options(name, seeds) + sys.argv[1:], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Fuzz a target, guided by coverage: needs atheris.

    python fuzz/run.py TARGET [-max_total_time=600] [libFuzzer's other options] [files to replay, or a corpus]

A defect ends the run with its traceback and is left in a file crash-…, which the same command replays.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests")]


def main() -> None:
    """Fuzz the target named first."""
    with atheris.instrument_imports(include=["jogeon"]):
        from targets import TARGETS
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"{__doc__}\nTARGET is one of {', '.join(TARGETS)}")
    target: Callable[[bytes], object] = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""The command `jogeon`: the only reader of argv and the only printer."""

import sys


def main() -> int:
    """Run the command and return its exit code."""
    try:
        from jogeon.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130

"""The command, in a process of its own, whose alerts are old after as many seconds as its first argument says."""

import sys

from jogeon.alerts import sending
from jogeon.cli.app import run

if __name__ == "__main__":
    vars(sending)["MAX_AGE"] = int(float(sys.argv[1]) * 1e9)
    sys.exit(run(sys.argv[2:]))

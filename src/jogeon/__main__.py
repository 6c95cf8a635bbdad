"""`python -m jogeon` is the command `jogeon`."""

import sys

from jogeon.cli import main

if __name__ == "__main__":
    sys.exit(main())

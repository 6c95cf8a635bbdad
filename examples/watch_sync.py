"""Follow a condition without async: the loop may think or sleep, the session is kept alive beside it. Ctrl+C ends it.

python watch_sync.py [real | mock | demo | ws://…]
"""

import contextlib
import sys
import time

import jogeon
import jogeon.sync

SERVER = sys.argv[1] if sys.argv[1:] else "demo"


def main() -> None:
    """Follow until Ctrl+C."""
    with jogeon.sync.connect(SERVER) as kiwoom, kiwoom.watch("급등주") as watch:
        for event in watch:
            if isinstance(event, jogeon.Enter | jogeon.Leave):
                inside = watch.members["급등주"]
                print(f"{event.at:%H:%M:%S}  {type(event).__name__}  {event.code}  {len(inside)}종목")
                time.sleep(0.5)  # PINGs are answered meanwhile, and nothing is lost


with contextlib.suppress(KeyboardInterrupt):
    main()

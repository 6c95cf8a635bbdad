"""Tell who enters and leaves two conditions, and whenever nobody could have known. Ctrl+C ends it.

python watch.py [real | mock | demo | ws://…]
"""

import asyncio
import contextlib
import sys

import jogeon

SERVER = sys.argv[1] if sys.argv[1:] else "demo"


async def main() -> None:
    """Follow until Ctrl+C; an outage does not end this loop, only what a person must mend does."""
    async with jogeon.connect(SERVER) as kiwoom, kiwoom.watch("급등주", "급락주") as watch:
        async for event in watch:
            tell(event)


def tell(event: jogeon.Event) -> None:
    """Print one event."""
    match event:
        case jogeon.Snapshot(condition=condition, codes=codes):
            print(f"{event.at:%H:%M:%S}  {condition.name}: {len(codes)}종목")
        case jogeon.Enter(condition=condition, code=code, origin=origin):
            print(f"{event.at:%H:%M:%S}  ▲ 편입  {code}  {condition.name}  {origin}")
        case jogeon.Leave(condition=condition, code=code, origin=origin):
            print(f"{event.at:%H:%M:%S}  ▽ 이탈  {code}  {condition.name}  {origin}")
        case jogeon.Gap(condition=condition, since=since, until=until, cause=cause):
            print(f"{until:%H:%M:%S}  ! 공백  {condition.name}  {since:%H:%M:%S} ~ {until:%H:%M:%S}  {cause}")
        case jogeon.State(state=state, cause=cause):
            print(f"{event.at:%H:%M:%S}  * {state}  {cause}")
        case jogeon.Anomaly(what=what):
            print(f"{event.at:%H:%M:%S}  ? {what}")


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())

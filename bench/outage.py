"""How soon a watch of ten conditions is right again after its link is back, and how soon a stalled server is found.

python bench/outage.py [--times 6]
"""

import argparse
import asyncio
import statistics
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import jogeon
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from proxy import Proxy


async def reconciled(watch: jogeon.Watch) -> float:
    """Return the seconds from the login after an outage to the snapshot of the last condition."""
    wanted = len(watch.conditions)
    connected, snapshots = 0, 0
    async for event in watch:
        match event:
            case jogeon.State(state="connected"):
                connected, snapshots = event.at_ns, 0
            case jogeon.Snapshot() if connected:
                snapshots += 1
                if snapshots == wanted:
                    return (event.at_ns - connected) / 1e9
    return float("inf")


async def run(times: int) -> None:
    switches = Switches(ping=1.0, ping_deadline=60.0)
    async with Simulator(speed=20, rest_port=None, switches=switches) as simulator:
        address = urlsplit(simulator.websocket)
        async with Proxy(address.hostname or "", address.port or 0) as proxy:
            url = f"ws://127.0.0.1:{proxy.port}{address.path}"
            async with jogeon.connect(url) as kiwoom, kiwoom.watch() as watch:
                took = []
                for _ in range(times):
                    proxy.drop()
                    took.append(await reconciled(watch))
                await asyncio.sleep(3.5)  # three PINGs, so that their interval is known
                began = asyncio.get_running_loop().time()
                proxy.stalled = True
                async for event in watch:
                    if isinstance(event, jogeon.State) and event.state == "reconnecting":
                        break
                found = asyncio.get_running_loop().time() - began
                proxy.calm()
    median, slowest = statistics.median(took) * 1000, max(took) * 1000
    print(f"{len(took)} outages, ten conditions: right {median:.1f} ms (median), {slowest:.1f} ms (most) after login")
    print(f"a stalled server that had sent a PING every second: found after {found:.1f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=6, help="each outage is answered more patiently than the last")
    asyncio.run(run(options.parse_args().times))


if __name__ == "__main__":
    main()

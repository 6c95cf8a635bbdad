"""The bot on paper without async, from top to bottom: buy what enters 급등주, sell what leaves it, never on hearsay.

A push carries no price, so a position is known by its times. Put orders of your own where 매수 and 매도 are printed.
python bot_sync.py [real | mock | demo | ws://…]
"""

import sys
from datetime import datetime

import jogeon
import jogeon.sync

CONDITION = "급등주"
SERVER = sys.argv[1] if sys.argv[1:] else "demo"

held: dict[str, datetime] = {}
stranded: set[str] = set()  # left while nothing could be heard: a person decides

try:
    with jogeon.sync.connect(SERVER) as kiwoom, kiwoom.watch(CONDITION) as watch:
        for event in watch:
            if isinstance(event, jogeon.Gap):
                print(f"공백 {event.since:%H:%M:%S} ~ {event.until:%H:%M:%S}  {event.cause}")
                continue
            if not isinstance(event, jogeon.Enter | jogeon.Leave):
                continue  # a first snapshot holds what entered before anybody looked: that is no signal either
            entered, mine = isinstance(event, jogeon.Enter), event.code in held
            if event.origin == "recovered":
                if mine and not entered:
                    stranded.add(event.code)
                    print(f"확인 {event.code}  공백 중에 이탈: 팔지 않았습니다")
            elif entered and not mine:
                held[event.code] = event.at
                print(f"매수 {event.code}  {event.at:%H:%M:%S}")
            elif mine and not entered:
                seconds = (event.at - held.pop(event.code)).total_seconds()
                stranded.discard(event.code)
                print(f"매도 {event.code}  {event.at:%H:%M:%S}  {seconds:.1f}초 보유")
except KeyboardInterrupt:
    pass
finally:
    print(f"보유 {len(held)}종목, 그중 확인할 것 {len(stranded)}종목 {' '.join(sorted(stranded))}")

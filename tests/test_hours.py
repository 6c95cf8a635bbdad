"""The hours of the exchanges, second by second."""

from __future__ import annotations

import pytest

from jogeon.simulator.market.hours import HOUR, KRX, NXT, TradingHours


def clock(moment: int) -> str:
    return f"{moment // 3600:02d}{moment // 60 % 60:02d}{moment % 60:02d}"


def test_a_day_on_krx() -> None:
    assert KRX.seconds == 390 * 60
    assert (clock(KRX.moment(0)), clock(KRX.moment(KRX.seconds - 1))) == ("090000", "152959")
    assert KRX.closing is not None
    assert clock(KRX.closing) == "152000"


def test_nxt_opens_earlier_closes_later_and_pauses_in_between() -> None:
    moments = [clock(NXT.moment(second)) for second in range(NXT.seconds)]
    assert (moments[0], moments[-1]) == ("080000", "195959")
    assert moments[moments.index("084959") + 1] == "090030"
    assert moments[moments.index("151959") + 1] == "154000"
    assert moments == sorted(moments)


def test_after_the_end_there_is_no_moment() -> None:
    with pytest.raises(ValueError, match="end"):
        KRX.moment(KRX.seconds)


def test_the_pace_runs_in_straight_lines() -> None:
    hours = TradingHours(stretches=((0, HOUR),), paces=((0, 2.0), (100, 1.0), (200, 1.0)))
    assert [hours.pace(at) for at in (0, 25, 100, 150, 200, 3_000)] == [2.0, 1.75, 1.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("hours", [KRX, NXT])
def test_a_day_opens_with_a_burst_and_is_quiet_at_noon(hours: TradingHours) -> None:
    paces = {hours.moment(second): hours.pace(hours.moment(second)) for second in range(0, hours.seconds, 30)}
    assert max(paces, key=lambda moment: paces[moment]) // 60 in {9 * 60, 9 * 60 + 1}
    assert max(paces.values()) >= 10 * paces[12 * HOUR + 1800]
    assert 0.8 < sum(paces.values()) / len(paces) < 1.2

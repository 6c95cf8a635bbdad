"""Texts of the live view, and how an age is written."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "live.heard": Text("마지막 수신 {age} 전", "last heard {age} ago"),
    "live.silent": Text("아직 수신 없음", "nothing heard yet"),
    "live.gaps": Text("오늘 공백 {count}건", "gaps today: {count}"),
    "live.seconds": Text("{count}초", "{count} s"),
    "live.minutes": Text("{count}분", "{count} min"),
    "live.hours": Text("{count}시간", "{count} h"),
    "live.more": Text("외 {count}종목", "and {count} more"),
    "live.more-conditions": Text("외 조건식 {count}개", "and {count} more conditions"),
    "live.nothing": Text("아직 편입·이탈이 없습니다.", "nothing has entered or left yet."),
    "live.empty": Text("없음", "none"),
    "live.footer": Text("Ctrl+C: 끝내기", "Ctrl+C: end"),
    "live.footer.demo": Text(
        "가상 시장: 실제 종목이 아닙니다.  Ctrl+C: 끝내기", "made-up market, no real stocks.  Ctrl+C: end"
    ),
}

"""Texts about the board: where it is, and that there is none."""

from jogeon.cli.texts.language import Text

TEXTS = {
    "board.link": Text("현황판: {url}", "Board: {url}"),
    "board.none": Text(
        "실행 중인 현황판을 찾지 못했습니다.\n"
        "현황판은 jogeon hub나 jogeon demo가 실행되는 동안 열 수 있습니다: jogeon demo",
        "No board is running.\nThe board is there while jogeon hub or jogeon demo runs: jogeon demo",
    ),
}

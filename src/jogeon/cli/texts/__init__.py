"""Every text people read in the command, in Korean and English, side by side.

`Texts(lang)("key", name=...)` gives one of them. Kiwoom's words are those of 영웅문4 (조건식, 편입, 이탈, 종목코드).
Only characters that a Korean Windows console (cp949) can show are used.
"""

from jogeon.cli.texts.failures import FAILURES
from jogeon.cli.texts.help import HELP, OPTIONS, USAGE
from jogeon.cli.texts.journal import JOURNAL
from jogeon.cli.texts.language import Lang, Text
from jogeon.cli.texts.login import ACCOUNT, ACCOUNT_HELP
from jogeon.cli.texts.replay import REPLAY
from jogeon.cli.texts.reports import SAID
from jogeon.cli.texts.results import SHOWN

TABLES: tuple[dict[str, Text], ...] = (
    HELP, OPTIONS, USAGE, FAILURES, SHOWN, ACCOUNT_HELP, ACCOUNT, JOURNAL, REPLAY,
    {f"said.{pattern}": text for pattern, text in SAID.items()},
)  # fmt: skip
"""No key is in two of them."""
TEXTS = {key: text for table in TABLES for key, text in table.items()}


class Texts:
    """The texts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its placeholders filled; a KeyError tells a key or a placeholder that does not exist."""
        text = TEXTS[key].ko if self.lang == "ko" else TEXTS[key].en
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in TEXTS

"""Keys and tokens as people paste them: with blanks, quotes and characters that nobody sees."""

QUOTES = "\"'`“”„‘’‚«»＂＇｀「」"
UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
"""What a web page or an editor leaves in a text that nobody sees."""


def seen(text: str) -> str:
    """Return a text without blanks around it and without what nobody sees."""
    return text.translate(dict.fromkeys(map(ord, UNSEEN))).strip()


def unquoted(text: str) -> str:
    """Return a text without the quotes around it and without what nobody sees; other quotes stay."""
    text = seen(text)
    while len(text) > 1 and text[0] in QUOTES and text[-1] in QUOTES:
        text = text[1:-1].strip()
    return text


def is_one_word(secret: str) -> bool:
    """Tell whether a text can be a key or a token: ASCII, no blanks, nothing unseen."""
    return bool(secret) and secret.isascii() and secret.isprintable() and " " not in secret

"""The next message of a target: one row, or a digest in which every row is named."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from jogeon.alerts.outbox import MAX_AGE, MESSAGE_SIZE, AlertRow, next_message, outdated, shortened, size_of


def row(
    n: int = 0, *, target: str = "phone", made_ns: int = 0, text: str = "", silent: bool = False, rule: str = "급등"
) -> AlertRow:
    code = f"{n:06}"
    return AlertRow(
        id=str(n), target=target, rule=rule, seq="4", condition="급등주", code=code, name=f"가상전자{n}",
        event="enter", trigger=f"9f3c:1:{n}", due_ns=made_ns, made_ns=made_ns, text=text or f"가상전자{n} 편입",
        silent=silent,
    )  # fmt: skip


def test_nothing_waits() -> None:
    assert next_message([], digests=True) is None


def test_one_row_is_its_own_text() -> None:
    message = next_message([row(7, text="가")], digests=True)
    assert message
    assert message.text == "가"


def test_without_digests_one_at_a_time() -> None:
    message = next_message([row(1), row(2)], digests=False)
    assert message
    assert message.rows == (row(1),)


def test_a_few_keep_their_texts_and_gain_their_codes() -> None:
    message = next_message([row(1, text="가"), row(2, text="나 000002")], digests=True)
    assert message
    assert message.text == "가 000001\n나 000002"


def test_a_message_is_silent_if_all_its_rows_are() -> None:
    for silent in (True, False):
        message = next_message([row(1, silent=True), row(2, silent=silent)], digests=True)
        assert message
        assert message.silent is silent


def test_five_hundred_at_once_fit_into_a_few() -> None:
    waiting, messages = [row(n, text="긴 문장입니다 " * 10) for n in range(500)], 0
    while waiting:
        message = next_message(waiting, digests=True)
        assert message
        waiting, messages = waiting[len(message.rows) :], messages + 1
    assert messages <= 4


@given(st.lists(st.text("가a🚀", min_size=1, max_size=5000), min_size=1, max_size=60), st.text("가🚀", max_size=5000))
def test_a_digest_names_every_row_and_fits(texts: list[str], name: str) -> None:
    waiting = [structs.replace(row(n, text=text), condition=name, rule=name) for n, text in enumerate(texts)]
    message = next_message(waiting, digests=True)
    assert message
    assert message.rows == tuple(waiting[: len(message.rows)])
    assert size_of(message.text) <= MESSAGE_SIZE
    if len(message.rows) > 1:
        assert all(each.code in message.text for each in message.rows)


def test_a_long_text_is_cut_between_two_characters_and_shows_it() -> None:
    assert shortened("가" * MESSAGE_SIZE) == "가" * MESSAGE_SIZE
    assert shortened("가" + "🚀" * MESSAGE_SIZE) == "가" + "🚀" * (MESSAGE_SIZE // 2 - 1) + "…"
    assert (size_of("가a"), size_of("🚀"), size_of("\ud800")) == (2, 2, 1)


def test_what_is_older_than_its_age_is_outdated() -> None:
    assert outdated([row(1, made_ns=0), row(2, made_ns=1)], MAX_AGE + 1) == [row(1, made_ns=0)]


def test_a_crowded_digest_is_in_one_language() -> None:
    for lang, word in (("ko", "급등주 편입 100"), ("en", "급등주 entered 100")):
        message = next_message([row(n, text="긴 문장입니다 " * 10) for n in range(100)], digests=True, lang=lang)
        assert message
        assert message.text.startswith(f"[급등] {word}\n")


def test_a_crowded_digest_forges_no_line() -> None:
    harm = "\u202e\n[급등] 가상전자 편입"
    rows = [structs.replace(row(n, text="긴" * 500), name=f"가{harm}", condition=f"급등주{harm}") for n in range(30)]
    message = next_message(rows, digests=True)
    assert message
    lines = message.text.split("\n")
    assert len(lines) == 1 + len(message.rows)
    assert lines[0].startswith("[급등] 급등주? [급등] 가상전자 편입")
    assert lines[1].startswith("가? [급등")
    assert "\u202e" not in message.text


@given(st.text("가a🚀", max_size=10), st.integers(-3, 3), st.sampled_from("가🚀"))
def test_what_is_shortened_fills_a_message_and_no_more(begin: str, more: int, rest: str) -> None:
    text = begin + rest * ((MESSAGE_SIZE - size_of(begin)) // size_of(rest) + more)
    kept = shortened(text)
    assert size_of(kept) == min(size_of(text), size_of(kept)) <= MESSAGE_SIZE
    assert size_of(text) <= MESSAGE_SIZE or size_of(kept) >= MESSAGE_SIZE - 1
    assert kept in (text, text[: len(kept) - 1] + "…")

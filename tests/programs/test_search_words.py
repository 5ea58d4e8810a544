"""What is looked for, as words; where they stand in a text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.search_words import Pieces, is_said, marked, read_words, snippet, unsaid
from programs.textforms import TextFormError, search_key


def shown(pieces: Pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Сім’я", ("сім'я",)),
        ("  школа \t БЕЗПЕКИ\n", ("школа", "безпеки")),
        ("«Ґанок», (ЇЖАК)!", ("ганок", "їжак")),
        ("№1688 від 18.12.2019", ("1688", "від", "18.12.2019")),
        ("молод молодіжний", ("молодіжний",)),
        ("та татко", ("та", "татко")),
        ("школа школа", ("школа",)),
        ("100% %", ("100",)),
        ("_аз_", ("аз",)),
        ("ве\x00сна\ud800", ("весна",)),
        ("х" * 200, ("х" * 200,)),
    ],
)
def test_a_query_is_folded_words(typed: str, words: tuple[str, ...]) -> None:
    assert read_words(typed) == words


NOTHING = "У запиті немає жодної літери чи цифри. Введіть слово або номер."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("''’ʼ`", NOTHING),
        ('% _ \\ "', NOTHING),
        ("\x00", NOTHING),
        ("а", "За одним знаком знайшлося б майже все. Введіть щонайменше дві літери чи цифри."),
        (
            "х" * 10_000,
            "Запит завдовгий: у ньому 10000 знаків, а можна не більше 200. Залиште кілька слів, "
            "які напевно є в тексті.",
        ),
        (
            "аа бб вв гг дд ее єє жж зз ии ії",
            "У запиті 11 слів, а можна не більше 10. Залиште ті, за якими легше впізнати.",
        ),
    ],
)
def test_what_cannot_be_looked_for_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(TextFormError) as refused:
        read_words(typed)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("олод", "молоді", True),
        ("тв", "співтовариство", False),
        ("тв", "новини тв", True),
        ("тв", "новини (ТВ)", True),
        ("тв", "радіо/тв", True),
        ("тв", "твір", True),
        ("ям", "п'ям", False),
    ],
)
def test_short_words_are_looked_for_where_words_begin(word: str, text: str, said: bool) -> None:
    assert is_said(word, search_key(text)) is said


def test_words_that_no_text_says() -> None:
    assert unsaid(["Сім’я", "школа"], ["сім'я", "шко", "весна"]) == ("весна",)


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Підтримка сімʼї", ["сім'ї"], "Підтримка [сімʼї]"),
        ("ПІДТРИМКА", ["трим"], "ПІД[ТРИМ]КА"),
        ("лист №5 школи", ["школ"], "лист №5 [школ]и"),
        ("а…школа", ["школа"], "а…[школа]"),
        ("№школа", ["школа"], "№[школа]"),
        # «й» of two signs is one letter.
        ("Свіи\u0306 краи\u0306", ["край"], "Свіи\u0306 [краи\u0306]"),
        # A ligature is two letters in one sign: marked whole.
        ("oﬃce", ["fi"], "oﬃce"),
        ("oﬃce", ["ffi"], "o[ﬃ]ce"),
        ("молодіжна молодь", ["молод", "лодіж"], "[молодіж]на [молод]ь"),
        ("твір, співтвір", ["тв"], "[тв]ір, співтвір"),
        ("нічого", ["школа"], "нічого"),
        ("", ["школа"], ""),
        ("<b>школа</b>", ["школа"], "<b>[школа]</b>"),
        ("аааа", ["ааа"], "[аааа]"),
    ],
)
def test_words_are_marked_in_the_text_as_it_was_written(text: str, words: list[str], marks: str) -> None:
    assert shown(marked(text, words)) == marks


@given(
    st.text(alphabet="аіїґ' ’ʼ№…ﬃ\u0306иё-", max_size=40),
    st.lists(st.text(alphabet="аіїг'и", min_size=1, max_size=3), max_size=3),
)
def test_marking_loses_no_sign(text: str, words: list[str]) -> None:
    assert "".join(piece.text for piece in marked(text, words)) == text
    assert "".join(piece.text for piece in snippet(text, words)) == text


def test_a_snippet_shows_each_word_with_what_stands_around_it() -> None:
    long = f"{'початок ' * 30}перша згадка {'середина ' * 60}друга зустріч {'кінець ' * 30}"
    assert shown(snippet(long, ["згадк", "зустріч"])) == (
        f"… {'початок ' * 9}перша [згадк]а {'середина ' * 7}середина … {'середина ' * 8}друга [зустріч] "
        f"{'кінець ' * 10}кінець …"
    )


def test_a_snippet_of_one_place_is_as_long_as_of_several() -> None:
    assert shown(snippet("слово " * 100, ["школа"])) == ("слово " * 39 + "слово …")
    assert shown(snippet(f"школа {'слово ' * 100}", ["школа"])) == f"[школа] {'слово ' * 38}слово …"

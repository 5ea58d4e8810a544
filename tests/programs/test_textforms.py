from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.models import Program
from programs.textforms import (
    FIRST_YEAR,
    LAST_YEAR,
    NO_BREAK_SPACE,
    Term,
    TextFormError,
    format_decimal,
    format_decimal_in_full,
    parse_decimal,
    public_id,
    search_key,
    sort_key,
)
from tests.building import executor

amounts = st.decimals(min_value=0, max_value=Decimal("9999999999.99999"), places=5)
years = st.integers(min_value=FIRST_YEAR, max_value=LAST_YEAR)


# --- reading numbers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1234.5", "1234.5"),
        pytest.param("1\u00a0234,5", "1234.5", id="no-break space"),
        pytest.param("1\u202f234,5", "1234.5", id="narrow no-break space"),
        pytest.param("\u00a01 234 567,25\r\n", "1234567.25", id="pasted with its surroundings"),
        ("0", "0"),
        ("0,0", "0"),
        ("007", "7"),
        ("5,", "5"),
        ("0,00001", "0.00001"),
        pytest.param("2,4000000", "2.4", id="zeros beyond the kopeck say nothing"),
        ("9999999999,99999", "9999999999.99999"),
    ],
)
def test_a_number_is_read(typed: str, value: str) -> None:
    assert parse_decimal(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", " ", "\u00a0", "\t\r\n"])
def test_nothing_typed_is_blank_not_zero(typed: str) -> None:
    assert parse_decimal(typed) is None


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (
            "1.234,5",
            "«1.234,5»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
            "дробову частину – комою, наприклад «1 234,5».",
        ),
        (
            "12,3,4",
            "«12,3,4»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
            "дробову частину – комою, наприклад «1 234,5».",
        ),
        ("-5", "«-5»: сума не може бути від’ємною."),
        ("−5,0", "«−5,0»: сума не може бути від’ємною."),
        ("- 5", "«- 5»: сума не може бути від’ємною."),
        ("–", "«–» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("пʼять", "«пʼять» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("1 23,5", "«1 23,5» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("1234 567", "«1234 567» не є числом. Уведіть, наприклад, «1 234,5»."),
        (",5", "«,5» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("1e3", "«1e3» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("NaN", "«NaN» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("+5", "«+5» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("٣", "«٣» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("0,000001", "«0,000001»: після коми можна не більше 5 знаків."),
        ("10000000000", "«10000000000»: завелике число, до коми можна не більше 10 цифр."),
    ],
)
def test_what_is_no_amount_is_refused_in_words(typed: str, refusal: str) -> None:
    with pytest.raises(TextFormError) as refused:
        parse_decimal(typed)
    assert str(refused.value) == refusal


def test_a_percent_has_one_decimal() -> None:
    with pytest.raises(TextFormError) as refused:
        parse_decimal("32,05", decimals=1)
    assert str(refused.value) == "«32,05»: після коми можна не більше одного знака."


@given(st.text(alphabet="0123456789., \u00a0\u202f-−eEN", max_size=12))
def test_any_text_is_an_amount_or_refused(typed: str) -> None:
    try:
        value = parse_decimal(typed)
    except TextFormError:
        return
    assert value is None or (value.is_finite() and value >= 0)


# --- printing numbers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "0,0"),
        ("1234.5", f"1{NO_BREAK_SPACE}234,5"),
        ("1234567.25", f"1{NO_BREAK_SPACE}234{NO_BREAK_SPACE}567,3"),
        ("999.95", f"1{NO_BREAK_SPACE}000,0"),
        ("100", "100,0"),
    ],
)
def test_a_number_is_shown_with_one_decimal(value: str, shown: str) -> None:
    assert format_decimal(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("42.35000", "42,35"),
        ("1234", f"1{NO_BREAK_SPACE}234,0"),
        ("0.00001", "0,00001"),
        ("1E+3", f"1{NO_BREAK_SPACE}000,0"),
    ],
)
def test_a_number_is_shown_in_full(value: str, shown: str) -> None:
    assert format_decimal_in_full(Decimal(value)) == shown


@given(amounts)
def test_a_number_shown_in_full_reads_back_the_same(amount: Decimal) -> None:
    assert parse_decimal(format_decimal_in_full(amount)) == amount


@given(amounts, st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from([",", "."]))
def test_every_accepted_spelling_reads_the_same(amount: Decimal, space: str, point: str) -> None:
    typed = f"{amount:,f}".replace(",", "_").replace(".", point).replace("_", space)
    assert parse_decimal(typed) == amount


# --- terms -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "covered"),
    [
        ("2020-2025", (2020, 2021, 2022, 2023, 2024, 2025)),
        ("2020–2022", (2020, 2021, 2022)),
        ("2020 — 2022", (2020, 2021, 2022)),
        ("2021, 2023", (2021, 2023)),
        ("2023; 2021", (2021, 2023)),
        ("2021,2021", (2021,)),
        ("2020-2021, 2024", (2020, 2021, 2024)),
        ("2024", (2024,)),
        ("2024 рік", (2024,)),
        ("2020-2022 роки", (2020, 2021, 2022)),
        ("2020-2022\u00a0рр.", (2020, 2021, 2022)),
        ("  2021 ,\n2023  ", (2021, 2023)),
    ],
)
def test_a_term_is_read(typed: str, covered: tuple[int, ...]) -> None:
    assert Term.parse(typed).years == covered


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("постійно", "«постійно» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("", "«» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("роки", "«роки» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("2020-", "«2020-» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("20-25", "«20-25» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("2021, ", "«2021,» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("2020-2021-2022", "«2020-2021-2022» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."),
        ("2025-2020", "«2025-2020»: рік завершення 2020 раніший за рік початку 2025."),
        ("1990-2020", "«1990-2020»: роки мають бути між 1991 і 2100."),
        ("2020-2101", "«2020-2101»: роки мають бути між 1991 і 2100."),
    ],
)
def test_what_is_no_set_of_years_is_refused_in_words(typed: str, refusal: str) -> None:
    with pytest.raises(TextFormError) as refused:
        Term.parse(typed)
    assert str(refused.value) == refusal


@pytest.mark.parametrize(
    ("covered", "printed"),
    [
        ([2020, 2021, 2022, 2023, 2024, 2025], "2020-2025"),
        ([2023, 2021], "2021, 2023"),
        ([2020, 2021, 2024], "2020-2021, 2024"),
        ([2024], "2024"),
        ([], ""),
    ],
)
def test_a_term_prints(covered: list[int], printed: str) -> None:
    assert str(Term.of(covered)) == printed


@given(st.sets(years, min_size=1))
def test_a_term_printed_reads_back_the_same(covered: set[int]) -> None:
    assert Term.parse(str(Term.of(covered))) == Term.of(covered)


@given(st.sets(years), years)
def test_a_term_contains_its_years_and_no_other(covered: set[int], year: int) -> None:
    assert (year in Term.of(covered)) is (year in covered)


# --- search ------------------------------------------------------------------------------


@pytest.mark.parametrize("apostrophe", list("'’ʼ‘`´′＇ʹ"))
def test_every_apostrophe_is_found(apostrophe: str) -> None:
    assert search_key(f"сім{apostrophe}ї") == "сім'ї"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ґендерні", "гендерні"),
        ("УПРАВЛІННЯ  Культури\n", "управління культури"),
        ("2020–2025", "2020-2025"),
        pytest.param("сім’\u0456\u0308", "сім'ї", id="decomposed letters"),
        ("№5", "no5"),
    ],
)
def test_spellings_of_one_thing_have_one_key(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text(st.characters(codec="cp1251")))
def test_a_search_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


# --- order -------------------------------------------------------------------------------

ALPHABET = "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ"


def test_the_sort_key_follows_the_ukrainian_alphabet() -> None:
    assert "".join(sorted(ALPHABET, key=sort_key)) == ALPHABET


def test_the_sort_key_ignores_case_and_apostrophes() -> None:
    assert sort_key("СІМ’Я") == sort_key("сімя")


def test_numbers_sort_by_value() -> None:
    assert sorted(["2.10", "10", "2.9", "1"], key=sort_key) == ["1", "2.9", "2.10", "10"]


@pytest.mark.django_db
def test_the_database_sorts_by_the_ukrainian_alphabet() -> None:
    """Alike on both databases, whatever their collation."""
    titles = [f"{letter}{second}" for letter in ALPHABET for second in "аґїя"]
    for title in reversed(titles):
        Program.objects.create(title=title, start_year=2024, end_year=2024, responsible=executor())
    assert [program.title for program in Program.objects.order_by("sort_key")] == titles


# --- public identity ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "identity"),
    [
        ("1688", "1688-2019-12-18"),
        ("12/3-VIII", "12-3-viii-2019-12-18"),
        ("№ 45-Щ", "45-shch-2019-12-18"),
        ("б/н", "b-n-2019-12-18"),
        ("№", "bez-nomera-2019-12-18"),
    ],
)
def test_a_programme_is_named_by_its_decision(number: str, identity: str) -> None:
    assert public_id(number, "2019-12-18") == identity


@pytest.mark.parametrize(
    ("term", "words"),
    [("2020-2025", "2020-2025 роки"), ("2024", "2024 рік"), ("2021, 2023", "2021, 2023 роки")],
)
def test_a_term_in_words(term: str, words: str) -> None:
    assert Term.parse(term).in_words == words

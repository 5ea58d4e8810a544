from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programs.calculations import (
    BLANK,
    Money,
    computed_percent,
    hryvnias,
    percent_base,
    plan_change,
    printed_percent,
    rounded,
    thousands,
    total,
    total_money,
    total_money_by,
)

MOST = Decimal("9999999999.99999")

amounts = st.decimals(min_value=0, max_value=MOST, places=5)
maybe_amounts = st.none() | amounts
moneys = st.builds(Money, maybe_amounts, maybe_amounts, maybe_amounts)
tasks = st.integers(min_value=1, max_value=4)


def half_up(exact: Fraction, decimals: int) -> Fraction:
    """School rounding of a non-negative number, in whole-number arithmetic."""
    scale = 10**decimals
    return Fraction((2 * exact.numerator * scale + exact.denominator) // (2 * exact.denominator), scale)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [("10", "12.5", "2.5"), (None, "4", "4"), ("4", None, "-4"), ("0", None, "0"), (None, None, None)],
)
def test_a_blank_plan_changes_as_if_nothing_were_planned(
    before: str | None, after: str | None, change: str | None
) -> None:
    old, new = (None if text is None else Decimal(text) for text in (before, after))
    assert plan_change(old, new) == (None if change is None else Decimal(change))


# --- sums --------------------------------------------------------------------------------


@given(st.lists(amounts, min_size=1, max_size=300))
def test_total_is_the_exact_sum(column: list[Decimal]) -> None:
    assert Fraction(total(column)) == sum(map(Fraction, column))


def test_total_keeps_digits_beyond_the_default_precision_of_decimal() -> None:
    assert total([Decimal("1E+30"), Decimal("0.00001")]) == Decimal("1000000000000000000000000000000.00001")


@given(st.lists(maybe_amounts), st.randoms(use_true_random=False))
def test_total_does_not_depend_on_the_order(column: list[Decimal | None], random: object) -> None:
    shuffled = column.copy()
    random.shuffle(shuffled)
    assert total(shuffled) == total(column)


@given(st.lists(amounts, min_size=1), st.integers(min_value=1, max_value=5))
def test_total_skips_blanks(column: list[Decimal], blanks: int) -> None:
    assert total([*column, *[None] * blanks]) == total(column)


@pytest.mark.parametrize("column", [[], [None], [None, None, None]])
def test_a_sum_of_blanks_is_blank(column: list[None]) -> None:
    assert total(column) is None


def test_a_sum_with_one_zero_is_zero_not_blank() -> None:
    assert total([None, Decimal(0), None]) == Decimal(0)


def test_total_accepts_an_iterator() -> None:
    assert total(iter([Decimal("0.1"), None, Decimal("0.2")])) == Decimal("0.3")


@given(st.lists(moneys))
def test_total_money_adds_each_column_by_itself(rows: list[Money]) -> None:
    assert total_money(rows) == Money(
        planned=total([row.planned for row in rows]),
        actual=total([row.actual for row in rows]),
        financed=total([row.financed for row in rows]),
    )


@given(st.lists(st.tuples(tasks, moneys)))
def test_the_totals_by_task_add_up_to_the_total(rows: list[tuple[int, Money]]) -> None:
    assert total_money(total_money_by(rows).values()) == total_money(money for _, money in rows)


@given(st.lists(st.tuples(tasks, moneys)))
def test_each_task_is_the_total_of_its_own_rows(rows: list[tuple[int, Money]]) -> None:
    assert total_money_by(rows) == {
        task: total_money(money for key, money in rows if key == task) for task, _ in rows
    }


def test_tasks_keep_the_order_in_which_they_appear() -> None:
    assert list(total_money_by([(3, BLANK), (1, BLANK), (3, BLANK), (2, BLANK)])) == [3, 1, 2]


# --- rounding ----------------------------------------------------------------------------


@given(amounts)
def test_rounding_is_half_up(value: Decimal) -> None:
    assert Fraction(rounded(value)) == half_up(Fraction(value), 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.05", "0.1"), ("0.25", "0.3"), ("2.45", "2.5"), ("0.04999", "0.0"), ("99.95", "100.0"), ("0", "0.0")],
)
def test_rounding_at_the_half(value: str, shown: str) -> None:
    assert str(rounded(Decimal(value))) == shown


def test_rounding_of_the_largest_sum_of_many_reports() -> None:
    assert rounded(MOST * 10**20) == Decimal("999999999999999000000000000000.0")


# --- percents ----------------------------------------------------------------------------


@given(amounts, amounts)
def test_percent_is_the_exact_quotient_rounded_once(financed: Decimal, base: Decimal) -> None:
    assume(base != 0)
    percent = computed_percent(financed, base)
    assert Fraction(percent) == half_up(100 * Fraction(financed) / Fraction(base), 1)


def test_percent_just_below_a_half_is_not_rounded_twice() -> None:
    """29 digits below the half: rounding to 28 digits first would lift it."""
    assert computed_percent(Decimal("0.00049999999999999999999999999999"), Decimal(1)) == Decimal("0.0")


@pytest.mark.parametrize(
    ("financed", "base", "percent"),
    [
        pytest.param("10.0", "10.5", "95.2", id="2.1 of the plan"),
        pytest.param("6.0", "6.4", "93.8", id="4.4 of the plan"),
        pytest.param("14.0", "44.0", "31.8", id="4.1 of the actual"),
        pytest.param("14.0", "40.0", "35.0", id="4.1 of the plan"),
        pytest.param("30.0", "228.3", "13.1", id="total of the plan"),
        pytest.param("30.0", "60.0", "50.0", id="total of the actual"),
    ],
)
def test_percents_of_the_real_report(financed: str, base: str, percent: str) -> None:
    assert str(computed_percent(Decimal(financed), Decimal(base))) == percent


@pytest.mark.parametrize(
    ("financed", "base"), [("1", "0"), ("0", "0"), ("", "5"), ("5", ""), ("", ""), ("", "0")]
)
def test_no_percent_of_a_zero_or_blank(financed: str, base: str) -> None:
    known = [Decimal(text) if text else None for text in (financed, base)]
    assert computed_percent(*known) is None


def test_percent_of_nothing_financed_is_zero() -> None:
    assert computed_percent(Decimal(0), Decimal("2.4")) == Decimal("0.0")


def test_percent_over_a_hundred_is_not_clipped() -> None:
    assert computed_percent(Decimal("12.5"), Decimal("10")) == Decimal("125.0")


@pytest.mark.parametrize(
    ("stated", "computed", "printed"),
    [
        ("32", "35.0", "32.0"),
        ("", "35.0", "35.0"),
        ("", "", "0.0"),
        ("0", "35.0", "0.0"),
        ("100", "", "100.0"),
    ],
)
def test_the_printed_percent_is_stated_else_computed_else_zero(
    stated: str, computed: str, printed: str
) -> None:
    known = [Decimal(text) if text else None for text in (stated, computed)]
    assert str(printed_percent(*known)) == printed


@pytest.mark.parametrize(("of_actual", "base"), [(False, Decimal(1)), (True, Decimal(2))])
def test_the_base_is_the_plan_or_the_actual(of_actual: bool, base: Decimal) -> None:
    assert percent_base(Money(Decimal(1), Decimal(2), Decimal(3)), of_actual=of_actual) == base


# --- units -------------------------------------------------------------------------------


def test_one_hryvnia_is_a_thousandth() -> None:
    assert thousands(Decimal(1)) == Decimal("0.001")


def test_one_kopeck_is_kept() -> None:
    assert hryvnias(Decimal("0.00001")) == Decimal("0.01")


@given(amounts)
def test_hryvnias_and_back_is_the_same_amount(amount: Decimal) -> None:
    assert thousands(hryvnias(amount)) == amount

"""What a staged import keeps comes back equal."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from programs.importing.book_json import pack, unpack
from programs.importing.files.tables import Book, Span, Table

cells = st.one_of(
    st.none(),
    st.booleans(),
    st.dates(),
    st.text(min_size=1, max_size=20),
    st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=0, max_value=10**9),
)
rows = st.lists(st.lists(cells, max_size=4).map(tuple), max_size=4).map(tuple)


@given(rows, st.booleans())
def test_every_value_comes_back_equal(found: tuple[tuple[object, ...], ...], lacks: bool) -> None:
    table = Table("Аркуш", found, (Span(0, 0, 1, 0),), first_row=3, has_uncounted_formulas=lacks)  # type: ignore[arg-type]
    book = Book("xlsx", (table,), ("рядок над таблицею",))
    assert unpack(pack(book)) == book


def test_a_number_stays_a_number_and_a_date_a_date() -> None:
    table = Table("А", ((Decimal("0.10"), datetime.date(2023, 1, 2), "0.10", "2023-01-02"),))
    (back,) = unpack(pack(Book("csv", (table,)))).tables
    assert [type(value) for value in back.rows[0]] == [Decimal, datetime.date, str, str]

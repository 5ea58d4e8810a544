"""Two documents of a report compared: what is told, and what is no difference."""

import dataclasses
import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reporting.comparison import Change, FigurePair, LineChange, Piece, compare, side_by_side, word_pieces
from reporting.document import CellKind, FundLine, ReportDocument, Scope, Signature
from tests.documents import A_SEAL, COLUMNS, a_blank_row, a_document, a_row, a_task, with_totals

FINANCED = "Фактично профінансовано тис. грн"


def of_rows(*rows: object) -> ReportDocument:
    return a_document(a_task(*rows))


def test_the_same_document_has_no_changes() -> None:
    assert compare(a_document(), a_document()).is_empty


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param({"marks": ("ПРОЄКТ 14.01.2025 12:00",)}, id="the mark of a draft"),
        pytest.param(
            {"dated": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, id="the moment of printing"
        ),
        pytest.param({"page_label": "{page}"}, id="the page label"),
    ],
)
def test_what_belongs_to_a_copy_is_no_change(copy: dict) -> None:
    assert compare(a_document(), a_document(**copy)).is_empty


def variants(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The value with one leaf of it changed, every leaf in turn, each with its place."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            for place, other in variants(getattr(value, field.name), f"{path}.{field.name}".lstrip(".")):
                yield place, dataclasses.replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for place, other in variants(item, path):
                yield place, (*value[:index], other, *value[index + 1 :])
    elif isinstance(value, CellKind | Scope):
        return
    elif isinstance(value, datetime.datetime):
        yield path, value + datetime.timedelta(days=1)
    elif value is not None:
        yield path, value + ("·" if isinstance(value, str) else 1)


def test_of_all_that_a_document_holds_only_this_is_no_difference() -> None:
    """What is not printed, what belongs to a copy, and how wide things are."""
    document = a_document(marks=("ПРОЄКТ",), seal=A_SEAL)
    silent = {place for place, other in variants(document) if compare(document, other).is_empty}
    assert silent == {
        *("program_id", "program", "year", "language", "title", "author", "marks", "page_label", "dated"),
        *("edition", "schema", "seal.label", "seal.address", "seal.field_label"),
        *(f"sheet.{name.name}" for name in dataclasses.fields(document.sheet)),
        "columns.width",
        "sections.tasks.rows.measure",
        "sections.tasks.rows.computed_percent",
        "totals.computed_percent",
        "totals.percent_base",
    }


class TestRows:
    def test_a_changed_cell_is_told_with_its_heading_as_the_form_shows_it(self) -> None:
        old, new = of_rows(a_row("1.1")), of_rows(a_row("1.1", financed=Decimal("1234.5")))
        [row] = compare(old, new).rows
        assert (row.number, row.cells) == (
            "1.1",
            (Change("financed", FINANCED, "8,0", "1\u00a0234,5", CellKind.MONEY),),
        )

    @pytest.mark.parametrize(
        ("old", "new", "told", "is_finer"),
        [
            ("2.42", "2.44", ("2,42", "2,44"), True),
            ("2.44", "2.46", ("2,4", "2,5"), False),
        ],
    )
    def test_kopecks_that_the_form_rounds_away_are_written_out(
        self, old: str, new: str, told: tuple[str, str], is_finer: bool
    ) -> None:
        found = compare(of_rows(a_row(financed=Decimal(old))), of_rows(a_row(financed=Decimal(new))))
        [cell] = found.rows[0].cells
        assert ((cell.old, cell.new), cell.is_finer_than_shown) == (told, is_finer)

    @pytest.mark.parametrize(
        ("old", "new", "difference"),
        [("8", "1234.56789", "1226.56789"), ("8", None, None), (None, "8", None), ("0.3", "0.1", "-0.2")],
    )
    def test_a_figure_keeps_its_value(self, old: str | None, new: str | None, difference: str | None) -> None:
        then, now, less = (None if text is None else Decimal(text) for text in (old, new, difference))
        [cell] = compare(of_rows(a_row(actual=then)), of_rows(a_row(actual=now))).rows[0].cells
        assert (cell.figures, cell.figures.difference) == (FigurePair(then, now), less)

    def test_words_have_no_figures(self) -> None:
        [cell] = compare(of_rows(a_row()), of_rows(a_row(term="2024"))).rows[0].cells
        assert (cell.old, cell.new, cell.figures) == ("2020-2025", "2024", None)

    def test_a_blank_is_not_a_zero(self) -> None:
        [row] = compare(of_rows(a_row(actual=None)), of_rows(a_row(actual=Decimal(0)))).rows
        assert [(cell.old, cell.new) for cell in row.cells] == [("", "0,0")]

    def test_the_same_amount_with_other_digits_is_no_change(self) -> None:
        assert compare(of_rows(a_row(actual=Decimal(9))), of_rows(a_row(actual=Decimal("9.00")))).is_empty

    def test_rows_are_known_by_number_and_not_by_place(self) -> None:
        old, new = of_rows(a_row("1.1"), a_row("1.2")), of_rows(a_row("1.2"), a_row("1.1"))
        assert compare(old, new).is_empty

    def test_added_and_removed(self) -> None:
        found = compare(of_rows(a_row("1.1"), a_row("1.9")), of_rows(a_row("1.1"), a_row("1.10")))
        assert [row.number for row in found.added] == ["1.10"]
        assert [row.number for row in found.removed] == ["1.9"]
        assert found.rows == ()

    def test_of_an_added_measure_all_that_it_holds_is_told(self) -> None:
        [row] = compare(of_rows(), of_rows(a_blank_row("1.2", planned=Decimal(3)))).added
        assert [(cell.key, cell.old, cell.new) for cell in row.cells] == [
            ("term", "", "2020-2025"),
            ("executors", "", "Управління культури"),
            ("planned", "", "3,0"),
            ("percent", "", "0,0"),
        ]

    def test_of_a_removed_measure_all_that_it_held_is_told(self) -> None:
        [row] = compare(of_rows(a_blank_row("1.2", planned=Decimal(3))), of_rows()).removed
        assert [(cell.key, cell.old, cell.new) for cell in row.cells] == [
            ("term", "2020-2025", ""),
            ("executors", "Управління культури", ""),
            ("planned", "3,0", ""),
            ("percent", "0,0", ""),
        ]

    def test_two_measures_of_one_number_are_told_apart_by_their_words(self) -> None:
        stays, goes = a_row("1.1", "Новий захід"), a_row("1.1", "Старий захід", planned=Decimal(99))
        found = compare(of_rows(goes, stays), of_rows(stays))
        assert [row.measure for row in found.removed] == ["Старий захід"]
        assert found.rows == ()

    def test_a_measure_that_is_worded_anew_stays_the_same_measure(self) -> None:
        found = compare(of_rows(a_row("1.1", "Було")), of_rows(a_row("1.1", "Стало")))
        assert [(cell.key, cell.old, cell.new) for row in found.rows for cell in row.cells] == [
            ("content", "1.1. Було", "1.1. Стало")
        ]


class TestTotalsAndWords:
    def test_totals(self) -> None:
        new = with_totals(a_document(), financed=Decimal("8.5"), percent=Decimal("85.0"))
        found = compare(a_document(), new)
        assert found.totals is not None
        assert [(cell.key, cell.old, cell.new) for cell in found.totals.cells] == [
            ("financed", "8,0", "8,5"),
            ("percent", "80,0", "85,0"),
        ]

    def test_fund_lines_by_their_labels(self) -> None:
        general, other = a_document().fund_lines
        new = a_document(fund_lines=(dataclasses.replace(other, planned=Decimal(1)), general))
        heading = COLUMNS[5].heading
        assert compare(a_document(), new).fund_lines == (
            LineChange("з інших джерел", (Change("planned", heading, "", "1,0", CellKind.MONEY),)),
        )

    def test_a_fund_line_that_was_not_there(self) -> None:
        new = a_document(
            fund_lines=(*a_document().fund_lines, FundLine("з бюджету області", Decimal(3), None, None))
        )
        [line] = compare(a_document(), new).fund_lines
        assert (line.label, [(cell.old, cell.new) for cell in line.cells]) == (
            "з бюджету області",
            [("", "3,0")],
        )

    def test_a_fund_line_of_blanks_that_is_gone(self) -> None:
        [line] = compare(a_document(), a_document(fund_lines=a_document().fund_lines[:1])).fund_lines
        assert line == LineChange("з інших джерел", (Change("label", "Назва рядка", "з інших джерел", ""),))

    @pytest.mark.parametrize(
        ("words", "change"),
        [
            (
                {"signatures": (Signature("Начальник", "Іван НОВИЙ"),)},
                ("Підписи", "Начальник управління Олена ПРИКЛАД", "Начальник Іван НОВИЙ"),
            ),
            ({"act_line": "Інше"}, ("Рішення про затвердження", a_document().act_line, "Інше")),
            ({"term_line": "Інший"}, ("Термін реалізації", a_document().term_line, "Інший")),
            (
                {"heading_lines": ("за 2024 рік",)},
                ("Заголовок", "Звіт\nпро результати виконання\nПрограма\nза 2024 рік", "Звіт\nза 2024 рік"),
            ),
        ],
    )
    def test_words_around_the_table(self, words: dict, change: tuple[str, str, str]) -> None:
        found = compare(a_document(), a_document(**words))
        assert [(one.label, one.old, one.new) for one in found.words] == [change]

    def test_a_columns_heading(self) -> None:
        columns = (*COLUMNS[:-1], dataclasses.replace(COLUMNS[-1], heading="Стан виконання"))
        found = compare(a_document(), a_document(columns=columns))
        assert [(one.old, one.new) for one in found.words] == [("Інформація про виконання", "Стан виконання")]

    def test_tasks_texts(self) -> None:
        old, new = a_document(a_task(a_row(), text="Було")), a_document(a_task(a_row(), text="Стало"))
        assert [(one.label, one.old, one.new) for one in compare(old, new).tasks] == [
            ("Завдання 1", "Було", "Стало")
        ]

    def test_a_task_that_was_not_there_is_told_once(self) -> None:
        old = a_document(a_task(a_row()))
        new = a_document(a_task(a_row()), a_task(number=2, text="Нове"))
        assert [(one.number, one.heading, one.old, one.new) for one in compare(old, new).tasks] == [
            (2, "Завдання", "", "Нове")
        ]


class TestSideBySide:
    def test_every_measure_of_either_year_and_the_totals(self) -> None:
        old = of_rows(a_row("1.1"), a_row("1.2"))
        new = of_rows(a_row("1.1", planned=Decimal(20)), a_row("1.10"))
        lines = side_by_side(old, new)
        assert [line.number for line in lines] == ["1.1", "1.2", "1.10", ""]
        assert lines[0].planned == FigurePair(Decimal(10), Decimal(20))
        assert lines[1].financed == FigurePair(Decimal(8), None)
        assert lines[2].financed == FigurePair(None, Decimal(8))
        assert lines[3].planned == FigurePair(Decimal(10), Decimal(10))

    def test_only_figures_make_a_difference(self) -> None:
        [row, _] = side_by_side(of_rows(a_row()), of_rows(a_row(information="Інше")))
        assert not row.differs


class TestWords:
    @pytest.mark.parametrize(
        ("old", "new", "pieces"),
        [
            (
                "Проведено 4 засідання",
                "Проведено 5 засідання",
                [("Проведено ", "same"), ("4 ", "old"), ("5 ", "new"), ("засідання", "same")],
            ),
            (
                "Участь взяли 4 особи.",
                "Участь взяли 4 особи, усі.",
                [("Участь взяли 4 особи", "same"), (", усі", "new"), (".", "same")],
            ),
            (
                "усього 19,4 тис. грн",
                "усього 15,4 тис. грн",
                [("усього ", "same"), ("19,4 ", "old"), ("15,4 ", "new"), ("тис. грн", "same")],
            ),
            (
                "Провести два засідання ради.",
                "Надруковано брошуру.",
                [("Провести два засідання ради.", "old"), ("Надруковано брошуру.", "new")],
            ),
            ("За 2024 рік", "За 2024 рік\nУточнений", [("За 2024 рік", "same"), ("\nУточнений", "new")]),
            (
                "Проведено двічі.",
                "Проведено.",
                [("Проведено", "same"), (" двічі", "old"), (".", "same")],
            ),
            ("", "Нове", [("Нове", "new")]),
            ("Старе", "", [("Старе", "old")]),
            ("а б", "а б", [("а б", "same")]),
        ],
    )
    def test_pieces(self, old: str, new: str, pieces: list[tuple[str, str]]) -> None:
        assert word_pieces(old, new) == [Piece(text, kind) for text, kind in pieces]

    @given(st.text("аб1 .,\n"), st.text("аб1 .,\n"))
    @example("  Абзац один.\n\nАбзац два. ", "Абзац один,\nдва; три")
    def test_nothing_of_either_text_is_lost(self, old: str, new: str) -> None:
        pieces = word_pieces(old, new)
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
        assert "".join(piece.text for piece in pieces if piece.kind != "old") == new

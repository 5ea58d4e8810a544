"""The figures of a programme's whole term become a `CumulativeDocument`; its parts in modules beside."""

from __future__ import annotations

import datetime
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from programs.models import Edition, Program
from programs.term_figures import TermFigures, term_figures

from ..document import Sheet
from ..wordings import form_wording
from .document import CumulativeDocument
from .measures_section import measures_section
from .periods import is_final, spelled_years
from .unfunded_section import unfunded_section
from .years_section import years_section

WORDING = Path(__file__).resolve().parent.parent / "wording" / "cumulative.toml"


def assemble(program: Program, *, at: datetime.datetime) -> CumulativeDocument:
    """The document of a programme as it stands now, in a constant number of queries.

    `program` with its decisions and responsible executor. `at` is the moment printed at the head of every
    page unless each year has a report that is agreed or was transcribed from paper: then nothing will change.
    """
    editions = Edition.objects.filter(report__program=program).select_related("publication")
    return build_document(term_figures(program), list(editions.order_by("report", "number")), at=at)


def build_document(
    figures: TermFigures, editions: list[Edition], *, at: datetime.datetime
) -> CumulativeDocument:
    """From fetched figures; `editions` are the programme's, oldest first, with their publications."""
    form, words = form_wording(settings.FORM_WORDING), cumulative_wording()
    program, sheet = figures.program, Sheet(**form["sheet"])
    texts = {
        "program": program.printed_title,
        "department": program.responsible.printed_name,
        "term": program.term.in_words,
        "years": spelled_years(figures.years, words),
    }
    final = all(year in figures.reports and is_final(figures.reports[year]) for year in figures.years)
    return CumulativeDocument(
        program_id=program.public_id or "",
        language=form["language"],
        title=words["title"].format(**texts),
        author=texts["department"],
        heading=words["heading"],
        heading_lines=tuple(line.format(**texts) for line in words["heading_lines"]),
        act_line=_act_line(program, form),
        term_line=form["term_line"].format(**texts, year=""),
        years=years_section(figures, editions, words),
        measures=measures_section(figures, sheet, words),
        unfunded=unfunded_section(figures, words),
        percent_base=program.percent_base,
        marks=_marks(figures, None if final else at, form, words),
        page_label=form["page_label"],
        # Without a moment the bytes may depend on nothing but the reports: the last year's end.
        dated=_end_of(figures.years[-1]) if final else _to_the_minute(at),
        sheet=sheet,
    )


@cache
def cumulative_wording() -> dict[str, Any]:
    """Texts by name, sections as tables, numbers exact."""
    with WORDING.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def _act_line(program: Program, form: dict[str, Any]) -> str:
    decision = program.approving_decision
    if decision is None:
        return ""
    return str(form["act_line"].format(number=decision.number, date=f"{decision.date:%d.%m.%Y}"))


def _marks(
    figures: TermFigures, at: datetime.datetime | None, form: dict[str, Any], words: dict[str, Any]
) -> tuple[str, ...]:
    marks = []
    if at is not None:
        marks.append(words["as_of_mark"].format(moment=f"{_to_the_minute(at):%d.%m.%Y %H:%M}"))
    if any(report.is_demonstration for report in figures.reports.values()):
        marks.append(form["demonstration_mark"])
    return tuple(marks)


def _to_the_minute(at: datetime.datetime) -> datetime.datetime:
    """Local time, as the mark prints it."""
    return timezone.localtime(at).replace(second=0, microsecond=0)


def _end_of(year: int) -> datetime.datetime:
    return datetime.datetime(year, 12, 31, tzinfo=timezone.get_default_timezone())

"""What an extract is of: a filter as a value that goes into addresses and saved extracts and comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from programs import textforms
from programs.enums import ReportState
from programs.keys import keyed, program_key
from programs.models import AnnualReport, Executor, FundingSource, Participation, Program, User
from programs.textforms import TextFormError

SIGNED, PUBLISHED = "signed", "published"
STATES: Mapping[str, str] = {
    **{state.value: str(state.label) for state in ReportState},
    SIGNED: "Підписано",
    PUBLISHED: "Оприлюднено",
}
"""States and the facts of what is agreed, as the filter and the column «стан звіту» name them.

A report is in one of them, the furthest: what is published is no longer merely signed.
"""
DRAFTS = frozenset(str(state.label) for state in ReportState if state is not ReportState.AGREED)
"""States in which figures still change, in those words."""


def state_of(report: AnnualReport) -> str:
    """How far it has come, of `STATES`; fetched with `with_edition_facts`."""
    facts: Any = report
    if facts.is_published:
        return PUBLISHED
    return SIGNED if facts.is_signed else report.state


NOT_VISIBLE = "немає серед доступних"
LONGEST_TEXT = 200
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Selection:
    """Empty parts ask for nothing; of several values in one part any will do; the parts hold together."""

    programs: tuple[str, ...] = ()
    """Keys of programmes (`programs.keys.program_key`)."""
    years: tuple[int, ...] = ()
    responsible: tuple[int, ...] = ()
    """Executors in charge of the programme, by id."""
    executors: tuple[int, ...] = ()
    """Executors that take part in the measure, by id."""
    sources: tuple[int, ...] = ()
    """Funding sources from which the measure has any amount in the year, 0 too, by id."""
    states: tuple[str, ...] = ()
    """Of `STATES`: how far the report has come, no further."""
    only_findings: bool = False
    deviation_over: Decimal | None = None
    """Percent of the plan by which the financed differs from it, either way, and more than which is asked."""
    without_financed: bool = False
    """Measures with a plan whose financed is blank: those alone, or beside those with such a deviation."""
    text: str = ""
    """Found in the measure's name or in the information on it, whatever the case and the apostrophe."""

    def to_json(self) -> dict[str, Any]:
        """For a saved extract: plain values only."""
        return {
            "programs": list(self.programs),
            "years": list(self.years),
            "responsible": list(self.responsible),
            "executors": list(self.executors),
            "sources": list(self.sources),
            "states": list(self.states),
            "only_findings": self.only_findings,
            "deviation_over": None if self.deviation_over is None else str(self.deviation_over),
            "without_financed": self.without_financed,
            "text": self.text,
        }

    @classmethod
    def from_json(cls, kept: Any) -> Selection:
        """Of whatever was kept: values that cannot be read any more are left out, ids are not looked up."""
        said = kept if isinstance(kept, dict) else {}

        def texts(name: str) -> list[str]:
            values = said.get(name)
            return [str(value) for value in values] if isinstance(values, list) else []

        def numbers(name: str) -> tuple[int, ...]:
            return tuple(
                int(text)
                for text in texts(name)
                if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID
            )

        text = said.get("text")
        return cls(
            programs=tuple(text for text in texts("programs") if text.isascii()),
            years=tuple(year for year in numbers("years") if year <= textforms.LAST_YEAR),
            responsible=numbers("responsible"),
            executors=numbers("executors"),
            sources=numbers("sources"),
            states=tuple(state for state in texts("states") if state in STATES),
            only_findings=said.get("only_findings") is True,
            deviation_over=_percent(said.get("deviation_over")),
            without_financed=said.get("without_financed") is True,
            text=textforms.clean_text(text)[:LONGEST_TEXT] if isinstance(text, str) else "",
        )

    def to_query(self) -> str:
        """The address's part after «?» that `forms.SelectionForm` reads back."""
        said = {name: value for name, value in self.to_json().items() if value}
        said |= {name: "on" for name, value in said.items() if value is True}
        if self.deviation_over is not None:
            # As people type it.
            said["deviation_over"] = textforms.format_decimal_in_full(self.deviation_over, at_least=0)
        return urlencode(said, doseq=True)

    def in_words(self, reader: User | None) -> list[str]:
        """One sentence a part: «Роки: 2023, 2024». What the reader may not see is named by its key alone.

        `reader` is None for the portal itself.
        """
        visible = Program.objects.all() if reader is None else Program.objects.visible_to(reader)
        asked_for = visible.filter(keyed(self.programs)) if self.programs else Program.objects.none()
        titles = {program_key(program): program.printed_title for program in asked_for}
        executors = self._names_of_executors(None if reader is None else visible)
        gone = "немає" if reader is None else NOT_VISIBLE
        sources = dict(FundingSource.objects.filter(pk__in=self.sources).values_list("pk", "name"))
        parts = {
            "Програми": [f"{key} {titles.get(key, f'({NOT_VISIBLE})')}" for key in self.programs],
            "Роки": [str(year) for year in self.years],
            "Відповідальні виконавці програм": _named(self.responsible, executors, gone),
            "Виконавці заходів": _named(self.executors, executors, gone),
            "Джерела фінансування": _named(self.sources, sources, "немає"),
            "Стан звіту": [STATES[state] for state in self.states],
        }
        said = [f"{name}: {'; '.join(values)}." for name, values in parts.items() if values]
        if self.only_findings:
            said.append("Лише заходи з результатами перевірки.")
        said += self._deviation_in_words()
        if self.text:
            said.append(f"У змісті заходу чи в інформації про виконання є «{self.text}».")
        return said or ["Усі програми й роки."]

    def _deviation_in_words(self) -> list[str]:
        if self.deviation_over is None:
            return ["Є план, а «профінансовано» не вказано."] if self.without_financed else []
        percent = textforms.format_decimal_in_full(self.deviation_over, at_least=0)
        told = f"Профінансоване відхиляється від плану понад {percent} %"
        if self.without_financed:
            return [f"{told}, або є план, а «профінансовано» не вказано."]
        return [f"{told} (порожні суми не порівнюються)."]

    def _names_of_executors(self, programs: QuerySet[Program] | None) -> dict[int, str]:
        """Of those that have to do with these programmes; with any, when None."""
        asked_for = Executor.objects.filter(pk__in=[*self.responsible, *self.executors])
        if programs is not None:
            in_charge = programs.order_by().values("responsible_id")
            take_part = Participation.objects.filter(
                measure__task__program__in=programs.order_by().values("pk")
            )
            asked_for = asked_for.filter(Q(pk__in=in_charge) | Q(pk__in=take_part.values("executor_id")))
        return dict(asked_for.values_list("pk", "name"))


def _percent(kept: Any) -> Decimal | None:
    try:
        return textforms.parse_decimal(kept) if isinstance(kept, str) else None
    except TextFormError:
        return None


def _named(ids: Iterable[int], names: Mapping[int, str], gone: str) -> list[str]:
    """A record that is gone is told by its number."""
    return [names.get(pk, f"№{pk} ({gone})") for pk in ids]

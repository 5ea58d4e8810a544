"""What an extract is of: a filter as a value that goes into addresses and saved extracts and comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from programs import textforms
from programs.enums import ReportState
from programs.keys import program_key
from programs.models import Executor, FundingSource, Program, User
from programs.textforms import TextFormError

SIGNED, PUBLISHED = "signed", "published"
STATES: Mapping[str, str] = {
    **{state.value: str(state.label) for state in ReportState},
    SIGNED: "Підписано",
    PUBLISHED: "Оприлюднено",
}
"""States and the facts of what is agreed, as the filter and the column «стан звіту» name them."""

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
    """Of `STATES`; what is published is signed too, and what is signed is agreed."""
    only_findings: bool = False
    deviation_over: Decimal | None = None
    """Percent of the plan by which the financed differs from it, either way, and more than which is asked."""
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
            text=textforms.clean_text(text)[:LONGEST_TEXT] if isinstance(text, str) else "",
        )

    def to_query(self) -> str:
        """The address's part after «?» that `forms.SelectionForm` reads back."""
        said = {name: value for name, value in self.to_json().items() if value}
        if self.only_findings:
            said["only_findings"] = "on"
        return urlencode(said, doseq=True)

    def in_words(self, reader: User | None) -> list[str]:
        """One sentence a part: «Роки: 2023, 2024». What the reader may not see is named by its key alone.

        `reader` is None for the portal itself.
        """
        titles = {program_key(program): program.printed_title for program in self._programs(reader)}
        executors = dict(
            Executor.objects.filter(pk__in=[*self.responsible, *self.executors]).values_list("pk", "name")
        )
        sources = dict(FundingSource.objects.filter(pk__in=self.sources).values_list("pk", "name"))
        parts = {
            "Програми": [f"{key} {titles.get(key, '(немає серед доступних)')}" for key in self.programs],
            "Роки": [str(year) for year in self.years],
            "Відповідальні виконавці програм": _named(self.responsible, executors),
            "Виконавці заходів": _named(self.executors, executors),
            "Джерела фінансування": _named(self.sources, sources),
            "Стани звіту": [STATES[state] for state in self.states],
        }
        said = [f"{name}: {'; '.join(values)}." for name, values in parts.items() if values]
        if self.only_findings:
            said.append("Лише заходи з результатами перевірки.")
        if self.deviation_over is not None:
            percent = textforms.format_decimal_in_full(self.deviation_over, at_least=0)
            said.append(
                f"Профінансоване відхиляється від плану понад {percent} % (порожні суми не порівнюються)."
            )
        if self.text:
            said.append(f"У змісті заходу чи в інформації про виконання є «{self.text}».")
        return said or ["Усі програми й роки."]

    def _programs(self, reader: User | None) -> Iterable[Program]:
        if not self.programs:
            return ()
        return Program.objects.all() if reader is None else Program.objects.visible_to(reader)


def _percent(kept: Any) -> Decimal | None:
    try:
        return textforms.parse_decimal(kept) if isinstance(kept, str) else None
    except TextFormError:
        return None


def _named(ids: Iterable[int], names: Mapping[int, str]) -> list[str]:
    """A record that is gone is told by its number."""
    return [names.get(pk, f"№{pk} (немає)") for pk in ids]

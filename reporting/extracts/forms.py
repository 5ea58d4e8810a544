"""The filter as a form of an address: what cannot be used is told and left out, never refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from programs import textforms
from programs.forms import UkrainianDecimalFormField
from programs.keys import program_key
from programs.models import AnnualReport, Executor, FundingSource, Program, User

from .selection import LONGEST_TEXT, STATES, Selection


class OfferedField(forms.MultipleChoiceField):
    """Values that are not offered (any more, or to this person) are put aside in `unknown`."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False)
        self.unknown: list[str] = []

    def clean(self, value: Any) -> list[str]:
        given = self.to_python(value)
        choices: Any = self.choices
        offered = {str(key) for key, _ in choices}
        self.unknown = [one for one in given if one not in offered]
        return list(dict.fromkeys(one for one in given if one in offered))


class SelectionForm(forms.Form):
    """Bound to `request.GET`: `selection()` is what can be used of it, `complaints()` what cannot."""

    programs = OfferedField("Програма")
    years = OfferedField("Звітний рік")
    responsible = OfferedField("Відповідальний виконавець")
    executors = OfferedField("Виконавець заходу")
    sources = OfferedField("Джерело фінансування")
    states = OfferedField("Стан звіту")
    only_findings = forms.BooleanField(label="Лише заходи з результатами перевірки", required=False)
    without_financed = forms.BooleanField(label="Є план, а «профінансовано» не вказано", required=False)
    deviation_over = UkrainianDecimalFormField(
        label="Відхилення від плану понад, %", required=False, max_digits=7, decimal_places=1, min_value=0
    )
    text = forms.CharField(label="Пошук у змісті та інформації", required=False, max_length=LONGEST_TEXT)

    def __init__(self, data: Any = None, *, reader: User) -> None:
        super().__init__(data)
        programs = Program.objects.visible_to(reader).not_rejected()
        with_reports = programs.filter(pk__in=AnnualReport.objects.values("program_id"))
        reports = AnnualReport.objects.filter(program__in=programs)
        years = reports.order_by("-year").values_list("year", flat=True)
        in_charge = Executor.objects.filter(pk__in=programs.values("responsible_id"))
        take_part = Executor.objects.filter(participations__measure__task__program__in=programs).distinct()
        offered: dict[str, Sequence[tuple[str, str]]] = {
            "programs": [(program_key(program), program.printed_title) for program in with_reports],
            "years": [(str(year), str(year)) for year in years.distinct()],
            "responsible": _named(in_charge),
            "executors": _named(take_part),
            "sources": _named(FundingSource.objects.all()),
            "states": list(STATES.items()),
        }
        # Django's own sentence is about programs, not about what was typed.
        self.fields["text"].validators[-1] = ProhibitNullCharactersValidator(
            "У тексті є невидимий знак, якого в ньому не буває. Наберіть текст знову."
        )
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        return textforms.clean_text(self.cleaned_data["text"]).strip()

    def selection(self) -> Selection:
        """Of an unbound form everything that the reader may see."""
        self.full_clean()
        found: dict[str, Any] = getattr(self, "cleaned_data", {})

        def numbers(name: str) -> tuple[int, ...]:
            return tuple(int(one) for one in found.get(name, ()))

        return Selection(
            programs=tuple(found.get("programs", ())),
            years=numbers("years"),
            responsible=numbers("responsible"),
            executors=numbers("executors"),
            sources=numbers("sources"),
            states=tuple(found.get("states", ())),
            only_findings=found.get("only_findings", False),
            deviation_over=found.get("deviation_over"),
            without_financed=found.get("without_financed", False),
            text=found.get("text", ""),
        )

    def complaints(self) -> list[str]:
        """One sentence for everything that was typed or linked and is not used."""
        errors_by_name = self.errors
        said = [
            f"{field.label}: «{one}» немає серед доступного, тому не враховано."
            for field in self.fields.values()
            if isinstance(field, OfferedField)
            for one in field.unknown
        ]
        for name, errors in errors_by_name.items():
            said += [f"{self.fields[name].label}: {error} Цю умову не враховано." for error in errors]
        return said


def _named(records: Any) -> list[tuple[str, str]]:
    return [(str(record.pk), str(record)) for record in records]

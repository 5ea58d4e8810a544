"""The filter as a form of an address: what cannot be used is told and left out, never refused whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from programs import textforms
from programs.forms import UkrainianDecimalFormField

from ..extracts.selection import LONGEST_TEXT
from .asking import PORTFOLIO_STATES, PortfolioFilter
from .lines import Seen

NOT_OFFERED = {"invalid_choice": "«%(value)s» немає серед доступного."}
UNSEEN_SIGN = "У тексті є невидимий знак, якого в ньому не буває. Наберіть текст знову."


class PortfolioForm(forms.Form):
    """Bound to `request.GET`: `wanted()` is what can be used of it, `complaints()` what cannot."""

    year = forms.ChoiceField(label="Рік", required=False, error_messages=NOT_OFFERED)
    text = forms.CharField(label="Назва програми", required=False, max_length=LONGEST_TEXT)
    state = forms.ChoiceField(label="Стан звіту", required=False, error_messages=NOT_OFFERED)
    responsible = forms.ChoiceField(
        label="Відповідальний виконавець", required=False, error_messages=NOT_OFFERED
    )
    deviation = UkrainianDecimalFormField(
        label="Відхилення понад, %", required=False, max_digits=7, decimal_places=1, min_value=0
    )
    findings = forms.BooleanField(label="Лише з результатами перевірки", required=False)

    def __init__(self, data: Any, seen: Seen) -> None:
        super().__init__(data)
        self.seen = seen
        in_charge = {program.responsible_id: program.responsible for program in seen.programs}
        self.executors = {
            pk: executor.name for pk, executor in sorted(in_charge.items(), key=lambda its: its[1].sort_key)
        }
        choices: dict[str, list[tuple[str, str]]] = {
            "year": [(str(year), str(year)) for year in seen.years()],
            "state": [("", "будь-який"), *PORTFOLIO_STATES.items()],
            "responsible": [("", "усі"), *((str(pk), name) for pk, name in self.executors.items())],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        # Django's own sentence is about programs, not about what was typed.
        self.fields["text"].validators[-1] = ProhibitNullCharactersValidator(UNSEEN_SIGN)

    def clean_text(self) -> str:
        return textforms.clean_text(self.cleaned_data["text"]).strip()

    def wanted(self) -> PortfolioFilter:
        """Without a year the usual one."""
        self.full_clean()
        found: dict[str, Any] = getattr(self, "cleaned_data", {})
        return PortfolioFilter(
            year=int(found.get("year") or self.seen.usual_year()),
            state=found.get("state", ""),
            responsible=int(found["responsible"]) if found.get("responsible") else None,
            text=found.get("text", ""),
            only_findings=found.get("findings", False),
            deviation_over=found.get("deviation"),
        )

    def complaints(self) -> list[str]:
        """One sentence for everything that was typed or linked and is not used."""
        return [
            f"{self.fields[name].label}: {error} Цю умову не враховано."
            for name, errors in self.errors.items()
            for error in errors
        ]

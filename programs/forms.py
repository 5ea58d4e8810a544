"""Form fields and widgets that read and show numbers and terms as clerks write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from . import textforms
from .textforms import TextFormError


class CleanCharField(forms.CharField):
    """A text without signs nobody can see, its lines ended alike: see `textforms.clean_text`."""

    def to_python(self, value: Any) -> Any:
        cleaned = super().to_python(value)
        return textforms.clean_text(cleaned) if isinstance(cleaned, str) else cleaned


class UkrainianDecimalInput(forms.TextInput):
    """A right-aligned text input: browsers' number inputs refuse «1 234,5»."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "class": "amount", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal):
            return textforms.format_decimal_in_full(value)
        return value


class UkrainianDecimalFormField(forms.DecimalField):
    widget = UkrainianDecimalInput

    # The stubs derive Django's DecimalField from IntegerField.
    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value is None or isinstance(value, Decimal):
            return value
        decimals = textforms.MONEY_DECIMALS if self.decimal_places is None else self.decimal_places
        try:
            return textforms.parse_decimal(str(value), decimals=decimals)
        except TextFormError as error:
            raise ValidationError(str(error), code="number") from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

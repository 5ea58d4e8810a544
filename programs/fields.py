"""Model fields of the field: a term as a set of years, money to the kopeck."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from . import textforms
from .textforms import Term, TextFormError

if TYPE_CHECKING:
    _TermColumn = models.CharField[Term | str, Term]
    _TextColumn = models.CharField[str, str]
else:
    _TermColumn = _TextColumn = models.CharField


class TermField(_TermColumn):
    """A `Term`, stored as it prints: «2020-2025», «2021, 2023»."""

    description = "Set of years"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Term | None:
        return Term.parse(value) if value else None

    def to_python(self, value: Any) -> Term | None:
        if value is None or isinstance(value, Term):
            return value
        if not str(value).strip():
            return None
        try:
            return Term.parse(str(value))
        except TextFormError as error:
            raise ValidationError(str(error), code="term") from error

    def run_validators(self, value: Any) -> None:
        # They measure text, and a Term has no length.
        super().run_validators(value if value is None else str(value))

    def get_prep_value(self, value: Any) -> str:
        return str(self.to_python(value) or "")

    def value_from_object(self, obj: models.Model) -> Any:
        """The text: what a form was opened with is compared with what was typed."""
        return self.get_prep_value(super().value_from_object(obj))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class UkrainianDecimalField(models.DecimalField):
    """A non-negative number typed the Ukrainian way wherever a form offers it."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return textforms.parse_decimal(value, decimals=self.decimal_places)
            except TextFormError as error:
                raise ValidationError(str(error), code="number") from error
        return super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        from .forms import UkrainianDecimalFormField

        return super().formfield(**{"form_class": UkrainianDecimalFormField, **kwargs})


class MoneyField(UkrainianDecimalField):
    """An amount in тис. грн to the kopeck: numeric(15,5), never negative."""

    description = "Thousand hryvnias"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = textforms.MONEY_WHOLE_DIGITS + textforms.MONEY_DECIMALS
        kwargs["decimal_places"] = textforms.MONEY_DECIMALS
        kwargs.setdefault("validators", [MinValueValidator(0, "Сума не може бути від’ємною.")])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_digits", "decimal_places", "validators"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs


class PercentField(UkrainianDecimalField):
    """A percent with one decimal, as the form prints it; over 100 is allowed."""

    description = "Percent"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 7
        kwargs["decimal_places"] = 1
        kwargs.setdefault("validators", [MinValueValidator(0, "Відсоток не може бути від’ємним.")])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_digits", "decimal_places", "validators"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs


class LinkField(models.URLField):
    """A link; typed without a scheme it is https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


class TaxNumberField(_TextColumn):
    """РНОКПП of a person; of somebody without one, the passport's number, as certificates say it."""

    description = "Tax number of a person"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"verbose_name": "РНОКПП", "max_length": 10, "blank": True, "default": ""}
        kwargs["validators"] = [
            RegexValidator(
                r"^(\d{9,10}|[А-ЯҐЄІЇ]{2}\d{6})$",
                "РНОКПП складається з десяти цифр; замість нього може бути номер паспорта: "
                "дві літери й шість цифр або дев’ять цифр.",
            )
        ]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("verbose_name", "max_length", "blank", "default", "validators"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs

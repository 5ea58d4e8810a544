"""What several models share."""

from collections.abc import Iterable

from django.db import models


class Versioned(models.Model):
    """Counts its saves, so that a form opened before somebody else's save is recognised as stale."""

    version = models.PositiveIntegerField("версія", default=1, editable=False)

    class Meta:
        abstract = True


def never_negative(model: str, facts: Iterable[str]) -> list[models.CheckConstraint]:
    """One constraint a money fact; blanks pass."""
    return [
        models.CheckConstraint(
            name=f"{model}_{fact}_not_negative",
            condition=models.Q(**{f"{fact}__isnull": True}) | models.Q(**{f"{fact}__gte": 0}),
            violation_error_message="Сума не може бути від’ємною.",
        )
        for fact in facts
    ]


def stamped_in_pairs(name: str, moment: str, person: str) -> models.CheckConstraint:
    """Who and when come together or not at all."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{moment}__isnull": True, f"{person}__isnull": True})
        | models.Q(**{f"{moment}__isnull": False, f"{person}__isnull": False}),
    )

"""What several models share."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import models

from .. import textforms


class Versioned(models.Model):
    """Counts its saves, so that a form opened before somebody else's save is recognised as stale."""

    version = models.PositiveIntegerField("версія", default=1, editable=False)

    class Meta:
        abstract = True


class Searched(models.Model):
    """Keeps beside one of its texts the key by which search finds it; its manager is a SearchedQuerySet.

    Whoever writes the text by the model or by its queryset, in bulk or not, need not think of the key.
    """

    searched_text: ClassVar[str]
    """Name of the field whose text is found."""

    search_key = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        named = kwargs.get("update_fields")
        if named is not None and self.searched_text in named:
            kwargs["update_fields"] = {*named, "search_key"}
        if self.searched_text not in self.get_deferred_fields():
            self.take_search_key()
        super().save(*args, **kwargs)

    def take_search_key(self) -> None:
        self.search_key = textforms.search_key(getattr(self, self.searched_text))


SearchedModel = TypeVar("SearchedModel", bound=Searched)


class SearchedQuerySet(models.QuerySet[SearchedModel]):
    """Bulk writes pass by `save()`: here they take the key along."""

    def bulk_create(self, objs: Iterable[SearchedModel], *args: Any, **kwargs: Any) -> list[SearchedModel]:
        rows = list(objs)
        for row in rows:
            row.take_search_key()
        if named := kwargs.get("update_fields"):
            kwargs["update_fields"] = self._with_key(named)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(
        self, objs: Iterable[SearchedModel], fields: Iterable[str], *args: Any, **kwargs: Any
    ) -> int:
        rows, named = list(objs), self._with_key(fields)
        if "search_key" in named:
            for row in rows:
                row.take_search_key()
        return super().bulk_update(rows, named, *args, **kwargs)

    def update(self, **values: Any) -> int:
        text = values.get(self.model.searched_text)
        if text is not None and "search_key" not in values:
            if not isinstance(text, str):
                raise TypeError("The database cannot fold a text it makes itself: write it row by row.")
            values["search_key"] = textforms.search_key(text)
        return super().update(**values)

    def _with_key(self, named: Iterable[str]) -> Sequence[str]:
        names = list(named)
        return [*names, "search_key"] if self.model.searched_text in names else names


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

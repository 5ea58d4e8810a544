"""Executors that the portal knows, for names in a file to be matched with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..models import Executor, ExecutorAlias
from ..textforms import search_key


@dataclass(frozen=True)
class Bodies:
    names: Mapping[int, str]
    """By id, in alphabetical order."""
    active: Mapping[int, str]
    """Those of them that a person may choose."""
    spellings: Mapping[str, int]
    """From the search key of every spelling and full name for documents, of inactive ones too."""

    @classmethod
    def all(cls) -> Bodies:
        """Two queries."""
        rows = list(Executor.objects.values_list("pk", "name", "is_active", "official_name"))
        officials = {search_key(official): pk for pk, _, _, official in rows if official}
        return cls(
            names={pk: name for pk, name, _, _ in rows},
            active={pk: name for pk, name, is_active, _ in rows if is_active},
            spellings=officials | dict(ExecutorAlias.objects.values_list("search_key", "executor_id")),
        )

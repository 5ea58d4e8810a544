"""The small files that describe the tables, by their addresses."""

from __future__ import annotations

import calendar
import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .describing import as_json, datapackage, dictionary, dictionary_csv
from .files import CONTENT_TYPES
from .openapi import openapi
from .schema import Dataset, dataset


@dataclass(frozen=True)
class Document:
    name: str
    content_type: str
    content: bytes
    dated: datetime.date
    """As the schema says of itself."""

    @property
    def stamp(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:40]

    @property
    def changed_at(self) -> int:
        return calendar.timegm(self.dated.timetuple())


DOCUMENTS: Mapping[str, Callable[[Dataset], bytes]] = {
    "dictionary.json": lambda about: as_json(dictionary(about)),
    "dictionary.csv": dictionary_csv,
    "datapackage.json": lambda about: as_json(datapackage(about)),
    "openapi.json": lambda about: as_json(openapi(about)),
}


def find_document(name: str) -> Document | None:
    made = DOCUMENTS.get(name)
    if made is None:
        return None
    about = dataset()
    return Document(name, CONTENT_TYPES[name.rpartition(".")[2]], made(about), about.dated)

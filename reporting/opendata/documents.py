"""The small files that describe the tables, by their addresses."""

from __future__ import annotations

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

    @property
    def stamp(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:40]


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
    return Document(name, CONTENT_TYPES[name.rpartition(".")[2]], made(dataset()))

"""Where people live or hide, and when they were born."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from .places import Span

_STREET = (
    r"(?i:вул(?:\.|иц\w{1,3})|просп(?:\.|ект\w{0,3})|пр-т\w{0,3}|пров(?:\.|ул\w{1,4})|бульв(?:\.|ар\w{0,3})|б-р|"
    r"майдан\w{0,3}|площ[аіу]|пл\.|шосе|узв(?:\.|із|оз\w{1,3})|набережн\w{1,3}|тупик\w{0,3}|проїзд\w{0,3}|"
    r"мікрорайон\w{0,3}|м-н)"
    r"\s?[«\"]?(?:(?:ім\.|імені)\s?)?(?:\d{1,3}(?:-\w{1,3})?\s)?[А-ЯІЇЄҐ][^,;\n()\d]{1,45}?"
)
_HOUSE = (
    r"(?:\s?,)?\s?(?:буд(?:\.|ин\w{1,4})|б\.)?\s?№?\s?(?!(?:19|20)\d\d)\d{1,3}"
    r"(?:[\s-]?[а-яіїєґА-ЯІЇЄҐ](?!\w)|/\d{1,3})?(?!\d|[.]\d)"
)
# «На площі Перемоги 10 травня» and «по вул. Київській 25 дерев» have no house.
_NO_COUNT = (
    r"(?!\s?(?:січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|черг|дерев|кущ|саджан|зупин|тис|"
    r"млн|км|кв\. ?м|м\b|п\. ?м|шт|од\.|світильн|опор|ламп|люк|лав|контейнер|об'єкт|будин|ділян|місц|заход|"
    r"особ|осіб|люд|рік|рок|р\.|поверх|під'їзд)\w{0,6})"
)
_ADDRESS = re.compile(
    rf"(?<!\w){_STREET}{_HOUSE}{_NO_COUNT}(?:\s?,?\s?(?:кв|кім)\w{{0,6}}\.?\s?№?\s?\d{{1,4}})?"
    rf"|(?<!\w)(?:буд\.|будин\w{{1,3}} №|кв\.|квартир\w{{1,3}}(?: №)?)\s?\d{{1,3}}(?!\d|\s?кв){_NO_COUNT}"
)
_STREET_ALONE = re.compile(rf"(?<!\w){_STREET}(?=[\s,.;)]|$)")
_BIRTH = re.compile(
    r"дат\w{1,4} народження|(?<!\w)народ(?:ив|ила)(?:ся|сь)|(?<!\w)(?:\d{1,2}\.\d{1,2}\.)?\d{4}\s?"
    r"(?:р(?:\.|оку)?\s?)?(?:н\.|нар\.|народження)|(?<!\w)р\.\s?н\.",
    re.IGNORECASE,
)
_SHELTER = re.compile(
    r"(?<!\w)(?:кризов\w{1,4} (?:кімнат\w{1,3}|центр\w{0,3})|притул(?:ок|к\w{1,3})|шелтер\w{0,3}|"
    r"захищен\w{1,4} житл\w{1,3})(?! для (?:безпритульних )?(?:тварин|собак|кот))",
    re.IGNORECASE,
)
_SOMEWHERE = re.compile(
    r"(?<!\w)(?:за адресою|розташован\w{1,4}|розміщен\w{1,4}|знаходиться|[ув] приміщенн\w{1,3}|"
    r"на базі|[Пп]ри [А-ЯІЇЄҐ]\w)"
)


def addresses(text: str) -> Iterator[Span]:
    return (match.span() for match in _ADDRESS.finditer(text))


def births(text: str) -> Iterator[Span]:
    return (match.span() for match in _BIRTH.finditer(text))


def shelters(text: str, found: Collection[Span]) -> Iterator[Span]:
    """Words for a refuge where the same text tells where it is; `found` are its addresses."""
    if found or _STREET_ALONE.search(text) or _SOMEWHERE.search(text):
        for match in _SHELTER.finditer(text):
            yield match.span()

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
# A street that nobody calls one: «на Київській, 12».
_BARE = (
    r"[А-ЯІЇЄҐ][а-яіїєґ'-]{2,30},?\s(?!(?:19|20)\d\d)[1-9]\d{0,2}(?:-?[а-яіїєґА-ЯІЇЄҐ](?!\w)|/\d{1,3})?"
    rf"(?![\w%№-]|[.,:]\d|\s\d){_NO_COUNT}"
    r"(?!\s(?:жін|чолов|діт|дит|родин|сім|постражд|потерп|клієнт|громад|послуг|випад|ліж|консульт|зверн|грн|грив|"
    r"год|ден|дн|місяц|тижд|тижн|кімнат|праців|фах|псих|спец|раз|відсот|занят|тренінг|заклад|установ|орган|"
    r"внутр|ВПО|гектар|га\b))"
)
_LIVES = re.compile(
    r"(?<!\w)(?:[Пп]рожива(?:є|ють|в|ла|ли|ючи)|[Мм]ешка(?:є|ють|в|ла|ли)|[Жж]ив(?:е|уть)|"
    r"[Зз]ареєстрован(?:ий|а|ого|ої|ій|ому))"
    rf"\s(?:на|по|[ув])\s(?:(?:м\.\s?)?[А-ЯІЇЄҐ][\w'-]{{2,30}},\s)?(?P<home>(?:[А-ЯІЇЄҐ][\w'-]{{2,30}}\s)?{_BARE})"
)
_UNBROKEN = r"(?:[^.;!?\n]|(?<=\s[мМ])\.|(?<=\s[А-ЯІЇЄҐ])\.){0,60}?"
_BARE_AFTER = re.compile(rf"{_UNBROKEN}(?<![\w'-]){_BARE}")
_BARE_BEFORE = re.compile(rf"(?<!\w)(?:[Нн]а|[Пп]о)\s{_BARE}[^.;!?\n]{{0,60}}$")
NEAR = 90
"""Signs before a word for a refuge in which such a street stands."""
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
    yield from (match.span() for match in _ADDRESS.finditer(text))
    yield from (match.span("home") for match in _LIVES.finditer(text))


def births(text: str) -> Iterator[Span]:
    return (match.span() for match in _BIRTH.finditer(text))


def shelters(text: str, found: Collection[Span]) -> Iterator[Span]:
    """Words for a refuge where the same text tells where it is; `found` are its addresses."""
    told = bool(found or _STREET_ALONE.search(text) or _SOMEWHERE.search(text))
    for match in _SHELTER.finditer(text):
        start, end = match.span()
        if told or _BARE_AFTER.match(text, end) or _BARE_BEFORE.search(text[max(0, start - NEAR) : start]):
            yield start, end

"""People by name, but for those whose name is no secret: officials, and whom streets are called after."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..textforms import search_key
from .given_names import is_given_name
from .places import Span, first_of_each

_UPPER, _LOWER = "А-ЯІЇЄҐ", "а-яіїєґ"
_NAME = rf"[{_UPPER}](?:[{_LOWER}'-]{{1,30}}|[{_UPPER}'-]{{1,30}})"
_START = r"(?<![\w'-])"
_PATRONYMIC = (
    rf"[{_UPPER}][{_LOWER}']{{0,20}}(?:ович|йович|івн|ївн|їч|кузьмич|лукич|ілліч)(?:а|у|ем|еві|ові|і|ою|о)?"
    rf"|[{_UPPER}']{{1,20}}(?:ОВИЧ|ІВН|ЇВН|ЇЧ)(?:А|У|ЕМ|ЕВІ|ОВІ|І|ОЮ|О)?"
)
_INITIAL = rf"[{_UPPER}]\."
_FULL = re.compile(rf"{_START}{_NAME}\s(?:{_NAME}\s)?(?:{_PATRONYMIC})(?!\w)(?:\s{_NAME})?")
_WITH_INITIALS = re.compile(
    rf"{_START}(?:{_INITIAL}\s?(?:{_INITIAL}\s?)?{_NAME}|{_NAME}\s{_INITIAL}(?:\s?{_INITIAL})?)(?!\w)"
)
_PAIR = re.compile(rf"{_START}(?=(?P<first>{_NAME})\s(?P<second>{_NAME})(?!\w))")
_SURNAME = re.compile(
    r"(?:енк|чук|юк|ук|ськ|цьк|зьк|ишин|ак|як|ик|ець|ко|ів|їв|ин|ін|ич)"
    r"(?:а|у|ові|ом|ою|ий|ої|ого|ому|ій|им|о|и|і|ів|ам)?$",
    re.IGNORECASE,
)
# Words for places and things end so too: asked only of a word before a given name.
_OV = re.compile(
    r"(?!київ|києв|харков|львов|бердичев|чуднов|основ|здоров|церков|умов|промов|віднов|понов)"
    r"[а-яіїєґ'-]{2,30}(?:ов|ев|єв)(?:а|у|ої|ій|ою|им|і|ові)?",
    re.IGNORECASE,
)
_ENKO = re.compile(rf"{_START}[{_UPPER}][{_LOWER}']{{2,20}}енк(?:о|а|у|ом|ові|ів|ам)(?!\w)")
_WORD = re.compile(rf"{_START}{_NAME}(?!\w)")
_BY_WORD = re.compile(
    rf"(?<!\w)(?:[Пп]ан(?:і|у|а|ом|ові)?|[Гг]р\.|[Гг]р-н\w{{0,2}}|[Гг]р-к\w{{1,2}}|[Гг]ромадян(?:ин\w{{0,3}}|к\w{{1,2}}|ці)|"
    rf"[Сс]ім'(?:я|ї|ю|єю)|[Рр]один(?:а|и|і|у|ою)|[Пп]одружж\w|[Мм]ешкан(?:ець|ц\w{{1,2}}|к\w{{1,2}})|"
    rf"[Пп]енсіонер\w{{0,2}})\s(?P<name>{_NAME})(?!\w)(?P<next>\s[{_LOWER}]{{0,12}})?"
)
# «Мешканець Корольовського району», «родина Захисника», «громадянка України» name nobody.
_NO_NAME = re.compile(r"захи|геро|україн|воїн|ветеран|військов|небес|азов|зсу|житомир|житель", re.IGNORECASE)
_OF_PLACE = re.compile(r"\s(?:район|област|громад|міськ|селищ|сільськ|отг|тг|майдан|вул|бульв)")

_POST = (
    r"голов[аиіуою]|міськ\w+ голов\w+|начальни\w+|директор\w*|заступни\w+|депутат\w*|секретар\w*|"
    r"керівни\w+|керуюч\w+|завідувач\w*|завідуюч\w+|міністр\w*|старост\w+|спеціаліст\w*|президент\w*|посол|посл\w+|"
    r"уповноважен\w+|інспектор\w*|прокурор\w*|суддя|судді"
)
_AFTER_POST = re.compile(rf"(?<!\w)(?:{_POST})(?:\s[^\s.;:!?]+){{0,6}}\s?$", re.IGNORECASE)
_BEFORE_POST = re.compile(rf"^\s?[,(-]\s?(?:в\.\s?о\.\s?)?(?:{_POST})(?!\w)", re.IGNORECASE)
# Streets, schools and prizes are called after people who are nobody's secret.
_NAMESAKE = re.compile(
    r"(?:імені|ім\.|вул\.|вулиц\w+|просп\.|проспект\w*|пров\.|провул\w+|бульвар\w*|б-р|площ\w+|пл\.|скве\w+|"
    r"парк\w*|премі\w+|фонд\w*|пам'ят\w*|свят\w+|дн\w+|річч\w+|річниц\w+|народження|творч\w+|вистав\w+)"
    rf"\s?[«\"]?\s?(?:[{_UPPER}][\w.'-]*\s)?$",
    re.IGNORECASE,
)
BEFORE, AFTER = 120, 60
"""Signs around a name in which its post stands."""


def private_names(text: str, officials: Collection[str]) -> Iterator[Span]:
    known = [set(search_key(name).split()) for name in officials]
    spans = [match.span() for pattern in (_FULL, _WITH_INITIALS) for match in pattern.finditer(text)]
    spans += [
        (match.start("first"), match.end("second"))
        for match in _PAIR.finditer(text)
        if _is_pair(match["first"], match["second"])
    ]
    spans += [match.span("name") for match in _BY_WORD.finditer(text) if _is_somebody(match)]
    spans += [match.span() for match in _ENKO.finditer(text)]
    last = 0
    for start, end in sorted(first_of_each(spans, len(text))):
        # A post is its bearer's, not that of whoever is named next.
        if not _is_public_person(text, max(last, start - BEFORE), start, end, known):
            yield start, end
        last = end


def given_names(text: str) -> Iterator[Span]:
    """Alone or not: alone they are too many other things to be told of for themselves."""
    return (match.span() for match in _WORD.finditer(text) if is_given_name(match[0]))


def _is_pair(first: str, second: str) -> bool:
    """A given name with whatever follows it, or a word that ends like a surname with a given name."""
    if is_given_name(first):
        return not is_given_name(second) or bool(_SURNAME.search(second))
    return is_given_name(second) and bool(_SURNAME.search(first) or _OV.fullmatch(first))


def _is_somebody(match: re.Match[str]) -> bool:
    """Whether the word after «родина», «пані» and the like is a name."""
    name = match["name"]
    if _NO_NAME.match(name) or _OF_PLACE.match(match["next"] or ""):
        return False
    return is_given_name(name) or bool(_SURNAME.search(name))


def _is_public_person(text: str, since: int, start: int, end: int, known: list[set[str]]) -> bool:
    """`since`: from where on a post may be the person's."""
    before, after = text[since:start], text[end : end + AFTER]
    words = set(search_key(text[start:end]).split())
    return (
        any(words <= name for name in known)
        or bool(_AFTER_POST.search(before))
        or bool(_BEFORE_POST.search(after))
        or bool(_NAMESAKE.search(text[max(0, start - BEFORE) : start]))
    )

"""The door: everything sensitive in a text, and why it is.

A warning list for a person, never a verdict: it may find too much, and what it does not find may still be
private. Tuned to the prose of reports, where dates, resolutions and names of institutions abound.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from ..enums import SensitiveKind
from .few_people import FEW, few_people, single_people
from .numbers import numbers
from .places import Place, Span
from .private_names import given_names, private_names
from .reading import read
from .whereabouts import addresses, births, shelters

WHY = {
    SensitiveKind.FEW_PEOPLE: (
        "Коли людей мало, їх легко впізнати, і тоді це вже персональні дані. Можна написати «менше "
        f"{FEW} осіб» або не називати кількості."
    ),
    SensitiveKind.HEALTH: (
        "Дані про здоров’я закон захищає особливо: їх не оприлюднюють разом з ознаками, за якими людину "
        "можна впізнати."
    ),
    SensitiveKind.PERSON: (
        "Ім’я приватної особи оприлюднюють за її згодою або коли так велить закон. Посадовців у зв’язку з "
        "їхньою роботою і тих, хто отримав бюджетні кошти, називати можна."
    ),
    SensitiveKind.PHONE: "Номер може належати людині. Гаряча лінія чи телефон установи може лишитися.",
    SensitiveKind.EMAIL: "Скринька може належати людині. Офіційна скринька установи може лишитися.",
    SensitiveKind.ADDRESS: "Адреса житла належить до персональних даних. Адреса установи може лишитися.",
    SensitiveKind.SHELTER: (
        "Місце, де переховуються постраждалі від насильства, не розголошують: від цього залежить їхня "
        "безпека."
    ),
    SensitiveKind.BIRTH: "Дата народження належить до персональних даних: за нею людину легко знайти.",
    SensitiveKind.TAX_NUMBER: "Номер платника податків (РНОКПП) належить до персональних даних.",
    SensitiveKind.IDENTITY_PAPER: "Номер посвідчення належить до персональних даних.",
    SensitiveKind.BANK_ACCOUNT: (
        "Рахунок чи картка людини належить до персональних даних. Рахунок установи може лишитися."
    ),
}

_HEALTH = re.compile(
    r"(?<!\w)(?:діагноз|захворюван|інвалідн|туберкульоз|онколог|онкохвор|психіатр|психічн|наркозалежн|алкозалежн|"
    r"алкогольн\w{1,4} залежн|вагітн|аутизм|епілеп|гепатит|поранен|травм(?!ато)|госпіталіз|лікуванн|"
    r"каліцтв|шизофрен|деменці)\w{0,12}|(?<!\w)(?:ВІЛ|СНІД|ДЦП)(?!\w)",
    re.IGNORECASE,
)
NEAR, BESIDE = 80, 25
"""Signs between a word about health and people: few or named, and one whom nobody counted."""


def sensitive_places(text: str, *, officials: Iterable[str] = ()) -> list[Place]:
    """In the order of the text. `officials`: names printed with their posts, which are no private persons."""
    reading = read(text)
    plain = reading.text
    few, named = list(few_people(plain)), list(private_names(plain, list(officials)))
    alone = [*single_people(plain), *given_names(plain)]
    homes = list(addresses(plain))
    found = {
        *numbers(plain),
        *(
            Place(*span, kind)
            for kind, spans in (
                (SensitiveKind.FEW_PEOPLE, few),
                (SensitiveKind.PERSON, named),
                (SensitiveKind.ADDRESS, homes),
                (SensitiveKind.BIRTH, births(plain)),
                (SensitiveKind.SHELTER, shelters(plain, homes)),
                (SensitiveKind.HEALTH, _health(plain, [*few, *named], NEAR)),
                (SensitiveKind.HEALTH, _health(plain, alone, BESIDE)),
            )
            for span in spans
        ),
    }
    return sorted(Place(*reading.original(one.start, one.end), one.kind) for one in found)


def _health(text: str, people: Sequence[Span], near: int) -> Iterator[Span]:
    """The first word about health near each mention of somebody."""
    words = [match.span() for match in _HEALTH.finditer(text)]
    ends = [end for _, end in words]
    for start, end in people:
        for word in words[bisect_right(ends, start - near) :][:1]:
            if word[0] < end + near:
                yield word

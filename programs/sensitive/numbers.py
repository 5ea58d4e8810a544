"""Numbers of people: telephones, papers, accounts; and addresses of the net."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..enums import SensitiveKind
from .places import Place, Taken

_GAP = r"[\s.-]{0,3}"
_LETTERS = "[А-ЯІЇЄҐABCEHIKMOPTX]{2}"
_NUMBERS: dict[SensitiveKind, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        SensitiveKind.BANK_ACCOUNT: (
            r"(?<!\w)UA\s?\d{2}(?:\s?\d){25}(?!\d)|(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?![ -]?\d)"
        ),
        SensitiveKind.EMAIL: r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
        SensitiveKind.PHONE: (
            # Lines that begin with 0 800 belong to nobody.
            rf"(?<![\w.,])(?<!\d\s)(?!\+?(?:38)?{_GAP}\(?0{_GAP}800)"
            rf"(?:\+?3{_GAP}8{_GAP})?\(?0{_GAP}\d{{2}}\)?{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"
            rf"|(?<![\w.,])0\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"
            rf"|(?<!\d)\(0\d{{3,4}}\){_GAP}\d{{1,3}}{_GAP}\d{{2}}(?:{_GAP}\d{{2}})?(?!\d)"
            rf"|(?<!\w)[Тт]ел(?:\.|еф\w{{0,8}}\.?)?[\s:№]{{0,3}}(?!0)\d{{1,3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"
            # The town's own numbers of six digits, as they are written.
            r"|(?<![\w.,/№-])(?<!№\s)[2-9]\d-\d{2}-\d{2}(?![\d/-])"
        ),
        SensitiveKind.IDENTITY_PAPER: (
            r"(?<!\w)(?:[Пп]аспорт|[Пп]освідченн|[Сс]відоцтв)\w{0,6}(?:\s[\w.]{1,20}){0,3}?"
            rf"\s?(?:№\s?|{_LETTERS}\s?№?\s?)\d{{6,9}}"
            r"|(?<!\w)(?:ID|ІД)-?карт\w{0,4}[^\d\n]{1,15}\d{9}(?!\d)"
            rf"|(?<!\w){_LETTERS}\s?№?\s?\d{{6}}(?!\d)|(?<!\d)\d{{8}}-\d{{5}}(?!\d)"
        ),
        SensitiveKind.TAX_NUMBER: r"(?<![\w.,/-])\d{10}(?![\d/-])(?![.,]\d)",
    }.items()
}


def numbers(text: str) -> Iterator[Place]:
    """A number is one thing: what the first pattern takes, the next ones leave."""
    taken = Taken(len(text))
    for kind, pattern in _NUMBERS.items():
        for match in pattern.finditer(text):
            if taken.take(*match.span()):
                yield Place(*match.span(), kind)

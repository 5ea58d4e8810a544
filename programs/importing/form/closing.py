"""What stands under the form's measures: totals, lines of funds, signatures. No ORM."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...textforms import search_key

_TOTAL = re.compile(r"(у ?сього|в ?сього|разом|загалом|підсум\w*|загальна сума)\b")
_OF_TASK = re.compile(r"завдан|розділ|напрям")
_FUND = re.compile(
    r"((у|в) ?т\.? ?ч\.?|(у|в) тому числі|з них|із них)\b|((за рахунок|з|із|зі|по|кошти|кошт) )*"
    r"((загальн|спеціальн)\w* фонд|фонд розвитку|(державн|обласн|міськ|місцев|районн)\w* бюджет"
    r"|бюджет (громади|розвитку|міста)|інш(і|их) джерел|субвенц|грант|позабюджетн|небюджетн|спецфонд"
    r"|власн(і|их) надходжен|кошти)"
)
_ONLY_OF_WHICH = re.compile(r"((у|в) ?т\.? ?ч\.?|(у|в) тому числі|з них|із них)\s*:?")

_UPPER, _LOWER = "А-ЯІЇЄҐ", "а-яіїєґ'’ʼ"
_SURNAME = rf"[{_UPPER}][{_UPPER}'’ʼ]+(?:-[{_UPPER}'’ʼ]+)?"
_PLAIN_SURNAME = rf"[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?"
_INITIALS = rf"[{_UPPER}]\.\s?(?:[{_UPPER}]\.)?"
_NAME = re.compile(
    rf"(?P<name>[{_UPPER}][{_LOWER}]+\s+{_SURNAME}|{_INITIALS}\s?(?:{_SURNAME}|{_PLAIN_SURNAME})"
    rf"|(?:{_SURNAME}|{_PLAIN_SURNAME})\s+{_INITIALS})\s*$"
)
_NO_PART_OF_A_POST = re.compile(
    r"_{2,}|\((?:підпис|ініціали|власне ім|прізвище)[^)]*\)|\bМ\.?\s?П\.?(?!\w)|^\s*/|/\s*$"
)
_LONGEST_POST = 300
_LONGEST_NAME = 80


def is_total(label: str) -> bool:
    return _TOTAL.match(search_key(label[:_LONGEST_POST])) is not None


def is_subtotal(label: str) -> bool:
    """«Разом по завданню 1»."""
    return is_total(label) and _OF_TASK.search(search_key(label)) is not None


def is_fund(label: str) -> bool:
    """«з загального фонду», «у т.ч. кошти місцевого бюджету»."""
    return _FUND.match(search_key(label[:_LONGEST_POST])) is not None


def is_only_of_which(label: str) -> bool:
    return _ONLY_OF_WHICH.fullmatch(search_key(label)) is not None


def ends_with_name(text: str) -> bool:
    return _NAME.search(text.strip()[-_LONGEST_NAME:]) is not None


def is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and _NAME.match(text.strip()) is not None


def read_signatures(lines: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    """Posts and names, of lines given as their cells: a post may take several, its name stands last."""
    found: list[tuple[str, str]] = []
    post: list[str] = []
    for cells in lines:
        for cell in cells:
            if len(cell) > _LONGEST_POST:
                post = []
                continue
            text = " ".join(_NO_PART_OF_A_POST.sub(" ", cell).split())
            match = _NAME.search(text)
            if match is None:
                post.append(text)
                continue
            whole = " ".join([*post, text[: match.start()]]).split()
            found.append((" ".join(whole), " ".join(match["name"].split())))
            post = []
    return found


def signature_lines(lines: Sequence[str]) -> list[list[str]]:
    """Paragraphs of a text document that end with a name, each with the lines of its post before it."""
    found: list[list[str]] = []
    for place, line in enumerate(lines):
        if not ends_with_name(line):
            continue
        block = [line]
        first = place
        # A post begins with a capital letter; the lines it breaks into do not.
        while (is_name(line) or not block[0][:1].isupper()) and first > 0 and place - first < 3:
            first -= 1
            block.insert(0, lines[first].strip())
            if block[0][:1].isupper():
                break
        found.append(block)
    return found

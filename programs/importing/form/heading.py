"""The title block of the form: which programme, which year, whose report. No ORM."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from ...textforms import DASHES, FIRST_YEAR, LAST_YEAR, search_key
from .contents import ReadHeading

_DASH = f"[{DASHES}-]"
_YEARS = re.compile(
    rf"([0-9]{{4}})\s*{_DASH}\s*([0-9]{{4}})(?![.\d])|\bз\s+([0-9]{{4}})\s+(?:по|до)\s+([0-9]{{4}})",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(
    r"(?P<word>програм\w*)\s+(?P<title>(?:(?!програм)[^«»“”„\"0-9]){3,300}?)\s+на\s+[0-9]{4}", re.IGNORECASE
)
_ONE_YEAR = re.compile(r"\bна\s+([0-9]{4})\s*р", re.IGNORECASE)
_TERM_LINE = re.compile(r"(?:термін|строк)\w*\s+(?:реалізац|викон|дії)[^\n]*(?:\n[^\n]*)?", re.IGNORECASE)
_REPORTED = re.compile(
    rf"\b(?P<word>за|у|в)\s+(?:[^0-9«»\"\n]{{0,40}}\s)?(?P<year>[0-9]{{4}})(?!\s*{_DASH}\s*[0-9])\s*(?:р|$)",
    re.IGNORECASE | re.MULTILINE,
)

_MONTHS = (
    "січня", "лютого", "березня", "квітня", "травня", "червня",
    "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
)  # fmt: skip
_DATE = (
    r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"
    rf"|[«\"]?(?P<day_>[0-9]{{1,2}})[»\"]?\s+(?P<name>{'|'.join(_MONTHS)})\s+(?P<year_>[0-9]{{4}})"
)
_NUMBER = r"№\s*(?P<number>[^\s,;()«»\"№]+)"
_DECISIONS = (
    re.compile(rf"{_NUMBER}\s*,?\s*від\s+(?:{_DATE})", re.IGNORECASE),
    re.compile(rf"від\s+(?:{_DATE})\s*(?:року|рік|р\.?)?\s*,?\s*(?:за\s+)?{_NUMBER}", re.IGNORECASE),
)
# A title block is short; whoever fills it with a book is not read to the end.
_MOST_LINES, _LONGEST_LINE = 200, 1000

_OPENING, _CLOSING = "«“„", "»”"
_DEPARTMENT_WORDS = re.compile(
    r"(головне |комунальн\w+ )?(управління|департамент|відділ|служба|сектор|виконавчий комітет|апарат"
    r"|адміністрація|інспекція|центр|заклад|установа|підприємство|міський центр)\b"
)
_DEPARTMENT_LABEL = re.compile(
    r"^(?:відповідальн\w+ викон\w+|головн\w+ розпорядник\w*|розпорядник\w*)"
    rf"[^:\n]{{0,80}}?(?::|\s{_DASH})\s*(.+)$",
    re.IGNORECASE,
)


def read_heading(lines: Sequence[str]) -> tuple[ReadHeading, list[str]]:
    """Lines above the table, in order; and warnings about what stands there twice or cannot be."""
    lines = [line.strip()[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    text = "\n".join(lines)
    warnings: list[str] = []
    kind, title, after = _program(text)
    unquoted = ""
    if not title:
        kind, unquoted, after = _unquoted_program(text)
    decision_number, decision_date = _decision(text, warnings)
    start_year, end_year = _program_years(title or unquoted, after, text, warnings)
    return (
        ReadHeading(
            kind=kind,
            title=title,
            unquoted_title=unquoted,
            start_year=start_year,
            end_year=end_year,
            year=_reported_year(text, warnings),
            department=_department(lines),
            decision_number=decision_number,
            decision_date=decision_date,
        ),
        warnings,
    )


# --- the programme -----------------------------------------------------------------------


def _program(text: str) -> tuple[str, str, str]:
    """Kind, title without quotes, and what follows the title."""
    for match in re.finditer(r"програм\w*", text, re.IGNORECASE):
        opening = re.compile(r"[^«“„\"\n]{0,200}\n?[^«“„\"\n]{0,200}[«“„\"]").match(text, match.end())
        if opening is None:
            continue
        start = opening.end()
        end = _closing_quote(text, start)
        if end is None:
            continue
        return _kind(text, match.start(), start - 1), " ".join(text[start:end].split()), text[end + 1 :]
    return "", "", text


def _unquoted_program(text: str) -> tuple[str, str, str]:
    """As `_program`, of «Програми підтримки ветеранів на 2023-2025 роки»."""
    match = _UNQUOTED.search(text)
    if match is None:
        return "", "", text
    kind = _kind(text, match.start("word"), match.end("word"))
    return kind, " ".join(match["title"].split()), text[match.end("title") :]


def _closing_quote(text: str, start: int) -> int | None:
    """Of the quotation that begins at `start`; a nested one may share its closing sign."""
    limit = min(len(text), start + 1500)
    if text[start - 1] == '"':
        # Straight quotes cannot nest visibly: the last before the years, or on the line, closes.
        years = _YEARS.search(text, start, limit)
        stop = years.start() if years else text.find("\n", start)
        found = text.rfind('"', start, stop if stop > start else limit)
        return (
            found if found > start else (first if (first := text.find('"', start, limit)) > start else None)
        )
    depth = 1
    last = None
    for place in range(start, limit):
        if text[place] in _OPENING:
            depth += 1
        elif text[place] in _CLOSING:
            depth -= 1
            last = place
            if depth == 0:
                return place
        elif text[place] == "\n" and last is not None:
            break
    return None if last is None else last + 1


def _kind(text: str, program: int, quote: int) -> str:
    """«цільова соціальна програма», in the nominative, of the words around «програма» before the title."""
    before: list[str] = []
    for word in reversed(text[:program].split()):
        if not re.fullmatch(r"[\w'’ʼ-]+(?:а|я|ої|ої,|а,)", word) or re.search(
            r"(анн|енн|ац)[яії]", word.casefold()
        ):
            break
        before.insert(0, word)
    words = [*before, *text[program:quote].split()]
    return " ".join(_nominative(word) for word in words)


def _nominative(word: str) -> str:
    if re.fullmatch(r"програм[иіуою]+", word, re.IGNORECASE):
        return word[:7] + "а"
    return word.removesuffix("ої") + "а" if word.endswith("ої") else word


def _program_years(title: str, after: str, text: str, warnings: list[str]) -> tuple[int | None, int | None]:
    """Of the title, else of the line with the term; a warning where the two differ."""
    term = _TERM_LINE.search(text)
    of_title = _first_years(after.split("\n\n")[0][:60] if title else "") or _first_years(title)
    of_term = _first_years(term[0] if term else "")
    if of_title and of_term and of_title != of_term:
        warnings.append(
            f"Роки програми в назві {of_title[0]}-{of_title[1]}, "
            f"а термін реалізації {of_term[0]}-{of_term[1]}."
        )
    return of_title or of_term or (None, None)


def _first_years(text: str) -> tuple[int, int] | None:
    for match in _YEARS.finditer(text):
        first, last = (int(year) for year in match.groups() if year)
        if FIRST_YEAR <= first <= last <= LAST_YEAR:
            return first, last
    one = _ONE_YEAR.search(text)
    return (int(one[1]), int(one[1])) if one and FIRST_YEAR <= int(one[1]) <= LAST_YEAR else None


def _reported_year(text: str, warnings: list[str]) -> int | None:
    found = [(match["word"].casefold() != "за", int(match["year"])) for match in _REPORTED.finditer(text)]
    found = [one for one in found if FIRST_YEAR <= one[1] <= LAST_YEAR]
    # «за 2023 рік» says it; «у 2023 році» is only near to it.
    years = [year for is_weak, year in found if is_weak == min(found)[0]]
    if len(set(years)) > 1:
        warnings.append(
            f"У заголовку різні звітні роки: {', '.join(map(str, dict.fromkeys(years)))}. Узято {years[0]}."
        )
    return years[0] if years else None


# --- the department ----------------------------------------------------------------------


def _department(lines: Sequence[str]) -> str:
    for line in lines:
        if match := _DEPARTMENT_LABEL.match(line.strip()):
            return " ".join(match[1].split()).rstrip(".")
    for line in lines:
        if _DEPARTMENT_WORDS.match(search_key(line)) and "програм" not in search_key(line):
            return " ".join(line.split())
    return ""


# --- the decision ------------------------------------------------------------------------


def _decision(text: str, warnings: list[str]) -> tuple[str, datetime.date | None]:
    """The one that approves: the first that is named after «затверджено», else the first."""
    found = sorted(
        (match for wording in _DECISIONS for match in wording.finditer(text)), key=lambda match: match.start()
    )
    approved = re.search(r"затвердж", text, re.IGNORECASE)
    if approved:
        found.sort(key=lambda match: match.start() < approved.start())
    if not found:
        return "", None
    match = found[0]
    number = match["number"].rstrip(".")
    day, month, year = match["day"], match["month"], match["year"]
    if match["name"]:
        day, month, year = match["day_"], str(_MONTHS.index(match["name"].lower()) + 1), match["year_"]
    try:
        return number, datetime.date(int(year), int(month), int(day))
    except ValueError:
        warnings.append(f"Дати рішення {day}.{month}.{year} немає в календарі.")
        return number, None

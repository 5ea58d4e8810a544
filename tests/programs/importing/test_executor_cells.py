"""Whom a cell names: the real cells of 2023, and the ways of writing that they do not have."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.importing.form.executor_cells import split_executors
from programs.textforms import search_key

FIXTURES = Path(__file__).parents[3] / "fixtures"
EXECUTORS = json.loads((FIXTURES / "executors.json").read_text())
IDS = {executor["key"]: place for place, executor in enumerate(EXECUTORS, 1)}
KEYS = {place: key for key, place in IDS.items()}


def spellings(*fields: str) -> dict[str, int]:
    return {
        search_key(spelling): IDS[executor["key"]]
        for executor in EXECUTORS
        for field in fields
        for spelling in ([executor[field]] if isinstance(executor[field], str) else executor[field])
        if spelling
    }


KNOWN = spellings("name", "official_name", "aliases")
NAMES_ALONE = spellings("name", "official_name")
MEASURES = {
    f"{task['number']}.{measure['number']}": measure
    for task in json.loads((FIXTURES / "1688-2019-12-18" / "program.json").read_text())["tasks"]
    for measure in task["measures"]
}


def named(text: str, known: dict[str, int] = KNOWN) -> tuple[list[tuple[str, bool]], list[str]]:
    cell = split_executors(text, known)
    return [(KEYS[one.executor_id], one.by_consent) for one in cell.found], list(cell.unknown)


def expected(code: str) -> tuple[list[tuple[str, bool]], list[str]]:
    return [(one["executor"], one["by_consent"]) for one in MEASURES[code]["participations"]], []


@pytest.mark.parametrize("code", MEASURES)
def test_real_cells(code: str) -> None:
    assert named(MEASURES[code]["executors_text"]) == expected(code)


def test_real_cells_by_names_alone() -> None:
    """Only what is really worded in another way needs a spelling of its own."""
    differing = {
        code: named(measure["executors_text"], NAMES_ALONE)[1]
        for code, measure in MEASURES.items()
        if named(measure["executors_text"], NAMES_ALONE) != expected(code)
    }
    assert differing == {
        "3.3": ["інші виконавчі органи міської ради"],
        "3.9": ["управління по звязках з громадськістю міської ради"],
    }


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        # Words of the council in the middle, of no consequence.
        ("Управління міської ради у справах сім'ї, молоді та спорту", ["family-youth-sport"], []),
        ("Управління культури Житомирської міської ради", ["culture"], []),
        # Apostrophes and line breaks.
        ("управління охорони\nздоров`я", ["health"], []),
        ("Управління культури\nДепартамент освіти", ["culture", "education"], []),
        ("1. Управління культури;\n2) Департамент освіти", ["culture", "education"], []),
        # Groups.
        ("Департаменти: фінансів та освіти", ["finance", "education"], []),
        ("Департаменти фінансів, освіти міської ради", ["finance", "education"], []),
        ("Департаменти міської ради: фінансів, цифри", ["finance"], ["цифри"]),
        ("Департаменти міської ради:", [], ["Департаменти міської ради"]),
        ("Управління культури, охорони здоров’я", ["culture", "health"], []),
        ("Департаменти обласної ради: освіти, культури; Управління культури", ["culture"],
         ["Департаменти обласної ради", "освіти", "культури"]),
        ("Управління обласної ради культури", [], ["Управління обласної ради культури"]),
        ("Департамент освіти; Департаменти: фінансів, цифри", ["education", "finance"], ["цифри"]),
        # Councils of others.
        ("Департамент освіти обласної ради", [], ["Департамент освіти обласної ради"]),
        ("Департамент освіти Київської міської ради", [], ["Департамент освіти Київської міської ради"]),
        ("Департамент освіти Житомирської обласної ради, управління культури", ["culture"],
         ["Департамент освіти Житомирської обласної ради"]),
        ("Департамент освіти сільської ради", ["education"], []),
        # Names that go on are other bodies.
        ("Управління культури та туризму", [], ["Управління культури та туризму"]),
        ("Департамент освіти, науки та спорту", [], ["Департамент освіти, науки та спорту"]),
        ("Департамент освіти і науки (за згодою)", [], ["Департамент освіти і науки (за згодою)"]),
        ("Управління культури, молоді, спорту, управління охорони здоров’я", ["health"],
         ["Управління культури, молоді, спорту"]),
        ("Управління культури, охорони здоров’я та туризму", ["culture"], ["охорони здоров’я та туризму"]),
        ("Управління культури, волонтери та ДСНС", ["culture"], ["волонтери та ДСНС"]),
        ("Департамент освіти та навчальні заклади", ["education"], ["навчальні заклади"]),
        ("Департамент освіти, Прокуратура міста", ["education"], ["Прокуратура міста"]),
        # Links are nobody.
        ("Департамент освіти разом з громадські організації, інші", ["education", "ngos"], []),
        # Nobody known, and names that are only part of another.
        ("Управління ДСНС; Департамент освіти", ["education"], ["Управління ДСНС"]),
        ("Департамент освіти області", [], ["Департамент освіти області"]),
        ("спеціалісти управління культури", [], ["спеціалісти управління культури"]),
        # Abbreviations, quotations, brackets.
        ("Департамент соц. політики", [], ["Департамент соц. політики"]),
        ("Ліцей №25 м. Житомира, Центр ім. Т. Г. Шевченка", [],
         ["Ліцей №25 м. Житомира", "Центр ім. Т. Г. Шевченка"]),
        ("Департамент освіти. Управління культури. ДСНС. Клуб", ["education", "culture"], ["ДСНС", "Клуб"]),
        ("КНП «Лікарня №2»; КП «Зелене, місто»", [], ["КНП «Лікарня №2»", "КП «Зелене, місто»"]),
        ('КНП "Лікарня №2", «Мрія» клуб', [], ['КНП "Лікарня №2"', "«Мрія» клуб"]),
        ("Школа (філія, м. Житомир), ліцей", [], ["Школа (філія, м. Житомир)", "ліцей"]),
        ("КНП «Клуб «Рівність»»", [], ["КНП «Клуб «Рівність»»"]),
        ("Школа «не закрита, ліцей", [], ["Школа «не закрита", "ліцей"]),
        ("Управління культури (відповідальний), ліцей (співвиконавець)", ["culture"], ["ліцей"]),
        # Each once.
        ("Управління культури, управління культури", ["culture"], []),
        ("", [], []),
        (" ;,\n", [], []),
    ],
)  # fmt: skip
def test_cells(text: str, found: list[str], unknown: list[str]) -> None:
    assert named(text, NAMES_ALONE) == ([(key, False) for key in found], unknown)


def test_a_body_of_another_council_is_known_by_its_whole_name_alone() -> None:
    known = KNOWN | {
        search_key(name): len(IDS) + place
        for place, name in enumerate(["Служба автодоріг обласної ради", "Служба Київської міської ради"], 1)
    }
    texts = ["Служба автодоріг обласної ради", "Служба автодоріг", "Служба Київської міської ради",
             "Служба автодоріг міської ради"]  # fmt: skip
    assert [[one.executor_id - len(IDS) for one in split_executors(text, known).found] for text in texts] == [
        [1],
        [],
        [2],
        [],
    ]


@pytest.mark.parametrize(
    ("text", "by_consent", "unknown"),
    [
        ("Управління культури, громадські організації (за згодою)", [False, True], []),
        ("Управління культури та громадські організації (за згодою)", [True, True], []),
        ("Управління культури (за згодою), громадські організації", [True, False], []),
        ("Управління культури; волонтери ( за згодою )", [False], ["волонтери ( за згодою )"]),
        ("громадські організації за згодою", [True], []),
        ("(за згодою)", [], []),
    ],
)
def test_consent(text: str, by_consent: list[bool], unknown: list[str]) -> None:
    found, left = named(text)
    assert ([consent for _key, consent in found], left) == (by_consent, unknown)


def test_the_spelling_is_the_cells_own() -> None:
    (one,) = split_executors("Управління  культури\nміської ради;", KNOWN).found
    assert one.spelling == "Управління  культури\nміської ради"


PIECES = st.sampled_from(
    [*(spelling for spelling in KNOWN), "(за згодою)", "та", "інші", "Департаменти", "міської ради", ":", ";",
     ",", "\n", "волонтери", "Управління", "'", "’", "\u00a0"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=10).map(" ".join))
SAID_BY_OTHERS = {"за", "згодою", "та", "і", "й", "а", "також", "разом", "спільно", "з", "із", "зі", "інші",
                  "тощо", "усі", "всі", "міської", "ради", "департаменти", "управління"}  # fmt: skip


@given(TEXTS)
def test_no_word_is_lost(text: str) -> None:
    cell = split_executors(text, KNOWN)
    ids = [one.executor_id for one in cell.found]
    assert len(set(ids)) == len(ids)
    pieces = [*(one.spelling for one in cell.found), *cell.unknown]
    assert all(piece in text for piece in pieces)
    known = {word for spelling in KNOWN if KNOWN[spelling] in ids for word in re.findall(r"\w+", spelling)}
    kept = (
        {word for piece in pieces for word in re.findall(r"\w+", search_key(piece))} | known | SAID_BY_OTHERS
    )
    lost = set(re.findall(r"\w+", search_key(text))) - kept
    assert {word for word in lost if not word.isdigit() and word.strip("_")} == set()

"""Another city's words: what is wrong in its file is told with the place, before anything is printed."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from reporting.checks import wording
from reporting.wordings import WordingError, form_wording

OFFICIAL = settings.FORM_WORDING


def refusal(path: Path) -> str:
    with pytest.raises(WordingError) as refused:
        form_wording(path)
    return str(refused.value)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = OFFICIAL.read_text()
    assert old in text
    path = tmp_path / "words.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_the_official_words_are_in_order() -> None:
    assert form_wording(OFFICIAL)["heading"] == "Звіт"
    assert wording(None) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('heading = "Звіт"\n', "", "бракує тексту heading"),
        ('heading = "Звіт"\n', "heading = 7\n", "бракує тексту heading"),
        ("heading_lines = [", "other = [", "бракує переліку рядків heading_lines"),
        (
            "за {year} рік",
            "за {yaer} рік",
            "у heading_lines немає чого підставити в {yaer}, є {department}, {program}, {term}, {year}",
        ),
        (
            "{executor} (",
            "{executor.name} (",
            "у by_consent немає чого підставити в {executor.name}, є {executor}",
        ),
        ("за {year} рік", "за {year рік", "у heading_lines дужки без пари"),
        ("за {year} рік", "за {year:%Y} рік", "у heading_lines в дужках може бути лише назва"),
        ("margin_top = 12", "margin_top = -12", "бракує додатного числа sheet.margin_top"),
        ("margin_top = 12", "margin_top = nan", "бракує додатного числа sheet.margin_top"),
        ("margin_top = 12", "margin_top = 12\nmargin = 3", "невідоме sheet.margin"),
        (
            'key = "term"',
            'key = "terms"',
            "графа 4: немає показника «terms», є number, measure, content, term, executors, planned, actual, "
            "financed, computed_percent, stated_percent, percent, information",
        ),
        ('kind = "percent"', 'kind = "per cent"', "графа 9: kind може бути text, money, percent"),
        ('kind = "percent"', 'kind = "text"', "графа 9: показник «percent» є числом, а kind інший"),
        ('scope = "task"', 'scope = "page"', "графа 1: scope може бути task, measure"),
        ("width = 72", 'width = "72"', "графа 10: width має бути додатним числом"),
        ("width = 72", "width = 73", "графи завширшки 278.0 мм, а між берегами лише 277 мм"),
        ('heading = "Завдання"\n', "", "графа 2: бракує heading"),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, fault: str, tmp_path: Path) -> None:
    path = changed(tmp_path, old, new)
    assert refusal(path) == f"У файлі слів форми {path} помилки: {fault}."


def test_columns_of_the_task_come_first(tmp_path: Path) -> None:
    blocks = OFFICIAL.read_text().split("[[columns]]")
    path = tmp_path / "words.toml"
    path.write_text("[[columns]]".join([blocks[0], *reversed(blocks[1:])]))
    assert "спершу мають іти графи завдання" in refusal(path)


def test_a_form_without_figures_is_refused(tmp_path: Path) -> None:
    blocks = OFFICIAL.read_text().split("[[columns]]")
    path = tmp_path / "words.toml"
    path.write_text("[[columns]]".join(block for block in blocks if not re.search('money|percent"', block)))
    assert "хоча б одна з числами потрібна" in refusal(path)


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, "[sheet]", "[sheet")
    assert refusal(path).startswith(f"Файл слів форми {path} не є TOML у кодуванні UTF-8: ")


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "немає.toml"
    with override_settings(FORM_WORDING=path):
        (message,) = wording(None)
    assert (message.id, message.msg) == (
        "zvit.E004",
        f"Файл слів форми {path} не читається: No such file or directory.",
    )

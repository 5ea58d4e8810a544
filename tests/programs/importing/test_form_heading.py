"""The title block of the form, as departments word it; the terms of measures, and signatures."""

import datetime

import pytest

from programs.importing.form.cells import term_of
from programs.importing.form.closing import read_signatures, signature_lines
from programs.importing.form.contents import ReadHeading
from programs.importing.form.heading import read_heading
from programs.textforms import Term


def heading(*lines: str) -> ReadHeading:
    found, warnings = read_heading(lines)
    assert warnings == []
    return found


def test_everything_in_lines_of_its_own() -> None:
    assert heading(
        "ЗВІТ",
        "про хід виконання Комплексної міської програми соціального захисту населення",
        "«Турбота» на 2021 – 2023 рр.",
        "за січень-грудень 2023 року",
        "затвердженої рішенням міської ради від 18 грудня 2019 року № 12/3-VIII",
        "зі змінами, внесеними рішенням №200 від 01.02.2020",
        "Відповідальний виконавець програми: Департамент соціальної політики",
    ) == ReadHeading(
        kind="Комплексна міська програма соціального захисту населення",
        title="Турбота",
        start_year=2021,
        end_year=2023,
        year=2023,
        department="Департамент соціальної політики",
        decision_number="12/3-VIII",
        decision_date=datetime.date(2019, 12, 18),
    )


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Програма «Клуб «Рівність»» на 2020-2025 роки", "Клуб «Рівність»"),
        ("Програма «Клуб «Рівність» на 2020-2025 роки", "Клуб «Рівність»"),
        ('Програма "Громада "рівних" можливостей" на 2020-2025 роки', 'Громада "рівних" можливостей'),
        ("Програма “Сім'я” на 2020-2025 роки", "Сім'я"),
        ("Програма «Громада\nрівних» на 2020-2025 роки", "Громада рівних"),
        ("Програма «не закрита", ""),
        ("Програма без назви", ""),
    ],
)
def test_title_between_quotes(line: str, title: str) -> None:
    assert heading(*line.split("\n")).title == title


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            ["Звіт про виконання Програми", "за 2024 рік", "Програми підтримки ветеранів на 2023-2025 роки"],
            ("Програма", "підтримки ветеранів", 2023, 2025),
        ),
        (
            ["Комплексної програми соціального захисту", "населення на 2023-2027 роки"],
            ("Комплексна програма", "соціального захисту населення", 2023, 2027),
        ),
        (["Програми «Турбота» на 2023-2025 роки"], ("Програма", "", 2023, 2025)),
        (["Програма розвитку культури"], ("", "", None, None)),
    ],
)
def test_title_without_quotes(lines: list[str], found: tuple[str, str, int | None, int | None]) -> None:
    read = heading(*lines)
    assert (read.kind, read.unquoted_title, read.start_year, read.end_year) == found


@pytest.mark.parametrize(
    ("lines", "years"),
    [
        (["Програма «А» на 2020-2025 роки"], (2020, 2025)),
        (["Програма «А на 2020–2025 роки»"], (2020, 2025)),
        (["Програма «А»", "Термін реалізації Програми 2020-2025 роки"], (2020, 2025)),
        (["Програма «А»", "Строк виконання програми: з 2020 по 2025 рік"], (2020, 2025)),
        (["Програма «А» на 2024 рік"], (2024, 2024)),
        (["Програма «А»", "за 2023 рік"], (None, None)),
    ],
)
def test_years_of_the_programme(lines: list[str], years: tuple[int | None, int | None]) -> None:
    found = heading(*lines)
    assert (found.start_year, found.end_year) == years


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("за  2023 рік", 2023),
        ("за 2023 р.", 2023),
        ("за IV квартал 2023 року", 2023),
        ("Звіт за 2023 рік про виконання у 2024 році", 2023),
        ("за 2020-2025 роки", None),
        ("", None),
    ],
)
def test_reported_year(line: str, year: int | None) -> None:
    assert heading(line).year == year


@pytest.mark.parametrize(
    ("line", "number", "date"),
    [
        ("Дата і номер рішення №1688 від 18.12.2019", "1688", datetime.date(2019, 12, 18)),
        ("рішення від «18» грудня 2019 року № 12/3-VIII", "12/3-VIII", datetime.date(2019, 12, 18)),
        ("рішення № 7, від 1 січня 2020 р.", "7", datetime.date(2020, 1, 1)),
        ("рішення №7", "", None),
    ],
)
def test_decision(line: str, number: str, date: datetime.date | None) -> None:
    found = heading(line)
    assert (found.decision_number, found.decision_date) == (number, date)


def test_what_contradicts_itself_is_told() -> None:
    _found, warnings = read_heading(
        [
            "Програма «А» на 2020-2025 роки",
            "за 2023 рік",
            "за 2024 рік",
            "рішення №5 від 31.02.2019",
            "Термін реалізації Програми 2020-2024 роки",
        ]
    )
    assert warnings == [
        "Дати рішення 31.02.2019 немає в календарі.",
        "Роки програми в назві 2020-2025, а термін реалізації 2020-2024.",
        "У заголовку різні звітні роки: 2023, 2024. Узято 2023.",
    ]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020-2025", range(2020, 2026)),
        ("2021, 2023", [2021, 2023]),
        ("2021 та 2023 роки", [2021, 2023]),
        ("2020-\n2025 р.р.", range(2020, 2026)),
        ("протягом 2020 – 2025 років", range(2020, 2026)),
        ("з 2020 по 2025 рік", range(2020, 2026)),
        ("2023 р.", [2023]),
    ],
)
def test_terms(text: str, years: range | list[int]) -> None:
    assert term_of(text) == Term.of(years)


@pytest.mark.parametrize("text", ["постійно", "", "2025-2020", "І квартал 2023"])
def test_what_is_no_set_of_years(text: str) -> None:
    assert term_of(text) is None


def test_signatures_with_lines_and_marks() -> None:
    assert read_signatures(
        [
            ["Начальник управління", "____________", "Ірина КОВАЛЬЧУК"],
            ["(підпис)"],
            ["Директор департаменту", "Коваль-Гнатюк О.П."],
            ["Петренко 48-12-12"],
        ]
    ) == [
        ("Начальник управління", "Ірина КОВАЛЬЧУК"),
        ("Директор департаменту", "Коваль-Гнатюк О.П."),
    ]


def test_signature_in_paragraphs() -> None:
    lines = ["Звіт", "Начальник управління у справах", "сім’ї міської ради", "Ірина КОВАЛЬЧУК"]
    assert read_signatures(signature_lines(lines)) == [
        ("Начальник управління у справах сім’ї міської ради", "Ірина КОВАЛЬЧУК")
    ]

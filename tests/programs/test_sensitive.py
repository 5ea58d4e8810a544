"""What is sensitive in the prose of reports, and what only looks so."""

import json

import pytest

from programs.demonstration import FIXTURES, PROGRAM
from programs.enums import SensitiveKind
from programs.sensitive.checking import sensitive_places


def found(text: str, *officials: str) -> list[tuple[str, str]]:
    return [
        (one.kind.value, text[one.start : one.end]) for one in sensitive_places(text, officials=officials)
    ]


def of_kind(kind: SensitiveKind, text: str) -> list[str]:
    return [said for found_kind, said in found(text) if found_kind == kind.value]


def test_the_real_report_has_three_places_to_look_at() -> None:
    """37 narratives, the measures' titles and the executors' cells."""
    program = json.loads((FIXTURES / PROGRAM / "program.json").read_text(encoding="utf-8"))
    report = json.loads((FIXTURES / PROGRAM / "report-2023.json").read_text(encoding="utf-8"))
    texts = [(one["measure"], one["narrative"]) for one in report["results"]]
    texts += [
        (f"{task['number']}.{one['number']}", text)
        for task in program["tasks"]
        for one in task["measures"]
        for text in (one["title"], one["executors_text"])
    ]
    assert [(number, *place) for number, text in texts for place in found(text)] == [
        ("3.1", "person", "Катерина Молодецька"),
        ("4.1", "few_people", "Одна особа"),
        ("4.6", "shelter", "кризову кімнату"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Допомогу отримали 2 особи, 1 дитина та три родини.", ["2 особи", "1 дитина", "три родини"]),
        ("двом постраждалим жінкам", ["двом постраждалим жінкам"]),
        ("3 внутрішньо переміщеним особам", ["3 внутрішньо переміщеним особам"]),
        ("П'ятеро дітей, п’ять сімей, пʼять осіб", ["П'ятеро дітей", "п’ять сімей", "пʼять осіб"]),
        ("9 (дев'ять) осіб, 9\u00a0осіб", ["9 (дев'ять) осіб", "9\u00a0осіб"]),
        ("Дітей – 4, чоловіків: 9", ["Дітей – 4", "чоловіків: 9"]),
        ("3 випадки домашнього насильства", ["3 випадки домашнього насильства"]),
        ("10 осіб, 24 жінки, 21 особа, 1 234 особи, 14,5 осіб, 2.5 осіб, Дітей – 40, дітей: 1,5", []),
        ("два заходи для дітей, дві зустрічі жінок, у сім’ї, сім'я, рішення №5 дітей", []),
        ("За участю 5 депутатів і 3 працівників; дітей 1 класу", []),
    ],
)
def test_few_people(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.FEW_PEOPLE, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("отримала Петренко Марія Іванівна.", ["Петренко Марія Іванівна"]),
        ("видано Іваненку І. П., О. Сидоренко", ["Іваненку І. П.", "О. Сидоренко"]),
        ("Дмитро Зразок і Приклад-Гай Олена", ["Дмитро Зразок"]),
        ("Нагороджено Шевченко Олену", ["Шевченко Олену"]),
        ("Міський голова Сергій Приклад, директор департаменту освіти Зразок Олена Іванівна", []),
        ("Віктор Петренко, начальник управління", []),
        ("інституту імені С.П. Корольова, Фонду імені Ф.Еберта, вул. Михайла Грушевського", []),
        ("Фонд Фрідріха Еберта, форум «Жінки. Мир. Безпека», Рада Безпеки ООН", []),
    ],
)
def test_people_by_name(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.PERSON, text) == expected


@pytest.mark.parametrize("spelled", ["Ірина Ковальчук", "Ірина КОВАЛЬЧУК", "Ковальчук Ірина"])
def test_who_signed_is_no_private_person(spelled: str) -> None:
    assert (found(spelled, "Ірина КОВАЛЬЧУК"), len(found(spelled))) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "+38 (067) 123-45-67, 0671234567, 067 123 45 67", 3),
        ("phone", "(0412) 47-12-34, тел. 47-12-34", 2),
        ("phone", "0 800 500 335, 15-47, 30-31.05.2023, 2021-2025, 1 067 123 456", 0),
        ("email", "olena.pryklad@example.org, сайт zt-rada.gov.ua", 1),
        ("address", "вул. Велика Бердичівська, буд. 12, кв. 4; просп. Миру 15-А", 2),
        ("address", "проживає у кв. 14", 1),
        ("address", "вулиця Київська, площа Перемоги 10 травня, 120 кв. м, 4 кв. 2023 року", 0),
        ("birth", "05.03.1985 р. н.; 2010 року народження; народилася 1 травня", 3),
        ("birth", "народні свята, 2010 рік, народження першої дитини", 0),
        ("tax_number", "РНОКПП 1234567890", 1),
        ("tax_number", "ЄДРПОУ 12345678, 1 234 567 890 грн, 0813112, 1234567890,5", 0),
        ("identity_paper", "паспорт ВМ 123456, паспорт № 001234567, 19850305-01234", 3),
        ("identity_paper", "рішення № 123456, наказ 123456", 0),
        ("bank_account", "UA213223130000026007233566001, картка 4149 4393 1234 5678", 2),
        ("shelter", "Притулок діє на вул. Київській. Кризова кімната за адресою.", 2),
        ("shelter", "Сприяти створенню притулку для осіб", 0),
        ("health", "Одна дитина з діагнозом", 1),
        ("health", "лікування 120 осіб, профілактика захворювань", 0),
    ],
)
def test_other_kinds(kind: str, text: str, expected: int) -> None:
    assert len(of_kind(SensitiveKind(kind), text)) == expected


def test_places_stand_in_the_order_of_the_text() -> None:
    assert [kind for kind, _ in found("Пошта a@b.ua, 2 особи, тел. 47-12-34")] == [
        "email",
        "few_people",
        "phone",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "Вул. Абв абв ",
        "А'",
        "’",
        "- ",
        "-",
        " ",
        "\n",
        "\u00a0",
        "а@",
        "(0 ",
        "0-",
        "Іван Петренко ",
        "1 особа ",
        "а\u00ad",
        "Проживає на Абв, ",
        "Ковальова ",
        "кризова кімната на Абв, 1 особа ",
    ],
)
def test_a_long_text_is_read_at_once(piece: str) -> None:
    """No pattern runs away: the length of a narrative is limited, its content is not."""
    places = sensitive_places(piece * (10_000 // len(piece)))
    assert {one.kind for one in places} <= {SensitiveKind.PERSON, SensitiveKind.FEW_PEOPLE}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("person", "Iван Петренко", ["Iван Петренко"]),
        ("person", "Маріi Iванівнi Петренко", ["Маріi Iванівнi Петренко"]),
        ("person", "Іван\u00a0\u00a0\u00adПетренко.", ["Іван\u00a0\u00a0\u00adПетренко"]),
        ("person", "ПЕТРЕНКО ІВАН ІВАНОВИЧ", ["ПЕТРЕНКО ІВАН ІВАНОВИЧ"]),
        ("phone", "067\u200b123\u202f45–67", ["067\u200b123\u202f45–67"]),
        ("phone", "067\u2009 123 45\n67", ["067\u2009 123 45\n67"]),
        ("few_people", 'п"ять осіб, п`ять сімeй', ['п"ять осіб', "п`ять сімeй"]),
        ("email", "ivan.pryklad@example.org", ["ivan.pryklad@example.org"]),
        ("identity_paper", "паспорт BM 123456", ["паспорт BM 123456"]),
    ],
)
def test_signs_that_look_alike_are_read_alike_and_shown_as_they_stand(
    kind: str, text: str, expected: list[str]
) -> None:
    assert of_kind(SensitiveKind(kind), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сім'я Петренків, родина Мельників, громадянці Мельник", ["Петренків", "Мельників", "Мельник"]),
        ("пані Ганна, мешканцю Мельнику, гр. Ковальчук О. П.", ["Ганна", "Мельнику", "Ковальчук О. П."]),
        ("Мельник Ганна і Гнат Бойко", ["Мельник Ганна", "Гнат Бойко"]),
        ("мешканка Марія К.", ["Марія К."]),
        ("Петров, Іваненко та родині Сидоренків", ["Іваненко", "Сидоренків"]),
        ("Начальник відділу Марія Коваль навчала Олену Бондар", ["Олену Бондар"]),
        ("родина Захисника, громадянка України, мешканець Житомира, мешканка Корольовського району", []),
        ("до 200-річчя Тараса Шевченка, вистава «Наталка Полтавка»", []),
    ],
)
def test_names_after_words_for_people(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.PERSON, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "+380 96 123-45-67, 096.123.45.67, 096-123-4567, тел 471111, т. 47-11-11", 5),
        ("phone", "тел. 0412-47-11-11", 1),
        ("phone", "Акт № 21-10-12, договір №47-12-34", 0),
        ("phone", "21.10.12, 2023-11-12, 45230000-8, 12.05.2023 45.67", 0),
        ("address", "вул. 1-го Травня, 5; майдан ім. С. П. Корольова, 4/2; Вул. Мала, 3", 3),
        (
            "address",
            "вул. Київської, 2 черга, вул. Київській 25 дерев, вул. Перемоги у 2023 році, площа 12 га",
            0,
        ),
        ("few_people", "8 учасникам бойових дій, 2 ВІЛ-позитивні особи, одну матір, дві родини ВПО", 4),
        ("few_people", "п. 3 особам, ст. 5 особи, № 5 осіб, 12 осіб", 0),
        ("health", "дитина з інвалідністю", 1),
        ("health", "ВІЛ-інфікована жінка", 1),
        ("health", "Олені 12 років, діагноз відомий", 1),
        ("health", "діти з інвалідністю, особи з інвалідністю, послуги при туберкульозі", 0),
        ("identity_paper", "ID-картка 001234567", 1),
        ("shelter", "притулок для тварин на вул. Малій", 0),
    ],
)
def test_as_people_write(kind: str, text: str, expected: int) -> None:
    assert len(of_kind(SensitiveKind(kind), text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Кризову кімнату відкрито на Київській, 12", ["Кризову кімнату"]),
        ("кризова кімната на Перемоги, 10", ["кризова кімната"]),
        ("притулок у Житомирі, Київська 25", ["притулок"]),
        ("Притулок: м. Житомир, Велика Бердичівська, 12-А.", ["Притулок"]),
        ("На Київській, 12 відкрито кризову кімнату", ["кризову кімнату"]),
        ("Послуги притулку отримали у Житомирі, 12 жінок", []),
        ("Притулок у Житомирі, 12 травня, і притулок у Житомирі, 12.05.2023", []),
        ("Притулок у Житомирі, 2023 рік; притулок відкрито на Перемоги 10 травня", []),
        ("Надано 12 консультацій у притулку. Проведено 5 заходів", []),
        ("Притулок діє. Навчання на Київській, 12", []),
        ("Притулок для тварин на Київській, 12", []),
    ],
)
def test_a_refuge_beside_a_street_that_is_not_called_one(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.SHELTER, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Сім'я проживає на Київській, 25", ["Київській, 25"]),
        ("мешкає у Житомирі, Київська 25-Б.", ["Київська 25-Б"]),
        ("проживає на вул. Київській, 25", ["вул. Київській, 25"]),
        ("проживає у Житомирі 25 років, проживають у Житомирі, 25 сімей; мешканці на Київській", []),
    ],
)
def test_where_somebody_lives(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.ADDRESS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Отримав Іванов Петро.", ["Іванов Петро"]),
        ("видано Іванову Петру", ["Іванову Петру"]),
        ("звернулася Ковальова Марія", ["Ковальова Марія"]),
        ("Зуєв Олег і Лебедєвій Олені", ["Зуєв Олег", "Лебедєвій Олені"]),
        ("допомогли Ользі Бондарчук", ["Ользі Бондарчук"]),
        ("видано Бондарчук Ользі", ["Бондарчук Ользі"]),
        ("Вероніці Коваль", ["Вероніці Коваль"]),
        ("мешканка Києва, мешканець Бердичева, громадська організація «Нова Надія», «Основа Віри»", []),
        ("Міський голова Іванов Петро", []),
    ],
)
def test_surnames_in_ov_and_names_whose_consonant_changes(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.PERSON, text) == expected


def test_a_name_after_a_town_keeps_its_surname() -> None:
    assert of_kind(SensitiveKind.PERSON, "гостя з Києва Віталія Кличка") == ["Віталія Кличка"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 клієнтки, троє клієнтів", ["2 клієнтки", "троє клієнтів"]),
        ("одній клієнтці, клієнтів – 4", ["одній клієнтці", "клієнтів – 4"]),
        ("12 клієнтів, дві клієнтські служби", []),
    ],
)
def test_few_clients(text: str, expected: list[str]) -> None:
    assert of_kind(SensitiveKind.FEW_PEOPLE, text) == expected

"""Whether the certificate's person is the expected one."""

import dataclasses

import pytest

from reporting.signing.persons import Person, person_tier
from reporting.signing.verdict import Certificate, Outcome, Tier

HEAD = Certificate(
    name="Ковальчук Ірина Петрівна",
    family_name="Ковальчук",
    given_name="Ірина Петрівна",
    tax_number="1234567890",
    organization="Управління культури",
    edrpou="12345678",
    serial="1f",
    issuer="Надавач",
    valid_from="2025-01-01T00:00:00+00:00",
    valid_until="2027-01-01T00:00:00+00:00",
    algorithm="ДСТУ 4145",
)
EXPECTED = Person("Ірина КОВАЛЬЧУК", "1234567890", "12345678")
ONLY_NAME = Tier(
    Outcome.PASSED,
    "Підписувач за сертифікатом – Ковальчук Ірина Петрівна: збігається ім’я. РНОКПП і ЄДРПОУ не звірено, "
    "бо їх немає в сертифікаті або не записано на порталі.",
)


def test_name_and_numbers_are_compared() -> None:
    assert person_tier(HEAD, EXPECTED) == Tier(
        Outcome.PASSED,
        "Підписувач за сертифікатом – Ковальчук Ірина Петрівна: збігаються ім’я, РНОКПП, ЄДРПОУ.",
    )


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (HEAD, Person("Ірина КОВАЛЬЧУК")),
        (dataclasses.replace(HEAD, tax_number="", edrpou=""), EXPECTED),
        (dataclasses.replace(HEAD, tax_number=""), Person("Ірина КОВАЛЬЧУК", "1234567890")),
    ],
)
def test_a_number_that_one_side_lacks_is_not_compared(certificate: Certificate, expected: Person) -> None:
    assert person_tier(certificate, expected) == ONLY_NAME


@pytest.mark.parametrize(
    ("changes", "label"), [({"tax_number": "0987654321"}, "РНОКПП"), ({"edrpou": "87654321"}, "ЄДРПОУ")]
)
def test_a_namesake_is_refused(changes: dict[str, str], label: str) -> None:
    assert person_tier(dataclasses.replace(HEAD, **changes), EXPECTED) == Tier(
        Outcome.FAILED,
        "Підписувач за сертифікатом – Ковальчук Ірина Петрівна: ім’я те саме, що й очікуване "
        f"(Ірина КОВАЛЬЧУК), але {label} інший. Це тезка або ключ іншої установи.",
    )


@pytest.mark.parametrize(
    "expected", ["Олена ПРИКЛАД", "Ірина ПРИКЛАД", "Олена КОВАЛЬЧУК", "Петрівна КОВАЛЬЧУК"]
)
def test_somebody_else_is_refused(expected: str) -> None:
    assert person_tier(HEAD, Person(expected)) == Tier(
        Outcome.FAILED,
        f"Підписувач за сертифікатом – Ковальчук Ірина Петрівна, а підписати має {expected}. "
        "Якщо підписує інша особа, звіт треба відкрити для уточнення й виправити підписувача.",
    )


@pytest.mark.parametrize(
    ("family", "given", "expected"),
    [
        ("КОВАЛЬЧУК", "ІРИНА ПЕТРІВНА", "Ірина КОВАЛЬЧУК"),
        ("Ковальчук", "Ірина", "Ірина Петрівна КОВАЛЬЧУК"),
        ("Ковальчук", "Ірина", "Ірина Ковальчук"),
        ("ДЕМ’ЯНЕНКО", "МАР’ЯНА", "Мар'яна ДЕМ'ЯНЕНКО"),
        ("Дем*яненко", 'Мар"яна', "Марʼяна ДЕМʼЯНЕНКО"),
        ("Приклад-Зразок", "Анна–Марія", "Анна-Марія ПРИКЛАД-ЗРАЗОК"),
        ("Ван Зразок", "Іван", "Іван ВАН ЗРАЗОК"),
    ],
)
def test_spellings_of_one_name_are_one(family: str, given: str, expected: str) -> None:
    certificate = dataclasses.replace(HEAD, family_name=family, given_name=given)
    assert person_tier(certificate, Person(expected)) == ONLY_NAME


def test_a_certificate_without_a_name_is_called_by_its_number() -> None:
    nameless = dataclasses.replace(HEAD, name="", family_name="", given_name="")
    assert person_tier(nameless, Person("Ірина КОВАЛЬЧУК")).sentence == (
        "Підписувач за сертифікатом – власник сертифіката 1f, а підписати має Ірина КОВАЛЬЧУК. "
        "Якщо підписує інша особа, звіт треба відкрити для уточнення й виправити підписувача."
    )

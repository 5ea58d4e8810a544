"""Whether a certificate's person is the one expected to sign: by name, by numbers where both have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from programs.textforms import search_key

from .verdict import Certificate, Outcome, Tier


@dataclass(frozen=True)
class Person:
    name: str
    """«Ірина КОВАЛЬЧУК», as documents print it."""
    tax_number: str = ""
    edrpou: str = ""
    """Of the body in whose name the person signs."""


def person_tier(certificate: Certificate, expected: Person) -> Tier:
    """Tier 4. Never UNKNOWN: whoever is not recognised is not the person."""
    signer = certificate.name or f"власник сертифіката {certificate.serial}"
    if (_key(certificate.family_name), _first_word(certificate.given_name)) != _printed(expected.name):
        return Tier(
            Outcome.FAILED,
            f"Підписувач за сертифікатом – {signer}, а підписати має {expected.name}. "
            "Якщо підписує інша особа, звіт треба відкрити для уточнення й виправити підписувача.",
        )
    compared = []
    for label, recorded, wanted in (
        ("РНОКПП", certificate.tax_number, expected.tax_number),
        ("ЄДРПОУ", certificate.edrpou, expected.edrpou),
    ):
        if not recorded or not wanted:
            continue
        if _key(recorded) != _key(wanted):
            return Tier(
                Outcome.FAILED,
                f"Підписувач за сертифікатом – {signer}: ім’я те саме, що й очікуване ({expected.name}), "
                f"але {label} інший. Це тезка або ключ іншої установи.",
            )
        compared.append(label)
    if compared:
        return Tier(
            Outcome.PASSED, f"Підписувач за сертифікатом – {signer}: збігаються ім’я, {', '.join(compared)}."
        )
    return Tier(
        Outcome.PASSED,
        f"Підписувач за сертифікатом – {signer}: збігається ім’я. РНОКПП і ЄДРПОУ не звірено, "
        "бо їх немає в сертифікаті або не записано на порталі.",
    )


def _printed(name: str) -> tuple[str, str]:
    """Family and given name of «Ірина Петрівна КОВАЛЬЧУК»."""
    words = name.split()
    family = [word for word in words[1:] if word.isupper()] or words[-1:]
    return _key(" ".join(family)), _first_word(name)


def _first_word(name: str) -> str:
    return _key(name).partition(" ")[0]


def _key(text: str) -> str:
    """One spelling; of apostrophes none, since older certificates write them as quotes or asterisks."""
    return re.sub(r"['\"*]", "", search_key(text))

"""Names and numbers out of a certificate, of ДСТУ ones too, whose keys no library here can read."""

from __future__ import annotations

import datetime

from asn1crypto import x509

from . import algorithms, verdict

# Where the law puts РНОКПП and ЄДРПОУ: attributes of the subject, in an extension of their own.
_TAX_NUMBER = "1.2.804.2.1.1.1.11.1.4.1.1"
_EDRPOU = "1.2.804.2.1.1.1.11.1.4.2.1"
# Newer certificates say them in the subject, the European way (ETSI EN 319 412-1).
_TAX_PREFIX = "TINUA-"
_EDRPOU_PREFIX = "NTRUA-"
# Of one value: certificates are written by anybody, and these words stand in our sentences.
_LONGEST = 200
# By RFC 5280; a longer number is nobody's.
_LONGEST_SERIAL_BITS = 8 * 20


def describe(certificate: x509.Certificate) -> verdict.Certificate:
    """Raises ValueError when the certificate is not well formed."""
    subject, numbers = _values(certificate.subject), _directory_attributes(certificate)
    name = _called(subject)
    family, _, given = name.partition(" ")
    if subject.get("surname"):
        family, given = subject["surname"], subject.get("given_name", "")
    return verdict.Certificate(
        name=name,
        family_name=family,
        given_name=given,
        tax_number=numbers.get(_TAX_NUMBER) or _after(_TAX_PREFIX, subject.get("serial_number", "")),
        organization=subject.get("organization_name", ""),
        edrpou=numbers.get(_EDRPOU) or _after(_EDRPOU_PREFIX, subject.get("organization_identifier", "")),
        serial=_serial(certificate),
        issuer=name_of(certificate.issuer),
        valid_from=_iso(certificate.not_valid_before),
        valid_until=_iso(certificate.not_valid_after),
        algorithm=algorithms.key_name(public_key_info(certificate)),
    )


def name_of(name: x509.Name) -> str:
    """What people call it: the person's name, the common name, or the organization's."""
    return _called(_values(name)) or "без назви"


def public_key_info(certificate: x509.Certificate) -> bytes:
    """DER, unread: asn1crypto raises KeyError for the inside of one it does not know."""
    return bytes(certificate["tbs_certificate"]["subject_public_key_info"].dump())


def is_ukrainian(certificate: x509.Certificate) -> bool:
    """Whether its key or the signature on it is one that only `dstu` computes."""
    signed_with = certificate["signature_algorithm"]["algorithm"].dotted
    key = algorithms.key_algorithm(public_key_info(certificate))
    return algorithms.is_ukrainian(signed_with) or algorithms.is_ukrainian(key)


def _called(values: dict[str, str]) -> str:
    """«Прізвище Ім'я По батькові» where they stand apart: whose signature it is, is judged by those.

    The common name beside them may be anything, another person's name too.
    """
    if family := values.get("surname"):
        return f"{family} {values.get('given_name', '')}".strip()[:_LONGEST]
    return values.get("common_name", "") or values.get("organization_name", "")


def _serial(certificate: x509.Certificate) -> str:
    number = certificate.serial_number
    if number < 0 or number.bit_length() > _LONGEST_SERIAL_BITS:
        raise ValueError("no serial number")
    return f"{number:x}"


def _values(name: x509.Name) -> dict[str, str]:
    """The first value of each kind."""
    found: dict[str, str] = {}
    for parts in name.chosen:
        for part in parts:
            found.setdefault(part["type"].native, _clean(part["value"].native))
    return found


def _directory_attributes(certificate: x509.Certificate) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in certificate.subject_directory_attributes_value or ():
        for text in attribute["values"].native:
            found.setdefault(attribute["type"].dotted, _clean(text))
    return found


def _clean(text: object) -> str:
    """One short line without signs that cannot be seen, such as those that turn the reading direction."""
    if not isinstance(text, str):
        return ""
    seen = "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST])
    return " ".join(seen.split())


def _after(prefix: str, text: str) -> str:
    return text.removeprefix(prefix).strip() if text.startswith(prefix) else ""


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat()

"""Names and numbers read out of certificates."""

from pathlib import Path

import pytest
from asn1crypto import x509

from reporting.signing import certificates
from reporting.signing.verdict import Certificate
from tests.reporting.signing import authority
from tests.reporting.signing.authority import HEAD, Holder

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"


def described(holder: Holder) -> Certificate:
    return certificates.describe(x509.Certificate.load(holder.der))


@pytest.mark.parametrize("in_attributes", [False, True])
def test_a_certificate_is_read_whole(in_attributes: bool) -> None:
    holder = authority.person(tax_number="1234567890", edrpou="12345678", in_attributes=in_attributes)
    assert described(holder) == Certificate(
        name=HEAD,
        family_name="Ковальчук",
        given_name="Ірина Петрівна",
        tax_number="1234567890",
        organization="Управління культури",
        edrpou="12345678",
        serial=holder.serial,
        issuer="Тестовий надавач послуг",
        valid_from=authority.VALID_FROM.isoformat(),
        valid_until=authority.VALID_UNTIL.isoformat(),
        algorithm="ECDSA P-256",
    )


def test_the_common_name_is_taken_apart_where_nothing_else_says_the_names() -> None:
    certificate = described(authority.person(names_apart=False))
    assert (certificate.family_name, certificate.given_name) == ("Ковальчук", "Ірина Петрівна")


def test_what_is_not_said_is_empty() -> None:
    certificate = described(authority.person())
    assert (certificate.tax_number, certificate.edrpou, certificate.organization) == ("", "", "")


def test_signs_that_cannot_be_seen_are_left_out() -> None:
    """One turns the reading direction: «КУЧЬЛАВОК» would read as another name in our sentences."""
    assert described(authority.person("Ковальчук\u202e Ірина\n\0Петрівна", names_apart=False)).name == HEAD


def test_a_ukrainian_certificate_is_read_too() -> None:
    head = x509.Certificate.load((SAMPLES / "head.cer").read_bytes())
    assert certificates.describe(head) == Certificate(
        name="Ковальчук Ірина Зразківна",
        family_name="Ковальчук",
        given_name="Ірина Зразківна",
        tax_number="1234567890",
        organization="Демонстраційне управління",
        edrpou="12345678",
        serial="2d656d6f0000000000000000000000000000b001",
        issuer="Демонстраційний надавач",
        valid_from="2024-01-01T00:00:00+00:00",
        valid_until="2044-01-01T00:00:00+00:00",
        algorithm="ДСТУ 4145",
    )


@pytest.mark.parametrize("name", ["czo-2012.cer", "czo-2017.cer", "czo-2026.cer"])
def test_the_central_authority_is_read(name: str) -> None:
    root = x509.Certificate.load((SAMPLES / name).read_bytes())
    assert (certificates.describe(root).algorithm, certificates.is_ukrainian(root)) == ("ДСТУ 4145", True)

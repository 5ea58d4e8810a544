"""Names and numbers read out of certificates."""

from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID

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


def test_the_names_that_stand_apart_are_shown_whatever_the_common_name_says() -> None:
    """Whose signature it is, is judged by them."""
    pairs = (
        (NameOID.COMMON_NAME, "Зразок Іван"),
        (NameOID.SURNAME, "Ковальчук"),
        (NameOID.GIVEN_NAME, "Ірина"),
    )
    subject = Name([NameAttribute(kind, text) for kind, text in pairs])
    key = authority.new_key("P-256")
    holder = Holder(authority._issue(subject, key, authority.root(), authority.root().key), key)
    certificate = described(holder)
    assert (certificate.name, certificate.family_name, certificate.given_name) == (
        "Ковальчук Ірина",
        "Ковальчук",
        "Ірина",
    )
    assert certificates.name_of(x509.Certificate.load(holder.der).subject) == "Ковальчук Ірина"


def test_a_text_is_cut_where_nobody_would_read_on() -> None:
    certificate = x509.Certificate.load(authority.person().der).copy()
    names = {"common_name": "К", "surname": "К" * 150, "given_name": "І" * 300}
    certificate["tbs_certificate"]["subject"] = x509.Name.build(names)
    described = certificates.describe(certificate)
    assert [len(text) for text in (described.name, described.family_name, described.given_name)] == [
        200,
        150,
        200,
    ]


def numbered(number: int) -> x509.Certificate:
    certificate = x509.Certificate.load(authority.person().der).copy()
    certificate["tbs_certificate"]["serial_number"] = number
    return x509.Certificate.load(certificate.dump(force=True))


def test_a_number_has_at_most_twenty_bytes() -> None:
    assert certificates.describe(numbered(2**160 - 1)).serial == "f" * 40


@pytest.mark.parametrize("number", [2**160, pytest.param(2**80_000, id="a number of ten thousand bytes"), -1])
def test_another_number_is_nobodys(number: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        certificates.describe(numbered(number))


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

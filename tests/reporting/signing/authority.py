"""A certification authority that lives as long as the tests: root → issuing → people's keys.

Nothing of it is kept in the repository. Keys are made when first asked for and then stay for the
process, since RSA keys take long to find.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

HEAD = "Ковальчук Ірина Петрівна"
DEPUTY = "Приклад Олена Ігорівна"
STRANGER = "Зразок Іван Васильович"
PASSWORD = "secret"

# Of the process, so that certificates asked for twice are the same.
NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
VALID_FROM = NOW - 30 * DAY
VALID_UNTIL = NOW + 730 * DAY

# Where Ukrainian certificates keep the two numbers, besides the names of their subjects.
TAX_NUMBER = "1.2.804.2.1.1.1.11.1.4.1.1"
EDRPOU = "1.2.804.2.1.1.1.11.1.4.2.1"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Holder:
    """A certificate, its key and the certificates above it, the nearest first."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def serial(self) -> str:
        """As `verdict.Certificate.serial` has it."""
        return f"{self.certificate.serial_number:x}"

    def pkcs12(self, password: str = PASSWORD) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"key", self.key, self.certificate, self.above, BestAvailableEncryption(password.encode())
        )

    @cached_property
    def signer(self) -> Any:
        """pyHanko's."""
        from asn1crypto.keys import PrivateKeyInfo
        from asn1crypto.x509 import Certificate
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        above = [Certificate.load(one.public_bytes(Encoding.DER)) for one in self.above]
        return SimpleSigner(
            signing_cert=Certificate.load(self.der),
            signing_key=PrivateKeyInfo.load(key),
            cert_registry=SimpleCertificateStore.from_certs(above),
        )


def new_key(kind: str) -> Key:
    """`kind`: «RSA» of 2048 bits, «RSA-1024», «P-256» or «P-384»."""
    if kind.startswith("RSA"):
        return rsa.generate_private_key(65537, int(kind.partition("-")[2] or 2048))
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[kind])


# --- those who issue ---------------------------------------------------------------------


@cache
def root(name: str = "Тестовий кореневий центр") -> Holder:
    """Self-signed; another name makes another root that nobody trusts."""
    key = new_key("P-384")
    return Holder(_issue(_named(name), key, None, key, authority=True), key)


@cache
def issuing(above: Holder | None = None) -> Holder:
    above = above or root()
    key = new_key("P-256")
    certificate = _issue(_named("Тестовий надавач послуг"), key, above, above.key, authority=True)
    return Holder(certificate, key, (above.certificate,))


def crl(
    issuer: Holder,
    *revoked: Holder,
    at: datetime.datetime = NOW - DAY,
    until: datetime.datetime = NOW + 30 * DAY,
) -> bytes:
    """The issuer's list of certificates revoked `at`, in force `until` then; DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(VALID_FROM)
        .next_update(until)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    for holder in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(holder.certificate.serial_number)
            .revocation_date(at)
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def fill_trust_folder(folder: Path, *, revoked: Sequence[Holder] = (), lists: bool = True) -> Path:
    """Our root in PEM, the issuing certificate in DER and, if wanted, both lists of revoked certificates."""
    (folder / "root.pem").write_bytes(root().certificate.public_bytes(Encoding.PEM))
    (folder / "issuing.cer").write_bytes(issuing().der)
    if lists:
        (folder / "root.crl").write_bytes(crl(root()))
        (folder / "issuing.crl").write_bytes(crl(issuing(), *revoked))
    return folder


# --- those who sign ----------------------------------------------------------------------


@cache
def person(
    name: str = HEAD,
    kind: str = "P-256",
    *,
    tax_number: str = "",
    edrpou: str = "",
    in_attributes: bool = False,
    names_apart: bool = True,
    valid_from: datetime.datetime = VALID_FROM,
    valid_until: datetime.datetime = VALID_UNTIL,
    issuer: Holder | None = None,
    signs: bool = True,
) -> Holder:
    """Someone's key and certificate.

    `name`: «Прізвище Ім'я По батькові», the common name; `names_apart` gives the family and the given
    names also as attributes of their own. The numbers stand in the subject («TINUA-…», «NTRUA-…») or,
    `in_attributes`, in the certificate's directory attributes.
    """
    family, _, given = name.partition(" ")
    attributes = [(NameOID.SURNAME, family), (NameOID.GIVEN_NAME, given)] if names_apart else []
    if tax_number and not in_attributes:
        attributes.append((NameOID.SERIAL_NUMBER, f"TINUA-{tax_number}"))
    if edrpou:
        attributes.append((NameOID.ORGANIZATION_NAME, "Управління культури"))
        if not in_attributes:
            attributes.append((NameOID.ORGANIZATION_IDENTIFIER, f"NTRUA-{edrpou}"))
    issuer = issuer or issuing()
    key = new_key(kind)
    certificate = _issue(
        _named(name, *attributes),
        key,
        issuer,
        issuer.key,
        valid_from=valid_from,
        valid_until=valid_until,
        extensions=_directory_attributes(tax_number, edrpou) if in_attributes else (),
        encrypts=not signs,
    )
    return Holder(certificate, key, (issuer.certificate, *issuer.above))


def twin(holder: Holder, name: str) -> Holder:
    """The same key, issuer and serial number in a certificate of somebody else's name."""
    certificate = _issue(
        _named(name), holder.key, issuing(), issuing().key, serial=holder.certificate.serial_number
    )
    return Holder(certificate, holder.key, holder.above)


@cache
def time_stamping(issuer: Holder | None = None) -> Holder:
    """RSA: pyHanko's time-stamper for tests takes nothing else."""
    issuer = issuer or issuing()
    key = new_key("RSA")
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = _issue(
        _named("Тестова служба позначок часу"), key, issuer, issuer.key, extensions=((purpose, True),)
    )
    return Holder(certificate, key, (issuer.certificate, *issuer.above))


def time_stamper(at: datetime.datetime | None = None, holder: Holder | None = None) -> Any:
    """pyHanko's time-stamper that asks no network; `at` is the time it states, now without it."""
    from pyhanko.sign.timestamps import DummyTimeStamper

    signer = (holder or time_stamping()).signer
    return DummyTimeStamper(
        signer.signing_cert,
        signer.signing_key,
        certs_to_embed=list(signer.cert_registry),
        fixed_dt=at,
    )


def validation_context() -> Any:
    """pyHanko's, for signatures that bring the evidence of their chain with them."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[Certificate.load(root().der)],
        other_certs=[Certificate.load(issuing().der)],
        crls=[crl(root()), crl(issuing())],
        allow_fetching=False,
        revocation_mode="hard-fail",
    )


# --- certificates ------------------------------------------------------------------------


def _named(name: str, *attributes: tuple[ObjectIdentifier, str]) -> x509.Name:
    pairs = ((NameOID.COUNTRY_NAME, "UA"), (NameOID.COMMON_NAME, name), *attributes)
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in pairs])


def _issue(
    subject: x509.Name,
    key: Key,
    issuer: Holder | None,
    issuer_key: Key,
    *,
    authority: bool = False,
    valid_from: datetime.datetime = VALID_FROM,
    valid_until: datetime.datetime = VALID_UNTIL,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    serial: int = 0,
    encrypts: bool = False,
) -> x509.Certificate:
    stamps = any(isinstance(extension, x509.ExtendedKeyUsage) for extension, _ in extensions)
    usage = x509.KeyUsage(
        digital_signature=not authority and not encrypts,
        content_commitment=not authority and not encrypts and not stamps,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=encrypts,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if issuer:
        # Real certificates name where lists lie; .example leads nowhere, whoever follows it.
        place = x509.UniformResourceIdentifier("http://authority.example/revoked.crl")
        points = x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])
        builder = builder.add_extension(points, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


class _Values(core.SetOf):
    _child_spec = core.PrintableString


class _Attribute(core.Sequence):
    _fields = [("type", core.ObjectIdentifier), ("values", _Values)]


class _Attributes(core.SequenceOf):
    _child_spec = _Attribute


def _directory_attributes(tax_number: str, edrpou: str) -> list[tuple[x509.ExtensionType, bool]]:
    numbers = {TAX_NUMBER: tax_number, EDRPOU: edrpou}
    attributes = _Attributes([{"type": kind, "values": [text]} for kind, text in numbers.items() if text])
    return [(x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.9"), attributes.dump()), False)]

"""A signature in a file of its own: what it stands under, who made it, and what makes it worthless."""

import base64
from collections.abc import Callable

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core, x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from reporting.signing import cades, cms
from reporting.signing.examination import examine
from reporting.signing.verdict import SIGN_AGAIN, Container, Examination, NotAccepted, Outcome, Tier
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DAY, DEPUTY, HEAD, NOW
from tests.reporting.signing.signed_files import original, p7s

OUTSIDE = Tier(Outcome.PASSED, "Підпис стоїть під збереженою редакцією: її геш збігається з підписаним.")
INSIDE = Tier(
    Outcome.PASSED,
    "Підписано збережену редакцію: документ у файлі підпису збігається з нею байт у байт.",
)


def examined(upload: bytes) -> Examination:
    return examine(original(), upload, trust_folder=None, now=NOW)


def refusal(upload: bytes) -> str:
    with pytest.raises(NotAccepted) as refused:
        examined(upload)
    return str(refused.value)


def changed(upload: bytes, change: Callable[[asn1.SignedData], None]) -> bytes:
    """The same message with something in it replaced."""
    message = asn1.ContentInfo.load(upload)
    change(message["content"])
    return bytes(message.dump(force=True))


def in_pem(upload: bytes) -> bytes:
    return b"-----BEGIN PKCS7-----\n" + base64.encodebytes(upload) + b"-----END PKCS7-----\n"


def of_two() -> bytes:
    """Two people's signatures side by side in one file."""

    def join(signed: asn1.SignedData) -> None:
        other = asn1.ContentInfo.load(p7s(holder=authority.person(DEPUTY)))["content"]
        signed["signer_infos"] = [*signed["signer_infos"], *other["signer_infos"]]
        signed["certificates"] = [*signed["certificates"], *other["certificates"]]

    return changed(p7s(), join)


# --- accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "key"), [("RSA", "RSA 2048"), ("P-256", "ECDSA P-256")])
def test_a_detached_signature_is_accepted(kind: str, key: str) -> None:
    examination = examined(p7s(holder=authority.person(kind=kind)))
    (signature,) = examination.signatures
    assert (examination.container, examination.content) == (Container.CADES, OUTSIDE)
    assert signature.mathematics == Tier(Outcome.PASSED, f"Підпис обчислено, і він сходиться ({key}).")


def test_the_document_may_lie_inside() -> None:
    assert examined(p7s(detached=False)).content == INSIDE


def in_ber(upload: bytes) -> bytes:
    """Without its length, as programs write that do not wait for the end."""
    return b"\x30\x80" + asn1.ContentInfo.load(upload).contents + b"\0\0"


def by_key(signed: asn1.SignedData) -> None:
    """The signer named by the key instead of issuer and number."""
    (info,) = signed["signer_infos"]
    key = x509.Certificate.load(authority.person().der).key_identifier
    info["sid"] = asn1.SignerIdentifier(name="subject_key_identifier", value=core.OctetString(key))


def without_attributes(content: bytes | None = None) -> bytes:
    """The signature stands under the document itself, with no time and no digest beside it."""
    holder = authority.person()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(original() if content is None else content)
    options = [
        pkcs7.PKCS7Options.DetachedSignature,
        pkcs7.PKCS7Options.Binary,
        pkcs7.PKCS7Options.NoAttributes,
    ]
    return builder.add_signer(holder.certificate, holder.key, SHA256()).sign(Encoding.DER, options)


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(lambda: in_pem(p7s()), id="PEM"),
        pytest.param(lambda: in_ber(p7s()), id="BER"),
        pytest.param(lambda: changed(p7s(), by_key), id="named by key"),
        pytest.param(without_attributes, id="without attributes"),
    ],
)
def test_other_ways_to_write_it_are_read(upload: Callable[[], bytes]) -> None:
    examination = examined(upload())
    assert (examination.content, examination.signatures[0].mathematics.outcome) == (OUTSIDE, Outcome.PASSED)


def test_two_signatures_in_one_file() -> None:
    assert {one.certificate.name for one in examined(of_two()).signatures} == {HEAD, DEPUTY}


# --- time stamps -------------------------------------------------------------------------


def stamped(content: bytes | None = None) -> bytes:
    return p7s(content, authority.person(kind="RSA"), stamper=authority.time_stamper())


def test_a_time_stamp_is_told() -> None:
    assert [one.time_stamped for one in examined(stamped()).signatures] == [True]


def spoil_imprint(signed: asn1.SignedData) -> None:
    """Someone else's stamp under this signature."""
    (info,) = signed["signer_infos"]
    other = asn1.ContentInfo.load(stamped(b"Zvit"))["content"]["signer_infos"][0]
    info["unsigned_attrs"] = other["unsigned_attrs"].copy()


def spoil_token(signed: asn1.SignedData) -> None:
    """The stamp states another time than the one it was signed with."""
    (info,) = signed["signer_infos"]
    token = info["unsigned_attrs"][0]["values"][0]["content"]
    stated = token["encap_content_info"]["content"].parsed
    stated["gen_time"] = NOW - 300 * DAY
    token["encap_content_info"]["content"] = core.ParsableOctetString(stated.dump(force=True))


@pytest.mark.parametrize("spoil", [spoil_imprint, spoil_token])
def test_a_stamp_that_does_not_hold_is_as_good_as_none(spoil: Callable[[asn1.SignedData], None]) -> None:
    """Anybody can add one afterwards, so it does not spoil the signature either."""
    (signature,) = examined(changed(stamped(), spoil)).signatures
    assert (signature.time_stamped, signature.mathematics.outcome) == (False, Outcome.PASSED)


# --- refused -----------------------------------------------------------------------------


def drop_certificates(signed: asn1.SignedData) -> None:
    signed["certificates"] = [one for one in signed["certificates"] if one.chosen.ca]


def drop_signers(signed: asn1.SignedData) -> None:
    signed["signer_infos"] = []


def swap_certificate(signed: asn1.SignedData) -> None:
    other = authority.twin(authority.person(), DEPUTY)
    signed["certificates"] = [x509.Certificate.load(other.der)]


def change_attribute(signed: asn1.SignedData) -> None:
    """The time of signing, which the signature is over."""
    (info,) = signed["signer_infos"]
    for attribute in info["signed_attrs"]:
        if attribute["type"].native == "signing_time":
            attribute["values"] = [asn1.Time({"utc_time": NOW - 300 * DAY})]


def double_digest(signed: asn1.SignedData) -> None:
    (info,) = signed["signer_infos"]
    digest = next(one for one in info["signed_attrs"] if one["type"].native == "message_digest")
    info["signed_attrs"] = [*info["signed_attrs"], digest.copy()]


def not_signed() -> bytes:
    return bytes(asn1.ContentInfo({"content_type": "data", "content": b"Zvit"}).dump())


OTHER = (
    f"Підпис «{HEAD}» стоїть під іншим файлом, а не під збереженою редакцією: геш у підписі інший. "
    f"Так буває, коли підписано іншу редакцію або файл перед підписанням відкрили й зберегли. {SIGN_AGAIN}"
)
DAMAGED = f"{cms.DAMAGED} {SIGN_AGAIN}"
STRONGER = "Підпишіть ще раз іншим алгоритмом: ДСТУ 4145, ECDSA або RSA від 2048 бітів із SHA-256."
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("edition 1 signed for edition 2", lambda: p7s(original(2)), OTHER),
    ("another document, without attributes", lambda: without_attributes(original(2)), OTHER),
    ("another document inside", lambda: p7s(b"Zvit", detached=False), f"{cades.OTHER_INSIDE} {SIGN_AGAIN}"),
    ("cut off", lambda: p7s()[:-20], DAMAGED),
    ("bytes behind", lambda: p7s() + b"\0", DAMAGED),
    ("no structure", lambda: b"\x30\x03abc", DAMAGED),
    ("broken PEM", lambda: in_pem(p7s()).replace(b"A", b"?"), DAMAGED),
    ("nothing signed", not_signed, f"{cms.NO_SIGNATURE} {SIGN_AGAIN}"),
    ("certificates only", lambda: changed(p7s(), drop_signers), f"{cms.CERTIFICATES_ONLY} {SIGN_AGAIN}"),
    (
        "no certificate",
        lambda: changed(p7s(), drop_certificates),
        f"{cms.NO_CERTIFICATE} {cms.SELECT_CERTIFICATE}",
    ),
    ("another certificate", lambda: changed(p7s(), swap_certificate), f"{cms.SWAPPED} {SIGN_AGAIN}"),
    (
        "a signed attribute changed",
        lambda: changed(p7s(), change_attribute),
        f"Підпис «{HEAD}» не сходиться з ключем у сертифікаті: його пошкоджено або підмінено. {SIGN_AGAIN}",
    ),
    ("two digests", lambda: changed(p7s(), double_digest), DAMAGED),
    (
        "SHA-1",
        lambda: p7s(digest="sha1"),
        f"Підпис «{HEAD}» зроблено слабким алгоритмом (SHA-1): такий сьогодні можна підробити. {STRONGER}",
    ),
    (
        "a short key",
        lambda: p7s(holder=authority.person(kind="RSA-1024")),
        f"Підпис «{HEAD}» зроблено слабким алгоритмом (RSA 1024): такий сьогодні можна підробити. {STRONGER}",
    ),
]


@pytest.mark.parametrize(
    ("upload", "sentence"), [pytest.param(upload, told, id=name) for name, upload, told in REFUSED]
)
def test_each_worthless_signature_has_its_sentence(upload: Callable[[], bytes], sentence: str) -> None:
    assert refusal(upload()) == sentence


def test_more_signatures_than_people_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cms, "MAX_SIGNERS", 1)
    assert refusal(of_two()) == f"У файлі забагато підписів: 2, а приймаємо до 1. {SIGN_AGAIN}"

"""Whoever has somebody's certificate, which is in every signed file, cannot make that person's signature."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core, tsp, x509
from cryptography.hazmat.primitives.asymmetric import ed448, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from reporting.signing import trust
from reporting.signing.dstu import CHECK_ELSEWHERE
from reporting.signing.examination import examine
from reporting.signing.verdict import SIGN_AGAIN, NotAccepted, Outcome, SignatureFacts, Tier
from tests.reporting.signing import authority
from tests.reporting.signing.authority import HEAD, NOW
from tests.reporting.signing.signed_files import asice_parts, container, original, p7s, signed_pdf

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"
UKRAINIAN = "1.2.804.2.1.1.1.1"
GOST_34311 = f"{UKRAINIAN}.2.1"
DSTU_4145, WITH_KUPYNA_384, NORMAL_BASIS = (f"{UKRAINIAN}.{tail}" for tail in ("3.1.1", "3.6.2.1", "3.1.2"))
SHA_256, UNKNOWN = "2.16.840.1.101.3.4.2.1", "1.2.3.4.5"
PSS = "1.2.840.113549.1.1.10"


def rsa_head() -> x509.Certificate:
    return x509.Certificate.load(authority.person(kind="RSA").der)


def ukrainian_head() -> x509.Certificate:
    return x509.Certificate.load((SAMPLES / "head.cer").read_bytes())


def attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def forged(
    content: bytes,
    certificate: x509.Certificate,
    algorithm: str,
    digest: str = SHA_256,
    *,
    attributes: bool = True,
    named_by: str = SHA_256,
    inside: bool = False,
    sign: Callable[[bytes], bytes] = lambda data: bytes(range(64)),
) -> bytes:
    """A message with all that a signature has but the signature, which is 64 bytes of nothing.

    `named_by`: the hash by which the signed attributes name the certificate.
    """
    sha256 = hashlib.sha256(content).digest()
    name = {"hash_algorithm": {"algorithm": named_by}, "cert_hash": certificate.sha256}
    named = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(name)]})
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
            ),
            "digest_algorithm": {"algorithm": digest},
            "signature_algorithm": {"algorithm": algorithm},
            "signature": b"",
        }
    )
    if attributes:
        info["signed_attrs"] = [
            attribute("content_type", "data"),
            attribute("message_digest", sha256),
            attribute("signing_certificate_v2", named),
        ]
    info["signature"] = sign(info["signed_attrs"].untag().dump() if attributes else content)
    signed = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {"content_type": "data"} | ({"content": content} if inside else {}),
        "certificates": [certificate],
        "signer_infos": [info],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def in_pdf(make: Callable[[bytes], bytes]) -> bytes:
    """In place of a signature in a PDF; `make` gets what that one covers."""
    pdf = signed_pdf()
    written = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]", pdf)
    assert written
    first, second, length = (int(number) for number in written.groups())
    message = make(pdf[:first] + pdf[second : second + length]).hex().encode()
    return pdf[: first + 1] + message.ljust(second - first - 2, b"0") + pdf[second - 1 :]


def in_container(make: Callable[[bytes], bytes]) -> bytes:
    parts = asice_parts()
    return container(parts | {"META-INF/signature001.p7s": make(parts["META-INF/ASiCManifest001.xml"])})


def refusal(upload: bytes) -> str:
    with pytest.raises(NotAccepted) as refused:
        examine(original(), upload, trust_folder=None, now=NOW)
    return str(refused.value)


def accepted(upload: bytes, folder: Path | None = None) -> SignatureFacts:
    (signature,) = examine(original(), upload, trust_folder=folder, now=NOW).signatures
    return signature


# --- an algorithm that does not go with the key ------------------------------------------


def named(what: str, key: str, who: str = HEAD) -> str:
    return (
        f"Підпис «{who}» не прийнято: він називає {what}, а таких підписів ключем {key} портал не приймає. "
        f"Такий вигляд має підроблений або пошкоджений підпис. {SIGN_AGAIN}"
    )


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda **how: forged(original(), rsa_head(), UNKNOWN, **how), id="detached"),
        pytest.param(lambda **how: forged(original(), rsa_head(), UNKNOWN, inside=True, **how), id="inside"),
        pytest.param(
            lambda **how: in_pdf(lambda covered: forged(covered, rsa_head(), UNKNOWN, **how)), id="PDF"
        ),
        pytest.param(
            lambda **how: in_container(lambda text: forged(text, rsa_head(), UNKNOWN, **how)), id="ASiC-E"
        ),
    ],
)
@pytest.mark.parametrize("attributes", [True, False])
def test_an_unknown_number_over_a_known_key_is_refused_in_every_file(
    make: Callable[..., bytes], attributes: bool
) -> None:
    assert refusal(make(attributes=attributes)) == named(f"алгоритм з номером {UNKNOWN}", "RSA 2048")


@pytest.mark.parametrize(
    ("algorithm", "digest", "what"),
    [
        pytest.param(NORMAL_BASIS, SHA_256, f"алгоритм з номером {NORMAL_BASIS}", id="ДСТУ"),
        pytest.param("1.2.643.7.1.1.3.2", SHA_256, "алгоритм з номером 1.2.643.7.1.1.3.2", id="ГОСТ Р"),
        pytest.param("1.3.101.113", SHA_256, "алгоритм з номером 1.3.101.113", id="Ed448"),
        pytest.param("1.2.840.10045.4.3.2", SHA_256, "алгоритм з номером 1.2.840.10045.4.3.2", id="ECDSA"),
        pytest.param("1.2.840.113549.1.1.11", UNKNOWN, f"геш з номером {UNKNOWN}", id="a hash"),
        pytest.param("1.2.840.113549.1.1.1", GOST_34311, f"геш з номером {GOST_34311}", id="ГОСТ 34.311"),
    ],
)
def test_the_key_decides(algorithm: str, digest: str, what: str) -> None:
    assert refusal(forged(original(), rsa_head(), algorithm, digest)) == named(what, "RSA 2048")


@pytest.mark.parametrize("algorithm", [UNKNOWN, NORMAL_BASIS, f"{UKRAINIAN}.3.2", "1.2.840.113549.1.1.11"])
def test_so_does_a_ukrainian_key(algorithm: str) -> None:
    assert refusal(forged(original(), ukrainian_head(), algorithm)) == named(
        f"алгоритм з номером {algorithm}", "ДСТУ 4145", "Ковальчук Ірина Зразківна"
    )


def test_a_signature_without_its_parameters_is_named() -> None:
    assert refusal(forged(original(), rsa_head(), PSS)) == (
        f"Підпис «{HEAD}» не прийнято: він за RSASSA-PSS, але не називає параметрів (геша й солі), "
        f"без яких його не обчислити. {SIGN_AGAIN}"
    )


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"hash_algorithm": {"algorithm": UNKNOWN}}, id="a hash"),
        pytest.param({"mask_gen_algorithm": {"algorithm": UNKNOWN}}, id="a mask"),
    ],
)
def test_parameters_that_nobody_knows_are_no_open_question(parameters: dict[str, Any]) -> None:
    usual = {"hash_algorithm": {"algorithm": "sha256"}, "salt_length": 32}
    upload = cms.ContentInfo.load(forged(original(), rsa_head(), PSS))
    (info,) = upload["content"]["signer_infos"]
    info["signature_algorithm"] = {"algorithm": PSS, "parameters": usual | parameters}
    assert refusal(upload.dump(force=True)) == named(f"алгоритм з номером {PSS}", "RSA 2048")


def test_a_very_long_number_is_cut() -> None:
    number = "1.2." + ".".join(["1234567890"] * 20)
    assert refusal(forged(original(), rsa_head(), number)) == named(
        f"алгоритм з номером {number[:64]}", "RSA 2048"
    )


# --- something beside the signature that cannot be computed ------------------------------


def not_held(who: str = HEAD) -> str:
    return f"Підпис «{who}» не сходиться з ключем у сертифікаті: його пошкоджено або підмінено. {SIGN_AGAIN}"


def test_a_name_by_an_unknown_hash_hides_no_wrong_signature() -> None:
    assert refusal(forged(original(), rsa_head(), "1.2.840.113549.1.1.11", named_by=UNKNOWN)) == not_held()


def test_an_unknown_hash_of_the_document_hides_none_either() -> None:
    """Inside, it is ours by its bytes. The hash is Купина of a size that nobody says."""
    upload = forged(original(), ukrainian_head(), DSTU_4145, f"{UKRAINIAN}.2.2", inside=True)
    assert refusal(upload) == not_held("Ковальчук Ірина Зразківна")


def other(who: str) -> str:
    return (
        f"Підпис «{who}» стоїть під іншим файлом, а не під збереженою редакцією: геш у підписі інший. "
        "Так буває, коли підписано іншу редакцію або файл перед підписанням відкрили й зберегли. "
        f"{SIGN_AGAIN}"
    )


def test_a_good_signature_that_names_its_certificate_by_an_unknown_hash_is_not_computed_whole() -> None:
    def sign(data: bytes) -> bytes:
        return bytes(authority.person(kind="RSA").key.sign(data, padding.PKCS1v15(), SHA256()))

    upload = forged(original(), rsa_head(), "1.2.840.113549.1.1.11", named_by=UNKNOWN, sign=sign)
    assert accepted(upload).mathematics == Tier(
        Outcome.UNKNOWN,
        f"Математику підпису не перевірено: геш у ньому – з номером {UNKNOWN}, а цього портал не обчислює. "
        f"{CHECK_ELSEWHERE}",
    )


# --- what is really not computed ---------------------------------------------------------

NOT_COMPUTED = Tier(
    Outcome.UNKNOWN,
    "Математику підпису не перевірено: його зроблено за алгоритмом ДСТУ 4145-2002 з гешем ДСТУ 7564:2014 "
    f"(Купина-384), якого портал не обчислює. {CHECK_ELSEWHERE}",
)


def with_kupyna_384(**how: Any) -> bytes:
    return forged(original(), ukrainian_head(), WITH_KUPYNA_384, **how)


def test_an_algorithm_that_goes_with_the_key_may_not_be_computed() -> None:
    assert accepted(with_kupyna_384()).mathematics == NOT_COMPUTED


def test_then_the_chain_proves_nothing(tmp_path: Path) -> None:
    """The certificate is in every signed file."""
    (tmp_path / "root.cer").write_bytes((SAMPLES / "authority.cer").read_bytes())
    assert accepted(with_kupyna_384(), tmp_path).trust == Tier(Outcome.UNKNOWN, trust.NOT_COMPUTED)


def test_nor_does_a_time_stamp() -> None:
    """Stamped is what nobody has computed."""
    upload = cms.ContentInfo.load(with_kupyna_384())
    stamped = cms.ContentInfo.load(p7s(holder=authority.person(kind="RSA"), stamper=authority.time_stamper()))
    (info,), (other_info,) = (one["content"]["signer_infos"] for one in (upload, stamped))
    info["signature"] = other_info["signature"].native
    info["unsigned_attrs"] = other_info["unsigned_attrs"].copy()
    assert accepted(upload.dump(force=True)).time_stamped is False


def test_without_attributes_nothing_ties_it_to_the_document() -> None:
    assert refusal(with_kupyna_384(attributes=False)) == (
        "Не видно, чи підпис «Ковальчук Ірина Зразківна» стоїть саме під збереженою редакцією. "
        f"{NOT_COMPUTED.sentence} Тут можна прийняти її підписаною як PDF або ASiC-E; "
        "або додайте підписаний файл як копію."
    )


def test_a_key_may_be_of_a_kind_that_is_not_computed() -> None:
    key = ed448.Ed448PrivateKey.generate()
    issued = authority._issue(authority._named(HEAD), key, authority.root(), authority.root().key)
    certificate = x509.Certificate.load(issued.public_bytes(Encoding.DER))
    assert accepted(forged(original(), certificate, "1.3.101.113")).mathematics == Tier(
        Outcome.UNKNOWN,
        "Математику підпису не перевірено: у сертифікаті ключ ED448, а цього портал не обчислює. "
        f"{CHECK_ELSEWHERE}",
    )


# --- the structure -----------------------------------------------------------------------


def test_attributes_that_say_nothing_are_none() -> None:
    """Signed would be an empty set, whatever the document."""
    upload = cms.ContentInfo.load(forged(original(), rsa_head(), "1.2.840.113549.1.1.11"))
    (info,) = upload["content"]["signer_infos"]
    key = authority.person(kind="RSA").key
    info["signed_attrs"] = []
    info["signature"] = key.sign(core.SetOf([], spec=core.Integer).dump(), padding.PKCS1v15(), SHA256())
    assert refusal(upload.dump(force=True)) == other(HEAD)

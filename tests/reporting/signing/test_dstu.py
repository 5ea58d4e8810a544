"""Signatures in certificates and messages: real ones, an independent implementation's, hostile ones.

What the samples are and where they come from: tests/samples/dstu/README.md.
"""

import base64
import re
import zipfile
from pathlib import Path

import pytest
from asn1crypto import algos, cms, core, parser, x509

from reporting.signing import algorithms, asice, gost34311, kupyna
from reporting.signing.dstu import (
    DIGEST_ALGORITHMS,
    DSTU_4145,
    DSTU_4145_WITH_KUPYNA_256,
    GOST_34311,
    KUPYNA_256,
    SIGNATURE_ALGORITHMS,
    NotComputed,
    check,
    digest,
)
from reporting.signing.dstu4145 import Curve
from reporting.signing.dstu4145_curves import NAMES, named_curve
from reporting.signing.verdict import Outcome

from .test_gost34311 import TEST_TABLE

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"
DOCUMENT = (SAMPLES / "document.pdf").read_bytes()
ROOT = "1.2.804.2.1.1.1.1"
ELSEWHERE = "Перевірте підпис на сайті центрального засвідчувального органу: czo.gov.ua/verify."


BY_GOST = algos.SignedDigestAlgorithm({"algorithm": f"{ROOT}.3.1.1"})


def certificate(name: str) -> x509.Certificate:
    return x509.Certificate.load((SAMPLES / f"{name}.cer").read_bytes())


def key_info(of: x509.Certificate) -> bytes:
    return of["tbs_certificate"]["subject_public_key_info"].dump()


def is_signed_by(name: str, issuer: str, *, flipped: int | None = None) -> bool:
    """`flipped`: the number of a byte of the signed part in which one bit is another."""
    one = certificate(name)
    signed = bytearray(one["tbs_certificate"].dump())
    if flipped is not None:
        signed[flipped] ^= 1
    return check(
        key_info(certificate(issuer)),
        signature_algorithm=one["signature_algorithm"]["algorithm"].dotted,
        data=bytes(signed),
        signature=one["signature_value"].native,
    )


def is_signature_of(data: bytes, message: bytes, signer: str) -> tuple[bool, bool]:
    """Whether the message names the digest of the data, and whether the signer signed what it names."""
    (info,) = cms.ContentInfo.load(message)["content"]["signer_infos"]
    attributes = info["signed_attrs"]
    named = {one["type"].dotted: one["values"][0].native for one in attributes}["1.2.840.113549.1.9.4"]
    return (
        digest(info["digest_algorithm"]["algorithm"].dotted, data) == named,
        check(
            key_info(certificate(signer)),
            signature_algorithm=info["signature_algorithm"]["algorithm"].dotted,
            # A set, in the order that it stands in.
            data=b"\x31" + attributes.dump()[1:],
            signature=info["signature"].native,
        ),
    )


# --- certificates ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        pytest.param("czo-2012", "czo-2012", id="the root of 2012"),
        pytest.param("justice-2015", "czo-2012", id="an authority under it"),
        pytest.param("czo-2017", "czo-2017", id="the root of 2017"),
        pytest.param("czo-2026", "czo-2026", id="the root of 2026, with the new hash"),
        pytest.param("authority", "authority", id="a sample root"),
        pytest.param("head", "authority", id="a sample person"),
        pytest.param("stranger", "authority", id="another"),
    ],
)
def test_a_certificate_is_signed_by_its_issuer_and_as_it_is(name: str, issuer: str) -> None:
    assert is_signed_by(name, issuer)
    assert not is_signed_by(name, issuer, flipped=200)


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("justice-2015", "czo-2017"),
        ("czo-2017", "czo-2012"),
        ("czo-2026", "czo-2017"),
        ("czo-2017", "czo-2026"),
        ("head", "stranger"),
    ],
)
def test_a_certificate_is_not_signed_by_another(name: str, issuer: str) -> None:
    assert not is_signed_by(name, issuer)


def signed_itself(name: str, algorithm: str, *, flipped: int | None = None) -> bool:
    """`flipped`: the number of a byte of the signature in which one bit is another."""
    root = certificate(name)
    signature = bytearray(root["signature_value"].native)
    if flipped is not None:
        signature[flipped] ^= 1
    return check(
        key_info(root),
        signature_algorithm=algorithm,
        data=root["tbs_certificate"].dump(),
        signature=bytes(signature),
    )


@pytest.mark.parametrize("flipped", [0, 1438])
def test_no_bit_of_the_root_of_2026_can_be_another(flipped: int) -> None:
    assert not is_signed_by("czo-2026", "czo-2026", flipped=flipped)


@pytest.mark.parametrize("flipped", [55, 56])
def test_nor_can_a_bit_of_its_signature(flipped: int) -> None:
    assert not signed_itself("czo-2026", DSTU_4145_WITH_KUPYNA_256, flipped=flipped)


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [
        ("czo-2017", DSTU_4145, DSTU_4145_WITH_KUPYNA_256),
        ("czo-2026", DSTU_4145_WITH_KUPYNA_256, DSTU_4145),
    ],
)
def test_a_signature_over_one_hash_is_none_over_the_other(name: str, own: str, other: str) -> None:
    assert (signed_itself(name, own), signed_itself(name, other)) == (True, False)


@pytest.mark.parametrize(("name", "algorithm"), [("czo-2017", GOST_34311), ("czo-2026", KUPYNA_256)])
def test_an_authority_calls_its_key_by_the_digest_of_it(name: str, algorithm: str) -> None:
    """Digests of ours that the ministry's own software computed in 2017 and in 2026."""
    root = certificate(name)
    # The point in its OCTET STRING, at the end of the key.
    assert digest(algorithm, key_info(root)[-56:]) == root.key_identifier


# --- messages ----------------------------------------------------------------------------


def test_a_message_beside_the_document_verifies() -> None:
    message = (SAMPLES / "head.p7s").read_bytes()
    assert is_signature_of(DOCUMENT, message, "head") == (True, True)


def test_a_message_about_another_document_does_not() -> None:
    message = (SAMPLES / "head.p7s").read_bytes()
    assert is_signature_of(DOCUMENT + b"\n", message, "head") == (False, True)


def test_a_message_of_another_person_does_not() -> None:
    message = (SAMPLES / "stranger.p7s").read_bytes()
    assert is_signature_of(DOCUMENT, message, "head") == (True, False)


def test_a_message_with_one_changed_attribute_does_not() -> None:
    message = (SAMPLES / "head.p7s").read_bytes()
    assert message.count(b"240205093000Z") == 1
    later = message.replace(b"240205093000Z", b"240205093001Z")
    assert is_signature_of(DOCUMENT, later, "head") == (True, False)


def test_a_message_inside_a_pdf_verifies() -> None:
    content = (SAMPLES / "head.pdf").read_bytes()
    match = re.search(rb"/ByteRange ?\[(\d+) (\d+) (\d+) (\d+)\s*\]", content)
    assert match is not None
    first, first_length, second, second_length = map(int, match.groups())
    covered = content[first : first + first_length] + content[second : second + second_length]
    message = bytes.fromhex(content[first + first_length + 1 : second - 1].decode())
    assert is_signature_of(covered, message, "head") == (True, True)


@pytest.mark.parametrize("name", ["head", "head-sha256", "head-kupyna"])
def test_a_message_inside_a_container_verifies(name: str) -> None:
    with zipfile.ZipFile(SAMPLES / f"{name}.asice") as container:
        manifest = container.read("META-INF/ASiCManifest001.xml")
        message = container.read("META-INF/signature001.p7s")
        assert container.read("document.pdf") == DOCUMENT
    assert is_signature_of(manifest, message, "head") == (True, True)


@pytest.mark.parametrize(("name", "algorithm"), [("head", GOST_34311), ("head-kupyna", KUPYNA_256)])
def test_the_digest_inside_a_containers_manifest_is_ours(name: str, algorithm: str) -> None:
    with zipfile.ZipFile(SAMPLES / f"{name}.asice") as container:
        named = re.search(rb"DigestValue>(.+)</", container.read("META-INF/ASiCManifest001.xml"))
    assert named is not None
    assert base64.b64decode(named[1]) == digest(algorithm, DOCUMENT)


@pytest.mark.parametrize("name", ["head", "head-sha256", "head-kupyna"])
def test_a_container_is_accepted_as_a_whole(name: str) -> None:
    content, signers = asice.examine(DOCUMENT, (SAMPLES / f"{name}.asice").read_bytes())
    assert [content.outcome, *(one.mathematics.outcome for one in signers)] == [Outcome.PASSED] * 2


# --- keys of every form ------------------------------------------------------------------

PRIVATE, NONCE = 1234567, 7654321


def sequence(*parts: bytes) -> bytes:
    return parser.emit(0, 1, 16, b"".join(parts))


def octets(value: int) -> bytes:
    return core.OctetString(value.to_bytes(value.bit_length() + 7 >> 3, "little")).dump()


def named(name: str) -> bytes:
    return core.ObjectIdentifier(name).dump()


def written_out(curve: Curve, *, version: bytes = b"") -> bytes:
    middle = [core.Integer(power).dump() for power in curve.field.middle]
    return sequence(
        version,
        sequence(
            core.Integer(curve.field.degree).dump(), middle[0] if len(middle) == 1 else sequence(*middle)
        ),
        core.Integer(curve.a).dump(),
        octets(curve.b),
        core.Integer(curve.order).dump(),
        octets(compressed(curve, curve.base.x, curve.base.y)),
    )


def compressed(curve: Curve, x: int, y: int) -> int:
    field = curve.field
    return x & ~1 | field.trace(field.product(y, field.inverse(x)))


def key_of(curve: Curve, described: bytes, *, dke: bytes = b"", algorithm: str = DSTU_4145) -> bytes:
    """The DER of the public half of PRIVATE."""
    point = curve.combination(curve.order - PRIVATE, curve.base, 0, curve.base)
    assert point is not None
    table = core.OctetString(dke).dump() if dke else b""
    return sequence(
        sequence(core.ObjectIdentifier(algorithm).dump(), sequence(described, table)),
        core.OctetBitString(octets(compressed(curve, point.x, point.y))).dump(),
    )


def signature_of(data: bytes, curve: Curve, *, dke: bytes = gost34311.DKE_1, nonce: int = NONCE) -> bytes:
    point = curve.combination(nonce, curve.base, 0, curve.base)
    assert point is not None
    element = int.from_bytes(gost34311.digest(data, dke), "little") & (1 << curve.field.degree) - 1
    r = curve.field.product(element, point.x) & (1 << curve.order.bit_length() - 1) - 1
    s = (nonce + PRIVATE * r) % curve.order
    size = curve.order.bit_length() + 7 >> 3
    return r.to_bytes(size, "little") + s.to_bytes(size, "little")


def holds(public_key_info: bytes, signature: bytes, data: bytes = b"data") -> bool:
    return check(public_key_info, signature_algorithm=DSTU_4145, data=data, signature=signature)


def refusal(public_key_info: bytes) -> str:
    with pytest.raises(NotComputed) as refused:
        holds(public_key_info, bytes(64))
    return str(refused.value)


M163, M257, M431 = (named_curve(NAMES[number]) for number in (0, 6, 9))


@pytest.mark.parametrize("name", NAMES, ids=lambda name: str(named_curve(name).field.degree))
def test_a_key_may_name_its_curve(name: str) -> None:
    curve = named_curve(name)
    key, signature = key_of(curve, named(name)), signature_of(b"data", curve)
    assert (holds(key, signature), holds(key, signature, b"date")) == (True, False)


@pytest.mark.parametrize("curve", [M163, M257, M431], ids=["pentanomial", "trinomial", "the largest"])
def test_a_key_may_write_its_curve_out(curve: Curve) -> None:
    key, signature = key_of(curve, written_out(curve)), signature_of(b"data", curve)
    assert (holds(key, signature), holds(key, signature, b"date")) == (True, False)


def test_a_key_that_writes_its_curve_out_may_say_the_version() -> None:
    version = core.Integer(0, explicit=0).dump()
    assert holds(key_of(M257, written_out(M257, version=version)), signature_of(b"data", M257))


def test_the_table_of_substitution_may_come_with_the_key() -> None:
    key = key_of(M257, named(NAMES[6]), dke=TEST_TABLE)
    assert holds(key, signature_of(b"data", M257, dke=TEST_TABLE))
    assert not holds(key, signature_of(b"data", M257))


def test_the_digest_uses_the_table_of_the_signers_key() -> None:
    key = key_of(M257, named(NAMES[6]), dke=TEST_TABLE)
    assert digest(GOST_34311, b"data", public_key_info=key) == gost34311.digest(b"data", TEST_TABLE)
    assert digest(GOST_34311, b"data") == gost34311.digest(b"data")


@pytest.mark.parametrize(("size", "bits"), [(1, 256), (2, 384), (3, 512)])
def test_the_new_hash_needs_no_table_and_asks_no_key(size: int, bits: int) -> None:
    digested = digest(f"{ROOT}.2.2.{size}", b"data", public_key_info=b"no key at all")
    assert digested == kupyna.digest(b"data", bits)


# --- what is no signature ----------------------------------------------------------------

KEY = key_of(M257, named(NAMES[6]))
SIGNATURE = signature_of(b"data", M257)


def test_a_signature_may_stand_in_an_octet_string() -> None:
    assert holds(KEY, core.OctetString(SIGNATURE).dump())


def test_a_bare_signature_that_looks_like_an_octet_string_is_read_as_it_is() -> None:
    # Found by trying.
    signature = signature_of(b"data", M163, nonce=NONCE + 463_498)
    assert core.OctetString.load(signature, strict=True).native == signature[2:]
    assert holds(key_of(M163, named(NAMES[0])), signature)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x04\x00", id="nothing in an octet string"),
        pytest.param(SIGNATURE[:-1], id="short by a byte"),
        pytest.param(SIGNATURE[:-2], id="short by two"),
        pytest.param(SIGNATURE + b"\0", id="long by a byte"),
        pytest.param(SIGNATURE + b"\0\0", id="long by two"),
        pytest.param(bytes(64), id="zeros"),
        pytest.param(b"\xff" * 64, id="ones"),
        pytest.param(SIGNATURE[:32] + bytes(32), id="s is zero"),
        pytest.param(bytes(32) + SIGNATURE[32:], id="r is zero"),
        pytest.param(SIGNATURE[32:] + SIGNATURE[:32], id="r and s in each other's place"),
        pytest.param(SIGNATURE[::-1], id="the other order of bytes"),
        pytest.param(SIGNATURE + bytes(1_000_000), id="a megabyte"),
        pytest.param(b"\x24\x80" * 50, id="octet strings without an end"),
    ],
)
def test_what_is_no_signature_is_false(signature: bytes) -> None:
    assert not holds(KEY, signature)


@pytest.mark.parametrize("bit", [0, 7, 255, 256, 511])
def test_one_changed_bit_of_a_signature_is_false(bit: int) -> None:
    changed = int.from_bytes(SIGNATURE, "little") ^ 1 << bit
    assert not holds(KEY, changed.to_bytes(64, "little"))


@pytest.mark.parametrize("value", [0, 1, (1 << 264) - 1], ids=["zero", "one", "too long for the field"])
def test_a_key_that_is_no_point_is_false(value: int) -> None:
    point = core.OctetString(value.to_bytes(33, "little")).dump()
    info = sequence(
        sequence(core.ObjectIdentifier(DSTU_4145).dump(), sequence(named(NAMES[6]))),
        core.OctetBitString(point).dump(),
    )
    assert not holds(info, SIGNATURE)


# --- what is not computed ----------------------------------------------------------------


def test_a_signature_with_a_longer_hash_is_not_computed() -> None:
    """None was found to try it on."""
    with pytest.raises(NotComputed) as refused:
        check(KEY, signature_algorithm=f"{ROOT}.3.6.3.1", data=b"data", signature=SIGNATURE)
    assert str(refused.value) == (
        "Математику підпису не перевірено: його зроблено за алгоритмом ДСТУ 4145-2002 з гешем "
        f"ДСТУ 7564:2014 (Купина-512), якого портал не обчислює. {ELSEWHERE}"
    )


@pytest.mark.parametrize("algorithm", sorted(SIGNATURE_ALGORITHMS - {DSTU_4145, DSTU_4145_WITH_KUPYNA_256}))
def test_other_ukrainian_signatures_are_not_computed(algorithm: str) -> None:
    with pytest.raises(NotComputed):
        check(KEY, signature_algorithm=algorithm, data=b"data", signature=SIGNATURE)


@pytest.mark.parametrize("algorithm", ["", "1.2.840.10045.4.3.2", f"{ROOT}.3.1", "9" * 100_000])
def test_an_unknown_signature_is_called_by_its_number(algorithm: str) -> None:
    with pytest.raises(NotComputed) as refused:
        check(KEY, signature_algorithm=algorithm, data=b"data", signature=SIGNATURE)
    assert str(refused.value) == (
        "Математику підпису не перевірено: його зроблено за алгоритмом з невідомим номером "
        f"{algorithm[:64]}, якого портал не обчислює. {ELSEWHERE}"
    )


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        (f"{ROOT}.2.2", "ДСТУ 7564:2014 (Купина)"),
        ("1.3.14.3.2.26", "з невідомим номером 1.3.14.3.2.26"),
    ],
)
def test_other_digests_are_not_computed(algorithm: str, name: str) -> None:
    with pytest.raises(NotComputed) as refused:
        digest(algorithm, b"data")
    assert str(refused.value) == (
        f"Математику підпису не перевірено: геш документа обчислено за алгоритмом {name}, "
        f"якого портал не обчислює. {ELSEWHERE}"
    )


def test_the_lists_of_ukrainian_algorithms_hold_what_is_computed() -> None:
    assert {f"{ROOT}.3.1.1", f"{ROOT}.3.6.1.1"} <= SIGNATURE_ALGORITHMS
    assert {f"{ROOT}.2.1", *(f"{ROOT}.2.2.{size}" for size in (1, 2, 3))} <= DIGEST_ALGORITHMS


BASIS = sequence(
    sequence(core.Integer(173).dump()),
    core.Integer(0).dump(),
    octets(M163.b),
    core.Integer(M163.order).dump(),
    octets(M163.base.x),
)
UNREADABLE = "ключ у сертифікаті записано не за ДСТУ 4145-2002"


@pytest.mark.parametrize(
    ("public_key_info", "reason"),
    [
        pytest.param(b"", UNREADABLE, id="nothing"),
        pytest.param(KEY[:-1], UNREADABLE, id="cut"),
        pytest.param(KEY + b"\0", UNREADABLE, id="with a tail"),
        pytest.param(KEY[1:], UNREADABLE, id="without its head"),
        pytest.param(sequence(KEY), UNREADABLE, id="one level too deep"),
        pytest.param(b"\x30\x80" * 500, UNREADABLE, id="sequences without an end"),
        pytest.param(key_of(M257, named(NAMES[6]), dke=bytes(3000)), UNREADABLE, id="too long"),
        pytest.param(key_of(M257, b""), UNREADABLE, id="without a curve"),
        pytest.param(key_of(M257, core.Null().dump()), UNREADABLE, id="a curve of nothing"),
        pytest.param(
            key_of(M257, named(NAMES[6]), dke=bytes(64)),
            "таблиця замін (ДКЕ) ключа в сертифікаті не є таблицею замін",
            id="a table that is none",
        ),
        pytest.param(
            key_of(M257, named(f"{ROOT}.3.1.1.2.10")),
            f"крива ключа в сертифікаті з невідомим номером {ROOT}.3.1.1.2.10, її портал не обчислює",
            id="an unknown curve",
        ),
        pytest.param(
            key_of(M257, BASIS),
            "ключ у сертифікаті в оптимальному нормальному базисі, якого портал не обчислює",
            id="another basis",
        ),
        pytest.param(
            key_of(M257, named(NAMES[6]), algorithm=f"{ROOT}.3.1.2"),
            "у сертифікаті ключ для алгоритму ДСТУ 4145-2002 в оптимальному нормальному базисі, "
            "якого портал не обчислює",
            id="another basis by its name",
        ),
        pytest.param(
            key_of(M257, named(NAMES[6]), algorithm="1.2.840.10045.2.1"),
            "у сертифікаті ключ для алгоритму з невідомим номером 1.2.840.10045.2.1, "
            "якого портал не обчислює",
            id="a key of ECDSA",
        ),
        pytest.param(
            key_of(M257, written_out(M257).replace(core.Integer(12).dump(), core.Integer(13).dump())),
            "крива ключа в сертифікаті не за ДСТУ 4145-2002: "
            "многочлен поля не є незвідним тричленом або п’ятичленом",
            id="a reducible polynomial",
        ),
    ],
)
def test_keys_that_are_not_computed_say_why(public_key_info: bytes, reason: str) -> None:
    assert refusal(public_key_info) == f"Математику підпису не перевірено: {reason}. {ELSEWHERE}"


@pytest.mark.parametrize(
    ("public_key_info", "step"),
    [
        pytest.param(key_of(M257, named(NAMES[6]), dke=gost34311.DKE_1), 2, id="named"),
        pytest.param(key_of(M257, written_out(M257)), 4, id="written out"),
    ],
)
def test_a_key_with_one_changed_byte_never_verifies_nor_breaks_anything(
    public_key_info: bytes, step: int
) -> None:
    taken = []
    for place in range(0, len(public_key_info), step):
        changed = bytearray(public_key_info)
        changed[place] ^= 0x81
        try:
            taken.append(holds(bytes(changed), SIGNATURE))
        except NotComputed:
            taken.append(False)
    assert set(taken) == {False}


# --- a message that names two hashes -----------------------------------------------------


KUPYNA_256 = f"{ROOT}.2.2.1"


@pytest.mark.parametrize("named", [f"{ROOT}.2.1", KUPYNA_256, f"{ROOT}.2.2.3", "2.16.840.1.101.3.4.2.1"])
def test_what_holds_by_none_of_its_hashes_is_broken(named: str) -> None:
    assert algorithms.holds(key_info(certificate("head")), BY_GOST, named, b"data", b"\1" * 64) is False


def test_its_maker_may_have_hashed_by_the_one_named_beside_the_signature() -> None:
    """The central authority's own certificate is signed with Купина; here its number means ГОСТ 34.311."""
    root = certificate("czo-2026")
    signed = (root["tbs_certificate"].dump(), root["signature_value"].native)
    held = [
        algorithms.holds(key_info(root), BY_GOST, named, *signed) for named in (KUPYNA_256, f"{ROOT}.2.1")
    ]
    assert held == [True, False]

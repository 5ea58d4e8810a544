"""A container of document and signature: what is in it, and that it cannot hurt whoever opens it."""

import io
import warnings
import zipfile
from collections.abc import Callable

import pytest

from reporting.signing import asice
from reporting.signing.examination import examine
from reporting.signing.verdict import SIGN_AGAIN, Container, Examination, NotAccepted, Outcome, Tier
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DEPUTY, HEAD, NOW
from tests.reporting.signing.signed_files import (
    DOCUMENT_NAME,
    asice_parts,
    container,
    manifest,
    original,
    p7s,
)

MANIFEST, SIGNATURE = "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"
OURS = Tier(
    Outcome.PASSED, "Підписано збережену редакцію: документ у контейнері збігається з нею байт у байт."
)


def examined(upload: bytes) -> Examination:
    return examine(original(), upload, trust_folder=None, now=NOW)


def refusal(upload: bytes) -> str:
    with pytest.raises(NotAccepted) as refused:
        examined(upload)
    return str(refused.value)


def changed(**parts: bytes | None) -> bytes:
    """A good container with parts added, put in place of its own, or (None) left out."""
    names = {"manifest": MANIFEST, "signature": SIGNATURE, "document": DOCUMENT_NAME}
    renamed = {names.get(name, name): part for name, part in parts.items()}
    return container({name: part for name, part in (asice_parts() | renamed).items() if part is not None})


def signed_by_two() -> bytes:
    text = manifest(original(), signature="META-INF/signature002.p7s")
    second = {
        "META-INF/ASiCManifest002.xml": text,
        "META-INF/signature002.p7s": p7s(text, authority.person(DEPUTY)),
    }
    return container(asice_parts() | second)


# --- accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "key"), [("RSA", "RSA 2048"), ("P-256", "ECDSA P-256")])
def test_a_container_is_accepted(kind: str, key: str) -> None:
    examination = examined(container(asice_parts(holder=authority.person(kind=kind))))
    (signature,) = examination.signatures
    assert (examination.container, examination.content) == (Container.ASICE, OURS)
    assert signature.mathematics == Tier(Outcome.PASSED, f"Підпис обчислено, і він сходиться ({key}).")


def test_two_sign_each_under_a_manifest_of_their_own() -> None:
    assert [one.certificate.name for one in examined(signed_by_two()).signatures] == [HEAD, DEPUTY]


def test_the_simple_container_signs_the_document_itself() -> None:
    parts = {DOCUMENT_NAME: original(), "META-INF/signature.p7s": p7s()}
    assert examined(container({"mimetype": b"application/vnd.etsi.asic-s+zip"} | parts)).content == OURS


def test_evidence_for_long_keeping_is_passed_over() -> None:
    upload = changed(**{"META-INF/ASiCArchiveManifest.xml": b"<a/>", "META-INF/timestamp.tst": b"0"})
    assert examined(upload).content == OURS


# --- attacks -----------------------------------------------------------------------------


def twice(name: str) -> bytes:
    """Two parts of one name: programs differ in which of them they show."""
    content = io.BytesIO(container(asice_parts()))
    with zipfile.ZipFile(content, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr(name, b"999,9")
    return content.getvalue()


def encrypted() -> bytes:
    """As the first bit of both places' flags says."""
    content = bytearray(container(asice_parts()))
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + place] |= 1
    return bytes(content)


def bomb() -> bytes:
    return changed(document=bytes(30 * 1024 * 1024))


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
OTHER_CONTENT = (
    f"Підпис «{HEAD}» не сходиться з вмістом контейнера: його складено або змінено після підписання. "
    f"{SIGN_AGAIN}"
)
NOTHING_TIES = f"{asice.UNTIED} {asice.SIGN_AS_CADES}"
OTHER_DOCUMENT = f"{asice.OTHER} {SIGN_AGAIN}"
NO_CONTAINER = f"{asice.NO_CONTAINER} {asice.SIGN_AS_CADES}"
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("edition 1 signed for edition 2", lambda: container(asice_parts(original(2))), OTHER_DOCUMENT),
    ("the document replaced", lambda: changed(document=original(2)), OTHER_DOCUMENT),
    (
        "the manifest of another document",
        lambda: changed(manifest=manifest(original(2)), signature=p7s(manifest(original(2)))),
        NOTHING_TIES,
    ),
    ("the manifest written anew", lambda: changed(manifest=manifest(original()) + b"\n"), OTHER_CONTENT),
    ("signed beside the manifest", lambda: changed(signature=p7s()), OTHER_CONTENT),
    (
        "a second signature that nothing names",
        lambda: changed(**{"META-INF/signature002.p7s": p7s()}),
        NOTHING_TIES,
    ),
    ("a manifest that names nothing", lambda: changed(signature=None), NO_CONTAINER),
    (
        "a digest of an unknown kind",
        lambda: changed(manifest=manifest(original()).replace(b"xmlenc#sha256", b"xmlenc#sha999")),
        f"{asice.UNKNOWN_DIGEST} {asice.SIGN_AS_CADES}",
    ),
    (
        "XAdES",
        lambda: changed(**{"META-INF/signatures0.xml": b"<a/>"}),
        f"{asice.XADES_INSIDE} {asice.SIGN_AS_CADES}",
    ),
    (
        "a document beside ours",
        lambda: changed(**{"Додаток.pdf": b"%PDF-"}),
        "У контейнері 2 документи, а має бути один: збережена редакція. "
        "Підпишіть «Оригінал без підпису» окремо від інших файлів.",
    ),
    ("no document", lambda: changed(document=None), f"{asice.NO_DOCUMENT} {SIGN_AGAIN}"),
    ("an archive", lambda: container({"a.pdf": original()}), NO_CONTAINER),
    ("a DOCTYPE", lambda: changed(manifest=DOCTYPE), f"{asice.DAMAGED} {SIGN_AGAIN}"),
    ("no XML", lambda: changed(manifest=b"<"), f"{asice.DAMAGED} {SIGN_AGAIN}"),
    ("another XML", lambda: changed(manifest=b"<a/>"), f"{asice.DAMAGED} {SIGN_AGAIN}"),
    ("two of one name", lambda: twice(DOCUMENT_NAME), f"{asice.UNUSUAL} {SIGN_AGAIN}"),
    ("a way out", lambda: changed(**{"../a.pdf": b"a"}), f"{asice.UNUSUAL} {SIGN_AGAIN}"),
    (
        "too many parts",
        lambda: changed(**{f"META-INF/{number}.tst": b"a" for number in range(50)}),
        f"{asice.UNUSUAL} {SIGN_AGAIN}",
    ),
    ("a bomb", bomb, f"{asice.SWOLLEN} {SIGN_AGAIN}"),
    (
        "a large signature",
        lambda: changed(signature=authority.root().der * 20_000),
        f"{asice.SWOLLEN} {SIGN_AGAIN}",
    ),
    ("encrypted", encrypted, f"{asice.ENCRYPTED} {SIGN_AGAIN}"),
    ("cut off", lambda: container(asice_parts())[:-30], f"{asice.DAMAGED} {SIGN_AGAIN}"),
]


@pytest.mark.parametrize(
    ("upload", "sentence"), [pytest.param(upload, told, id=name) for name, upload, told in REFUSED]
)
def test_each_attack_has_its_sentence(upload: Callable[[], bytes], sentence: str) -> None:
    assert refusal(upload()) == sentence

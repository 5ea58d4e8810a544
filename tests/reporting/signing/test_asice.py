"""A container of document and signature: what is in it, and that it cannot hurt whoever opens it."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

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


LIST_OF_PARTS = (
    b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/"/></manifest:manifest>'
)


def test_a_list_of_the_parts_may_lie_beside() -> None:
    assert examined(changed(**{"META-INF/manifest.xml": LIST_OF_PARTS})).content == OURS


def test_it_need_not_say_its_kind() -> None:
    assert examined(changed(mimetype=None)).content == OURS


def streamed(parts: Mapping[str, bytes]) -> bytes:
    """As programs write that cannot go back: each part's sizes stand behind it."""

    class Forwards(io.RawIOBase):
        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.written += bytes(data)
            return len(data)

    target = Forwards()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.written


def test_a_container_may_be_written_in_one_go() -> None:
    assert examined(streamed(asice_parts())).content == OURS


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
NOT_ASIC = f"{asice.NOT_ASIC} {asice.SIGN_AS_CADES}"
STRANGE_PART = f"{asice.STRANGE_PART} {asice.SIGN_AS_CADES}"
TORN = f"{asice.DAMAGED} {SIGN_AGAIN}"
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
    ("a DOCTYPE", lambda: changed(manifest=DOCTYPE), TORN),
    ("no XML", lambda: changed(manifest=b"<"), TORN),
    ("another XML", lambda: changed(manifest=b"<a/>"), TORN),
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
    ("cut off", lambda: container(asice_parts())[:-30], TORN),
    ("another kind", lambda: changed(mimetype=b"text/html"), NOT_ASIC),
    ("a long kind", lambda: changed(mimetype=asice.MIMETYPES[0] + b"\n" * 70_000), NOT_ASIC),
    ("evidence", lambda: changed(**{"META-INF/timestamp.tst": b"0"}), STRANGE_PART),
    ("a document among the signatures", lambda: changed(**{"META-INF/x.pdf": b"%PDF-"}), STRANGE_PART),
    (
        "a list of no parts",
        lambda: changed(**{"META-INF/manifest.xml": b"<a/>"}),
        TORN,
    ),
    (
        "a long list of parts",
        lambda: changed(**{"META-INF/manifest.xml": LIST_OF_PARTS + b" " * 70_000}),
        f"{asice.SWOLLEN} {SIGN_AGAIN}",
    ),
    (
        "more manifests than signatories",
        lambda: changed(**{f"META-INF/ASiCManifest{n}.xml": manifest(original()) for n in range(2, 7)}),
        f"{asice.TOO_MANY} {asice.SIGN_AS_CADES}",
    ),
]


@pytest.mark.parametrize(
    ("upload", "sentence"), [pytest.param(upload, told, id=name) for name, upload, told in REFUSED]
)
def test_each_attack_has_its_sentence(upload: Callable[[], bytes], sentence: str) -> None:
    assert refusal(upload()) == sentence


# --- what other programs would see in it -------------------------------------------------


def hidden() -> bytes:
    """A part with a header and no entry in any directory."""
    return container({"Zvit.pdf": b"%PDF-999,9"}).partition(b"PK\x01\x02")[0]


def with_directory_at(upload: bytes, moved: int) -> bytes:
    """The end says that the directory begins so much later."""
    start = struct.unpack("<L", upload[-6:-2])[0]
    return upload[:-6] + struct.pack("<L", start + moved) + upload[-2:]


def in_front() -> bytes:
    return hidden() + container(asice_parts())


def in_front_by_the_rules() -> bytes:
    """All places are right: the directory only does not begin with the first part."""
    content = io.BytesIO(hidden())
    with zipfile.ZipFile(content, "a") as archive:
        for name, part in asice_parts().items():
            archive.writestr(name, part)
    return content.getvalue()


def in_the_directory() -> bytes:
    """Beside the name of the last part, where only the directory has anything."""
    upload, more = container(asice_parts()), b"\x99\x99\x2c\x01" + bytes(300)
    entry = upload.rindex(b"PK\x01\x02")
    end = upload.rindex(b"PK\x05\x06")
    upload = (
        upload[: entry + 30] + struct.pack("<H", len(more)) + upload[entry + 32 : end] + more + upload[end:]
    )
    (length,) = struct.unpack("<L", upload[-10:-6])
    return upload[:-10] + struct.pack("<L", length + len(more)) + upload[-6:]


def with_a_comment_to_come() -> bytes:
    return container(asice_parts())[:-2] + b"\1\0"


def before_the_directory() -> bytes:
    parts, mark, directory = container(asice_parts()).partition(b"PK\x01\x02")
    return with_directory_at(parts + hidden() + mark + directory, len(hidden()))


def behind() -> bytes:
    return container(asice_parts()) + b"999,9"


def in_a_comment() -> bytes:
    content = io.BytesIO(container(asice_parts()))
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = b"999,9"
    return content.getvalue()


def beside_a_part(**beside: bytes) -> bytes:
    """`comment` or `extra` of the document's entry."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in asice_parts().items():
            entry = zipfile.ZipInfo(name)
            for kind, value in beside.items():
                setattr(entry, kind, value)
            archive.writestr(entry, part)
    return content.getvalue()


def in_a_folder() -> bytes:
    return changed(**{"folder/": b"999,9"})


def under_another_name() -> bytes:
    """For whoever reads from the front."""
    return container(asice_parts()).replace(b"Zvit 2024.pdf", b"Zvit 2023.pdf", 1)


def of_another_size() -> bytes:
    upload = bytearray(container(asice_parts()))
    upload[upload.index(b"Zvit 2024.pdf") - 8] ^= 1
    return bytes(upload)


def behind_packed_data() -> bytes:
    """The sizes stand behind the part, so whoever reads from the front goes on where the packed data end."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(original()) + packer.flush()
    upload = streamed(asice_parts())
    place = upload.index(packed) + len(packed)
    sizes, moved = struct.pack("<2L", len(packed), len(original())), len(hidden())
    larger = struct.pack("<2L", len(packed) + moved, len(original()))
    upload = (upload[:place] + hidden() + upload[place:]).replace(sizes, larger)
    for name in ("META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"):
        # Where the directory's entry says that the part's header is.
        written = upload.rindex(name.encode()) - 4
        (start,) = struct.unpack("<L", upload[written : written + 4])
        upload = upload[:written] + struct.pack("<L", start + moved) + upload[written + 4 :]
    return with_directory_at(upload, moved)


@pytest.mark.parametrize(
    "upload",
    [
        in_front,
        in_front_by_the_rules,
        in_the_directory,
        with_a_comment_to_come,
        before_the_directory,
        behind,
        in_a_comment,
        pytest.param(lambda: beside_a_part(comment=b"999,9"), id="beside a part"),
        pytest.param(
            lambda: beside_a_part(extra=struct.pack("<2H", 0x9999, 300) + bytes(300)), id="more beside"
        ),
        in_a_folder,
        under_another_name,
        of_another_size,
        behind_packed_data,
    ],
)
def test_nothing_is_seen_by_some_programs_only(upload: Callable[[], bytes]) -> None:
    assert refusal(upload()) == f"{asice.ODDLY_PACKED} {SIGN_AGAIN}"

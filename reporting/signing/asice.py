"""A container of document and signatures: ASiC-E with CAdES, and ASiC-S with one .p7s (ETSI EN 319 162-1).

In ASiC-E the signature stands under a manifest, and the manifest holds the document's digest. The
container is an archive from outside: nothing is unpacked to disk, and nothing larger than our own
document is unpacked at all.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from programs.file_types import MAX_RATIO, NOT_READABLE, RATIO_MATTERS_FROM, fits, leads_out
from programs.textforms import counted

from . import algorithms, cms, plain_zip
from .dstu import GOST_34311, KUPYNA_256, NotComputed
from .verdict import NotAccepted, Outcome, Tier, not_accepted

MAX_PARTS = 50
# A signature has some certificates and, kept for long, lists of revoked ones; a manifest has some lines.
MAX_SERVICE_PART = 5 * 1024 * 1024
MAX_XML = 64 * 1024
MAX_INFLATED = 60 * 1024 * 1024
# One a signatory; each is a document's digest and a signature to compute.
MAX_MANIFESTS = 5
MAX_MIMETYPE = 40
MIMETYPES = (b"application/vnd.etsi.asic-e+zip", b"application/vnd.etsi.asic-s+zip")

SIGN_AS_CADES = "Підпишіть «Оригінал без підпису» ще раз як CAdES (.p7s), ASiC-E з CAdES або PDF (PAdES)."

_ASIC = "{http://uri.etsi.org/02918/v1.2.1#}"
_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_XMLDSIG = "{http://www.w3.org/2000/09/xmldsig#}"
_MANIFEST = re.compile(r"META-INF/[^/]*ASiCManifest[^/]*\.xml", re.IGNORECASE)
_XADES = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml", re.IGNORECASE)
_CADES = re.compile(r"META-INF/[^/]*\.p7s", re.IGNORECASE)
# A list of the parts, as office documents have one.
_LIST_OF_PARTS = "META-INF/manifest.xml"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "2.16.840.1.101.3.4.2.1",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "2.16.840.1.101.3.4.2.2",
    "http://www.w3.org/2001/04/xmlenc#sha512": "2.16.840.1.101.3.4.2.3",
    # Ukrainian hashes have no names of their own there; programs write these.
    "http://www.w3.org/2001/04/xmldsig-more#gost34311": GOST_34311,
    "http://www.w3.org/2001/04/xmlenc#gost34311": GOST_34311,
    "http://www.w3.org/2001/04/xmlenc#dstu7564-256": KUPYNA_256,
}

DAMAGED = "Контейнер ASiC пошкоджено або запаковано незвично: прочитати його не вдалося."
UNUSUAL = "Файл схожий на контейнер ASiC, але частин у ньому забагато або названо їх так, як не годиться."
ODDLY_PACKED = (
    "Контейнер ASiC запаковано так, що різні програми побачать у ньому різне: у ньому є байти, яких немає "
    "в його змісті."
)
NOT_ASIC = "Це архів ZIP, але за власним описом (mimetype) не контейнер ASiC."
STRANGE_PART = "У контейнері, крім документа, підписів і їх опису, лежить щось іще (META-INF)."
TOO_MANY = f"У контейнері забагато описів підпису (ASiCManifest): приймаємо до {MAX_MANIFESTS}."
SWOLLEN = "Розпакований контейнер завеликий: такий може зупинити комп’ютер того, хто його відкриє."
ENCRYPTED = "Контейнер захищено паролем."
NO_CONTAINER = "Це архів ZIP, а не контейнер ASiC: у ньому немає підпису CAdES на своєму місці (META-INF)."
XADES_INSIDE = "У контейнері підпис XAdES (XML), а такі портал не перевіряє."
OTHER = (
    "У контейнері лежить інший документ, а не збережена редакція. Так буває, коли підписано іншу редакцію "
    "або файл перед підписанням відкрили й зберегли."
)
UNKNOWN_DIGEST = "Геш документа в контейнері взято за алгоритмом, якого портал не обчислює."
NO_DOCUMENT = "У контейнері є підпис, але немає документа."
UNTIED = "Контейнер ASiC неповний: підпис у ньому не пов’язано з документом."


def examine(original: bytes, upload: bytes) -> tuple[Tier, tuple[cms.Signer, ...]]:
    """What is said of the content, and who signed it. Raises NotAccepted."""
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            parts = _opened(archive)
            name = _document_name(parts)
            _require_nothing_else(parts, archive)
            if not plain_zip.is_plain(upload, archive):
                raise not_accepted(ODDLY_PACKED)
            if parts[name].file_size != len(original) or archive.read(parts[name]) != original:
                raise not_accepted(OTHER)
            service = {
                other: archive.read(part)
                for other, part in parts.items()
                if _MANIFEST.fullmatch(other) or _CADES.fullmatch(other)
            }
    except NOT_READABLE as error:
        raise not_accepted(DAMAGED) from error
    content = Tier(
        Outcome.PASSED, "Підписано збережену редакцію: документ у контейнері збігається з нею байт у байт."
    )
    if any(_MANIFEST.fullmatch(other) for other in service):
        return content, _through_manifests(original, name, service)
    return content, _directly(original, service)


# --- the archive -------------------------------------------------------------------------


def _opened(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every part by its name, once nothing about them can hurt. Folders are no parts."""
    parts = archive.infolist()
    names = {part.filename.casefold() for part in parts}
    if len(parts) > MAX_PARTS or len(names) < len(parts) or any(leads_out(name) for name in names):
        raise not_accepted(UNUSUAL)
    if any(part.flag_bits & 1 for part in parts):
        raise not_accepted(ENCRYPTED)
    swollen = any(part.file_size > max(RATIO_MATTERS_FROM, part.compress_size * MAX_RATIO) for part in parts)
    service = [part.file_size for part in parts if part.filename.startswith("META-INF/")]
    too_large = any(size > MAX_SERVICE_PART for size in service)
    if swollen or too_large or not fits([part.file_size for part in parts], MAX_INFLATED):
        raise not_accepted(SWOLLEN)
    return {part.filename: part for part in parts if not part.is_dir()}


def _document_name(parts: Mapping[str, zipfile.ZipInfo]) -> str:
    """Of the only document in it. What else could be signed or hidden there is not ours."""
    if any(_XADES.fullmatch(name) for name in parts):
        raise not_accepted(XADES_INSIDE, SIGN_AS_CADES)
    if not any(_CADES.fullmatch(name) for name in parts):
        raise not_accepted(NO_CONTAINER, SIGN_AS_CADES)
    documents = [name for name in parts if name != "mimetype" and not name.startswith("META-INF/")]
    if not documents:
        raise not_accepted(NO_DOCUMENT)
    if len(documents) > 1:
        raise not_accepted(
            f"У контейнері {counted(len(documents), 'документ', 'документи', 'документів')}, "
            "а має бути один: збережена редакція.",
            "Підпишіть «Оригінал без підпису» окремо від інших файлів.",
        )
    return documents[0]


def _require_nothing_else(parts: Mapping[str, zipfile.ZipInfo], archive: zipfile.ZipFile) -> None:
    """Nobody signs what stands beside document and signatures, so it may only say what they are."""
    service = {name for name in parts if name.startswith("META-INF/")}
    manifests = {name for name in service if _MANIFEST.fullmatch(name)}
    signatures = {name for name in service if _CADES.fullmatch(name)}
    if len(manifests) > MAX_MANIFESTS:
        raise not_accepted(TOO_MANY, SIGN_AS_CADES)
    if service - manifests - signatures - {_LIST_OF_PARTS}:
        raise not_accepted(STRANGE_PART, SIGN_AS_CADES)
    if any(parts[name].file_size > MAX_XML for name in service - signatures):
        raise not_accepted(SWOLLEN)
    if _LIST_OF_PARTS in parts:
        _parsed(archive.read(_LIST_OF_PARTS), f"{_OASIS}manifest")
    kind = parts.get("mimetype")
    if kind and (kind.file_size > MAX_MIMETYPE or archive.read(kind).rstrip(b"\r\n") not in MIMETYPES):
        raise not_accepted(NOT_ASIC, SIGN_AS_CADES)


# --- signatures --------------------------------------------------------------------------


def _directly(original: bytes, service: Mapping[str, bytes]) -> tuple[cms.Signer, ...]:
    """ASiC-S: one signature file, under the document itself."""
    if len(service) > 1:
        raise not_accepted(UNTIED, SIGN_AS_CADES)
    (signature,) = service.values()
    return _signers(signature, original)


def _through_manifests(original: bytes, name: str, service: Mapping[str, bytes]) -> tuple[cms.Signer, ...]:
    """ASiC-E: each manifest names the document with its digest, and a signature under the manifest."""
    signers: tuple[cms.Signer, ...] = ()
    used = set()
    # Taken once for all manifests: of ГОСТ 34.311 a megabyte takes about a second.
    digest = cache(lambda number: algorithms.digest(number, original))
    for manifest in sorted(other for other in service if _MANIFEST.fullmatch(other)):
        root = _parsed(service[manifest], f"{_ASIC}ASiCManifest")
        reference = root.find(f"{_ASIC}SigReference")
        signature = "" if reference is None else unquote(reference.get("URI", ""))
        is_there = _CADES.fullmatch(signature) and signature in service
        if not is_there or not _names_only(root, name, digest):
            raise not_accepted(UNTIED, SIGN_AS_CADES)
        used.add(signature)
        signers += _signers(service[signature], service[manifest])
    if used != {other for other in service if _CADES.fullmatch(other)}:
        raise not_accepted(UNTIED, SIGN_AS_CADES)
    return signers


def _signers(signature: bytes, content: bytes) -> tuple[cms.Signer, ...]:
    signed = cms.read(signature)
    if cms.encapsulated(signed) is not None:
        raise not_accepted(UNTIED, SIGN_AS_CADES)
    # The document in the container has been compared by its bytes, so nothing hangs on the signed digest.
    return cms.signers(signed, content, is_known=True, otherwise=_other_content)


def _other_content(who: str) -> NotAccepted:
    return not_accepted(
        f"Підпис {who} не сходиться з вмістом контейнера: його складено або змінено після підписання."
    )


def _parsed(text: bytes, tag: str) -> Element:
    try:
        root = fromstring(text, forbid_dtd=True)
    except NOT_READABLE as error:
        raise not_accepted(DAMAGED) from error
    if root.tag != tag:
        raise not_accepted(DAMAGED)
    return root


def _names_only(root: Element, name: str, digest: Callable[[str], bytes]) -> bool:
    """Whether the manifest names our document, by its right digest, and no other."""
    references = root.findall(f"{_ASIC}DataObjectReference")
    if [unquote(one.get("URI", "")) for one in references] != [name]:
        return False
    method = references[0].find(f"{_XMLDSIG}DigestMethod")
    uri = "" if method is None else method.get("Algorithm", "")
    value = references[0].findtext(f"{_XMLDSIG}DigestValue", "")
    try:
        stated = base64.b64decode("".join(value.split()), validate=True)
        return stated == digest(_DIGESTS.get(uri, uri.removeprefix("urn:oid:")))
    except NotComputed as error:
        raise not_accepted(UNKNOWN_DIGEST, SIGN_AS_CADES) from error
    except binascii.Error:
        return False

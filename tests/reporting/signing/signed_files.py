"""Our printed form, and files that come back with it: signed as people's programs sign."""

import asyncio
import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from reporting.document import Signature
from reporting.renderers import render
from tests.documents import A_SEAL, a_document
from tests.reporting.signing import authority
from tests.reporting.signing.authority import Holder

SIGNATURES = (
    Signature("Начальник управління", "Ірина КОВАЛЬЧУК"),
    Signature("Заступник міського голови", "Олена ПРИКЛАД"),
)
FIELDS = ("Signature1", "Signature2")
ASICE_MIMETYPE = b"application/vnd.etsi.asic-e+zip"
DOCUMENT_NAME = "Zvit 2024.pdf"


@cache
def original(edition: int = 1) -> bytes:
    return render(a_document(seal=A_SEAL, edition=edition, signatures=SIGNATURES), "pdf")


# --- PDF ---------------------------------------------------------------------------------


def signed_pdf(
    pdf: bytes | None = None,
    holder: Holder | None = None,
    field: str = FIELDS[0],
    stamper: Any = None,
    **metadata: Any,
) -> bytes:
    settings = {"md_algorithm": "sha256", "subfilter": SigSeedSubFilter.PADES} | metadata
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, **settings),
        (holder or authority.person()).signer,
        timestamper=stamper,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(original() if pdf is None else pdf))
    return bytes(signer.sign_pdf(writer).getvalue())


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The PDF with one more revision behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


# --- .p7s and containers -----------------------------------------------------------------


def p7s(
    content: bytes | None = None,
    holder: Holder | None = None,
    *,
    digest: str = "sha256",
    detached: bool = True,
    stamper: Any = None,
) -> bytes:
    signing = (holder or authority.person()).signer.async_sign_general_data(
        original() if content is None else content,
        digest,
        use_cades=True,
        detached=detached,
        timestamper=stamper,
    )
    return bytes(asyncio.run(signing).dump())


def manifest(
    content: bytes, name: str = DOCUMENT_NAME, signature: str = "META-INF/signature001.p7s"
) -> bytes:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
        ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        f'<asic:SigReference URI="{signature}" MimeType="application/x-pkcs7-signature"/>'
        f'<asic:DataObjectReference URI="{name.replace(" ", "%20")}">'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference></asic:ASiCManifest>"
    ).encode()


def asice_parts(content: bytes | None = None, holder: Holder | None = None) -> dict[str, bytes]:
    content = original() if content is None else content
    text = manifest(content)
    return {
        "mimetype": ASICE_MIMETYPE,
        DOCUMENT_NAME: content,
        "META-INF/ASiCManifest001.xml": text,
        "META-INF/signature001.p7s": p7s(text, holder),
    }


def container(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else None)
    return content.getvalue()

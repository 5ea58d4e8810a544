"""What a PDF keeps behind its signatures to prove them years later (DSS): whether it is that.

Anybody may add it, and no signature covers it. It must be what it is called; what it says is not relied on.

Imported lazily, by `signed_pdf`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily

from . import certificates
from .cms import MALFORMED
from .pdf_values import entry

MOST_PARTS = 200
_OF_STREAM = {"/Length", "/Filter", "/DecodeParms"}


def is_evidence(reader: PdfFileReader, base: int) -> bool:
    """In each revision after `base`: certificates, lists of revoked ones, authorities' answers about one."""
    parts: dict[bytes, set[Callable[[bytes], object]]] = {}
    for revision in range(base + 1, reader.total_revisions):
        store = entry(reader.get_historical_root(revision), "/DSS", {})
        for stream, read in _parts(store):
            if not stream.keys() <= _OF_STREAM:
                return False
            parts.setdefault(stream.data, set()).add(read)
    return len(parts) <= MOST_PARTS and all(
        _is_read(der, read) for der, reads in parts.items() for read in reads
    )


def _parts(store: Any) -> Iterator[tuple[Any, Callable[[bytes], object]]]:
    """Streams, and what reads each. Keys that are not asked for are refused by pyHanko's comparison."""
    for name, read in _KINDS.items():
        yield from ((one.get_object(), read) for one in entry(store, f"/{name}s"))
    for about in entry(store, "/VRI", {}).values():
        about = about.get_object()
        for name, read in _KINDS.items():
            yield from ((one.get_object(), read) for one in entry(about, f"/{name}"))
        if "/TS" in about:
            yield about["/TS"], _read_time_stamp


def _is_read(der: bytes, read: Callable[[bytes], object]) -> bool:
    try:
        read(der)
    except MALFORMED:
        return False
    return True


def _read_certificate(der: bytes) -> object:
    read = x509.Certificate.load(der, strict=True)
    return certificates.name_of(read.subject), read.not_valid_after, read["signature_value"].native


def _read_list(der: bytes) -> object:
    read = crl.CertificateList.load(der, strict=True)
    return read["tbs_cert_list"]["this_update"].native, read["signature"].native


def _read_answer(der: bytes) -> object:
    return ocsp.OCSPResponse.load(der, strict=True).basic_ocsp_response["signature"].native


def _read_time_stamp(der: bytes) -> object:
    return cms.ContentInfo.load(der, strict=True)["content"]["signer_infos"].native


_KINDS = {"Cert": _read_certificate, "CRL": _read_list, "OCSP": _read_answer}

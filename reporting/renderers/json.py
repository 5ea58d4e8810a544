"""The canonical JSON, whose SHA-256 is the edition's fingerprint."""

from __future__ import annotations

from ..document import ReportDocument, to_json


def render(document: ReportDocument) -> bytes:
    """The document as `document.from_json` reads it back."""
    return to_json(document)

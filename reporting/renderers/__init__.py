"""Document in, bytes out: one module a format, each imported when first asked for.

No ORM, no arithmetic, no clock, no words of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from ..document import ReportDocument


@dataclass(frozen=True)
class Format:
    name: str
    """The command's word, the module's name and the file's extension."""
    content_type: str
    label: str


FORMATS = {
    form.name: form
    for form in (
        Format("html", "text/html; charset=utf-8", "HTML"),
        Format("pdf", "application/pdf", "PDF"),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
        Format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
        Format("csv", "text/csv; charset=utf-8", "CSV"),
        Format("json", "application/json", "JSON"),
    )
}


def render(document: ReportDocument, format_name: str) -> bytes:
    """The document in one of FORMATS; the same document always gives the same bytes."""
    renderer = import_module(f"{__name__}.{FORMATS[format_name].name}")
    return bytes(renderer.render(document))

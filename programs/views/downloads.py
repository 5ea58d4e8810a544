"""Files as answers: only ever to be saved, never shown by the browser as a page of ours."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

# Whatever a file holds, a browser that shows it all the same lets it do nothing.
SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Under its name, which may be Ukrainian."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Length": str(len(content)),
    }
    return HttpResponse(content, content_type=content_type, headers=headers | SAFE)


def streamed_attachment(content: IO[bytes], content_type: str, name: str) -> FileResponse:
    """Sent piece by piece, from where `content` stands; closed once it is sent."""
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type, headers=SAFE)

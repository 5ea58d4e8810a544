"""One HTTP request to one address: no redirects, no other schemes, a limit on size and on time."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_CHUNK = 64 * 1024
_HEADERS = {"User-Agent": "Zvit"}


class NotFetched(Exception):
    """The message, English and for the log, says no more than the kind of failure."""


def fetch(
    url: str,
    *,
    most_bytes: int,
    most_seconds: float,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """The answer's body: of a GET, or of a POST with `body`. Raises NotFetched.

    Where the address leads is the caller's to answer for: it may lie inside the city's own network.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise NotFetched("not http")
    deadline = time.monotonic() + most_seconds
    request = urllib.request.Request(url, body, {**_HEADERS, **(headers or {})})
    try:
        with _opener().open(request, timeout=most_seconds) as answer:
            return _read(answer, most_bytes, deadline)
    except urllib.error.HTTPError as error:
        # It is an answer too, and keeps its connection.
        error.close()
        raise NotFetched(f"status {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(type(error).__name__) from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects)


def _read(answer: http.client.HTTPResponse, most_bytes: int, deadline: float) -> bytes:
    """In pieces: the library's own time-out begins anew with each byte that trickles in."""
    content = b""
    while piece := answer.read1(_CHUNK):
        content += piece
        if len(content) > most_bytes:
            raise NotFetched("too much")
        if time.monotonic() > deadline:
            raise NotFetched("too slow")
    return content

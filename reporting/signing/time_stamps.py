"""Asks a time-stamp authority (RFC 3161) over HTTP, for pyHanko.

Imported lazily, by `pades`.
"""

from __future__ import annotations

from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper  # noqa: TID253  this module is imported lazily

from .fetching import fetch

LARGEST_ANSWER = 128 * 1024
LONGEST_SECONDS = 10.0
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoStamp(Exception):
    """The authority did not answer, or answered something else than a stamp for what was asked."""


class HttpTimeStamper(TimeStamper):
    """Raises NoStamp and nothing else, so that a signature can be made without a stamp."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The authority's own, known once it has answered."""
        return list(self._certs.values())

    async def async_request_tsa_response(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = fetch(
            self._url,
            body=request.dump(),
            headers=_HEADERS,
            most_bytes=LARGEST_ANSWER,
            most_seconds=LONGEST_SECONDS,
        )
        return tsp.TimeStampResp.load(answer, strict=True)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            stated = stamp["content"]["encap_content_info"]["content"].parsed
            is_ours = stated["message_imprint"]["hashed_message"].native == message_digest
        # pyHanko trips over a malformed answer in as many ways as there are.
        except Exception as error:
            raise NoStamp(type(error).__name__) from error
        if not is_ours:
            raise NoStamp("a stamp of something else")
        return stamp

"""How files come in, whatever page they are sent to."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest

MEGABYTE = 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """Drops a file that outgrows EVIDENCE_MAX_MB while it still arrives; the other fields come through.

    Must stand first among FILE_UPLOAD_HANDLERS: whatever comes after it keeps what it is given, and
    Django reads an upload to its end before any view could refuse it.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.EVIDENCE_MAX_MB * MEGABYTE:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def was_dropped(request: HttpRequest) -> bool:
    """Whether a file that did not come through was too large, and the handler above dropped it."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > settings.EVIDENCE_MAX_MB * MEGABYTE


class SecretUploadHandler(MemoryFileUploadHandler):
    """Keeps a small file in memory and never on the disk, whatever its size claims: for keys.

    Stands alone for its request, so that no other handler spools what this one does not take.
    """

    LARGEST = MEGABYTE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        if not self.activated or start + len(raw_data) > self.LARGEST:
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)

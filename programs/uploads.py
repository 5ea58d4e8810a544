"""How files come in, whatever page they are sent to."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

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

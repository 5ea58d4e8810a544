"""Whether every byte that was put behind our PDF has its place there.

What a program adds to a PDF is a revision: objects, a table that says where each of them begins, a trailer
and an end. What stands in none of these nobody reads, until another program takes it for the document.

Imported lazily, by `signed_pdf`.
"""

from __future__ import annotations

import io
import re

from pyhanko.pdf_utils import generic  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily

# Blanks and comments between two objects: programs write their name there.
MOST_BETWEEN = 200
# Bytes of a table with its trailer: an entry has twenty, and may have a heading of its own.
MOST_OF_TABLE, MOST_OF_ENTRY = 1024, 40

_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*")
_OBJECT = re.compile(rb"(\d+)\s+(\d+)\s+obj\s*")
_OBJECT_ENDS = re.compile(rb"\s{0,99}endobj")
_TABLE = re.compile(rb"\s*xref\s+(?:\d+ \d+\s+(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*)+trailer\s*")
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF(?:\r\n|\r|\n)?")
_OF_TRAILER = {"/Size", "/Root", "/Info", "/ID", "/Prev"}
_OF_TABLE_AS_STREAM = {"/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms"}


def are_accounted_for(upload: bytes, reader: PdfFileReader, base: int, start: int) -> bool:
    """`reader`: of the upload. `base`: the last revision of ours, which ends at `start`.

    Raises what pyHanko raises for objects that it cannot read.
    """
    place: int | None = start
    for revision in range(base + 1, reader.total_revisions):
        place = None if place is None else _Revision(upload, reader, revision).end(place)
    return place == len(upload)


class _Revision:
    """Reads along one revision. What returns a place returns None where there is anything out of place."""

    def __init__(self, upload: bytes, reader: PdfFileReader, number: int) -> None:
        self._upload, self._reader = upload, reader
        self._table = reader.xrefs.get_xref_container_info(number)
        self._listed = reader.xrefs.get_xref_data(number)

    def end(self, place: int) -> int | None:
        """Of the revision that begins at `place`."""
        listed = self._listed.standard_xrefs.items()
        for start, idnum, generation in sorted((start, idnum, number) for idnum, (number, start) in listed):
            # A table that is a stream lists itself.
            if start == self._table.declared_startxref:
                continue
            behind = self._end_of_object(start, idnum, generation)
            if behind is None or not self._is_blank(place, start):
                return None
            place = behind
        start = self._table.declared_startxref
        behind = self._end_of_table(start)
        if behind is None or not self._is_blank(place, start):
            return None
        return self._end_of_file(behind)

    def _is_blank(self, start: int, end: int) -> bool:
        is_short = 0 <= end - start <= MOST_BETWEEN
        return is_short and _BLANK.fullmatch(self._upload, start, end) is not None

    def _end_of_object(self, start: int, idnum: int, generation: int) -> int | None:
        begins = _OBJECT.match(self._upload, start)
        if not begins or (int(begins[1]), int(begins[2])) != (idnum, generation):
            return None
        stream = io.BytesIO(self._upload)
        stream.seek(begins.end())
        generic.read_object(stream, generic.Reference(idnum, generation, self._reader))
        ends = _OBJECT_ENDS.match(self._upload, stream.tell())
        return ends.end() if ends else None

    def _end_of_table(self, start: int) -> int | None:
        """With its trailer."""
        if reference := self._table.stream_ref:
            place = self._end_of_object(start, reference.idnum, reference.generation)
            trailer, allowed = reference.get_object(), _OF_TRAILER | _OF_TABLE_AS_STREAM
        elif table := _TABLE.match(self._upload, start):
            stream = io.BytesIO(self._upload)
            stream.seek(table.end())
            trailer = generic.DictionaryObject.read_from_stream(
                stream, generic.TrailerReference(self._reader)
            )
            place, allowed = stream.tell(), _OF_TRAILER
        else:
            return None
        entries = len(self._listed.explicit_refs_in_revision)
        if place is None or place - start > MOST_OF_TABLE + MOST_OF_ENTRY * entries:
            return None
        is_trailer = isinstance(trailer, generic.DictionaryObject) and trailer.keys() <= allowed
        return place if is_trailer else None

    def _end_of_file(self, place: int) -> int | None:
        blank = _BLANK.match(self._upload, place)
        assert blank
        end = _END.match(self._upload, blank.end())
        if not end or not self._is_blank(place, blank.end()):
            return None
        return end.end() if int(end[1]) == self._table.declared_startxref else None

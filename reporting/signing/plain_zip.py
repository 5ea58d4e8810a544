"""Whether a ZIP archive reads alike for everybody, whichever end they begin at.

Most programs find the parts through the directory at the end; others read from the front, part by part. A
part that the directory does not name, or names otherwise, is seen by the second alone, so an archive could
hold another document for them. Here each part stands right behind the one before, as the directory says it,
and nothing stands before, between or behind.
"""

from __future__ import annotations

import struct
import zipfile
import zlib

# What programs note beside a part: times, owners, larger numbers.
LONGEST_EXTRA = 256

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_SIZES_FOLLOW, _IN_UTF8 = 1 << 3, 1 << 11


def is_plain(content: bytes, archive: zipfile.ZipFile) -> bool:
    """`archive` opened on `content`. Nothing of it is unpacked beyond what the directory says it holds."""
    place = 0
    for part in sorted(archive.infolist(), key=lambda one: one.header_offset):
        end = _end_of(content, part)
        is_odd = part.comment or len(part.extra) > LONGEST_EXTRA or (part.is_dir() and part.file_size)
        if part.header_offset != place or is_odd or end is None:
            return False
        place = end
    return place == _start_of_directory(content)


def _end_of(content: bytes, part: zipfile.ZipInfo) -> int | None:
    """Where the part ends, if it begins with a header that says what its entry in the directory says."""
    behind = part.header_offset + _LOCAL.size
    if behind > len(content):
        return None
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        content, part.header_offset
    )
    name = content[behind : behind + name_length]
    stated = (part.CRC, part.compress_size, part.file_size)
    is_like = (mark, flags, method) == (b"PK\x03\x04", part.flag_bits, part.compress_type)
    if not is_like or method not in _METHODS or extra_length > LONGEST_EXTRA or name != _written_name(part):
        return None
    start = behind + name_length + extra_length
    end = start + part.compress_size
    if method == zipfile.ZIP_DEFLATED and not _is_one_stream(content[start:end], part.file_size):
        return None
    if not flags & _SIZES_FOLLOW:
        return end if (crc, packed, size) == stated else None
    # Read from the front, something stored that way would have no end.
    return _behind_sizes(content, end, stated) if method == zipfile.ZIP_DEFLATED else None


def _behind_sizes(content: bytes, place: int, stated: tuple[int, int, int]) -> int | None:
    """Behind the numbers that follow a part, with a mark before them or without."""
    numbers = struct.pack("<3L", *stated)
    for following in (b"PK\x07\x08" + numbers, numbers):
        if content.startswith(following, place):
            return place + len(following)
    return None


def _is_one_stream(packed: bytes, size: int) -> bool:
    """Packed data that end where the part does: whoever reads on from their end reads no more of it."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflater.decompress(packed, size + 1)
    return inflater.eof and not inflater.unused_data and len(inflated) == size


def _written_name(part: zipfile.ZipInfo) -> bytes:
    return part.orig_filename.encode("utf-8" if part.flag_bits & _IN_UTF8 else "cp437")


def _start_of_directory(content: bytes) -> int | None:
    """When it reaches to the end of the file, and the end says so; no comment, and no larger numbers."""
    end = content[-_END.size :]
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06"):
        return None
    *_, length, start, comment_length = _END.unpack(end)
    return start if start + length + _END.size == len(content) and not comment_length else None

"""What passes between the portal and a process apart: texts and bytes by name, and nothing that could run.

One line of JSON says what follows, then it follows. No pickle: the answer comes from a process that has
read files from outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

Parts = dict[str, bytes | str]


def pack(parts: Mapping[str, bytes | str]) -> bytes:
    contents = [text.encode() if isinstance(text, str) else text for text in parts.values()]
    index = [
        [name, isinstance(part, str), len(content)]
        for (name, part), content in zip(parts.items(), contents, strict=True)
    ]
    return b"".join([json.dumps(index).encode(), b"\n", *contents])


def unpack(packed: bytes) -> Parts:
    """Raises ValueError for what `pack` has not made."""
    line, _, contents = packed.partition(b"\n")
    parts: Parts = {}
    try:
        for name, is_text, length in json.loads(line):
            content, contents = contents[:length], contents[length:]
            if len(content) != length:
                raise ValueError(name)
            parts[name] = content.decode() if is_text else content
    except (TypeError, RecursionError) as error:
        raise ValueError("no parts") from error
    if contents:
        raise ValueError("more than the parts")
    return parts

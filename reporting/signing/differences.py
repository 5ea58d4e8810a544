"""What was done to our PDF besides signing, in words, for whoever must repair it.

Only words: that something was done is found elsewhere, and more strictly. What is not recognised here is
«змінено щось інше».
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from .cms import MALFORMED

logger = logging.getLogger(__name__)

DEEPEST_TREE = 20

SOMETHING = "змінено щось інше (налаштування, поля або структуру документа)"


def in_words(reader: Any, base: int) -> str:
    """What differs between the revision `base` and the last of pyHanko's reader: «У PDF, крім підпису, …»."""
    old, new = reader.get_historical_resolver(base).root, reader.root
    try:
        return _attachment(old, new) or _page(old, new) or SOMETHING
    except MALFORMED as error:
        logger.warning("What was changed in a PDF could not be told: %s", type(error).__name__)
        return SOMETHING


# --- attachments -------------------------------------------------------------------------


def _attachment(old: Any, new: Any) -> str:
    before, after = _attachments(old), _attachments(new)
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            return f"прибрано вкладений файл «{name[:80]}»"
        if name not in before:
            return f"додано вкладений файл «{name[:80]}»"
        if before[name] != after[name]:
            return f"замінено вкладений файл «{name[:80]}»"
    return ""


def _attachments(root: Any) -> dict[str, list[bytes]]:
    """The contents that each name leads to, through the catalogue's list and through the tree of names."""
    found: dict[str, list[bytes]] = {}
    files = [one.get_object() for one in root.get("/AF", ())]
    if "/Names" in root and "/EmbeddedFiles" in root["/Names"]:
        files += _leaves(root["/Names"]["/EmbeddedFiles"])
    for file in files:
        name = str(file.get("/UF", file.get("/F", "")))
        found.setdefault(name, []).append(file["/EF"]["/F"].data)
    return found


def _leaves(node: Any, depth: int = 0) -> Iterator[Any]:
    for value in list(node.get("/Names", ()))[1::2]:
        yield value.get_object()
    for kid in node.get("/Kids", ()) if depth < DEEPEST_TREE else ():
        yield from _leaves(kid.get_object(), depth + 1)


# --- pages -------------------------------------------------------------------------------


def _page(old: Any, new: Any) -> str:
    before, after = list(_pages(old["/Pages"])), list(_pages(new["/Pages"]))
    if len(before) != len(after):
        return "змінено кількість сторінок"
    for number, (was, now) in enumerate(zip(before, after, strict=True), start=1):
        if _drawn(was) != _drawn(now):
            return f"змінено те, що надруковано на сторінці {number}"
        if _annotations(was) != _annotations(now):
            return f"додано, змінено або прибрано примітку (анотацію) на сторінці {number}"
    return ""


def _pages(node: Any, depth: int = 0) -> Iterator[Any]:
    for kid in node.get("/Kids", ()) if depth < DEEPEST_TREE else ():
        kid = kid.get_object()
        if kid.get("/Type") == "/Page":
            yield kid
        else:
            yield from _pages(kid, depth + 1)


def _drawn(page: Any) -> list[bytes]:
    contents = page["/Contents"].get_object()
    return [contents.data] if hasattr(contents, "data") else [part.get_object().data for part in contents]


def _annotations(page: Any) -> list[str]:
    """All but the places of signatures."""
    every = [one.get_object() for one in page.get("/Annots", ())]
    return [repr(one) for one in every if (one.get("/Subtype"), one.get("/FT")) != ("/Widget", "/Sig")]

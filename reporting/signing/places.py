"""Where signatures stand on the page: in the places that we prepared, or nowhere to be seen.

A signature's field is drawn over the page with whatever its appearance holds, and pyHanko's comparison takes
any such field for filling in a form. White paper with other figures on it is an appearance too.

Imported lazily, by `signed_pdf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily
from pyhanko.sign.fields import enumerate_sig_fields  # noqa: TID253  this module is imported lazily

from .pdf_values import entry
from .verdict import not_accepted

ACTIVE = "До поля підпису прив’язано дію (скрипт або посилання), а в підписаному звіті їй не місце."
ADDED = "До PDF додано поле для підпису, якого ніхто не підписав: таким полем можна закрити цифри звіту."
ELSEWHERE = (
    "Видимий штамп підпису стоїть не на підготовленому для нього місці: під таким можна сховати цифри звіту."
)
SPREAD = "Вигляд підпису на підготовленому місці записано так, що він може вийти за його межі."
SIGN_IN_PLACE = (
    "Підпишіть «Оригінал без підпису» ще раз: на підготовленому місці, без видимого штампа "
    "або у форматі .p7s чи ASiC-E."
)

_HIDDEN, _PRINTED, _SIZE_FIXED, _UPRIGHT, _NOT_SEEN = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
_LARGEST = 10_000
# Of an appearance: as it is, and on a page that lies on its side or its head.
_TURNS = {(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)}
_COMMENT = re.compile(rb"%[^\r\n]*")


def require_kept(reader: PdfFileReader, base: int) -> None:
    """Of every signature field in the last revision; `base`: ours. Raises NotAccepted."""
    ours = reader.get_historical_resolver(base)
    prepared = {name: reference.get_object()["/Rect"] for name, _, reference in enumerate_sig_fields(ours)}
    for name, value, reference in enumerate_sig_fields(reader):
        if name not in prepared and value is None:
            raise not_accepted(ADDED, SIGN_IN_PLACE)
        for widget in _widgets(reference.get_object()):
            if "/A" in widget or "/AA" in widget:
                raise not_accepted(ACTIVE)
            if name not in prepared:
                if not _is_invisible(widget):
                    raise not_accepted(ELSEWHERE, SIGN_IN_PLACE)
            elif widget["/Rect"] != prepared[name] or not _stays_inside(widget):
                raise not_accepted(SPREAD, SIGN_IN_PLACE)


def _widgets(field: Any) -> Iterator[Any]:
    yield field
    for kid in entry(field, "/Kids"):
        yield kid.get_object()


def _is_invisible(widget: Any) -> bool:
    """Without any extent, or hidden with nothing to draw."""
    left, bottom, right, top = (float(side) for side in entry(widget, "/Rect", (0, 0, 0, 0)))
    if (left, bottom) == (right, top):
        return True
    flags = int(entry(widget, "/F", 0))
    is_hidden = flags & _HIDDEN or (flags & _NOT_SEEN and not flags & _PRINTED)
    return bool(is_hidden) and all(
        isinstance(one, generic.StreamObject) and not _COMMENT.sub(b"", one.data).split()
        for one in _appearances(widget)
    )


def _stays_inside(widget: Any) -> bool:
    """A viewer fits an appearance's box to the field and cuts off what stands outside of it."""
    flags = int(entry(widget, "/F", 0))
    return not flags & (_SIZE_FIXED | _UPRIGHT) and all(_has_box(one) for one in _appearances(widget))


def _appearances(widget: Any) -> list[Any]:
    """As it lies there, under the pointer and pressed."""
    return [widget["/AP"][kind] for kind in entry(widget, "/AP")]


def _has_box(appearance: Any) -> bool:
    if not isinstance(appearance, generic.StreamObject) or entry(appearance, "/Subtype") != "/Form":
        return False
    left, bottom, right, top = (float(side) for side in appearance["/BBox"])
    *turn, across, up = (float(number) for number in entry(appearance, "/Matrix", (1, 0, 0, 1, 0, 0)))
    is_box = all(0 < abs(length) < _LARGEST for length in (right - left, top - bottom))
    return is_box and tuple(turn) in _TURNS and abs(across) < _LARGEST and abs(up) < _LARGEST

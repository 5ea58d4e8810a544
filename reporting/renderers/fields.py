"""Empty signature fields of the printed form, made before anything is signed.

A field added by whoever signs would change the page, and lack the tags that the archive and readers
aloud want. A field that is there already is only filled in.
"""

from __future__ import annotations

from typing import Any

import pydyf

from ..document import ReportDocument
from . import sheet, tags
from .html import signature_anchor

WIDTH, HEIGHT = 165.0, 34.0
"""Points; the height is that of the shortest signature: the gap above it and one line."""
CLEARANCE = 6.0
"""Points between the field and the texts beside it, at least."""
_POINTS_IN_PIXEL = 0.75
# «Print» and nothing else; «there are signatures, and they may only be added to».
_PRINTED, _APPEND_ONLY = 4, 3


def field_name(place: int) -> str:
    """Of the document's signature at this place, from 0: «Signature1»."""
    return f"Signature{place + 1}"


def add_fields(laid_out: Any, pdf: Any, document: ReportDocument) -> None:
    """A field for each signature of the document, between post and name; for WeasyPrint's finisher."""
    if document.seal is None or not document.signatures:
        return
    places = _structure_of_signatures(pdf)
    fields = []
    for place, signature in enumerate(document.signatures):
        label = document.seal.field_label.replace("{post}", signature.post).replace("{name}", signature.name)
        fields.append(_add_field(laid_out, pdf, place, label, places[place]))
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array(fields), "SigFlags": _APPEND_ONLY})


def _structure_of_signatures(pdf: Any) -> list[Any]:
    """The tags of the form's `<section>`s, which are its signatures and nothing else, in their order."""
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("S") == "/Sect"]


def _add_field(laid_out: Any, pdf: Any, place: int, label: str, section: Any) -> Any:
    """The reference of the new field, which stands on its page and in the tree of tags already."""
    number, page = _page_of(laid_out, signature_anchor(place))
    left, bottom, right, top = _rectangle(page, signature_anchor(place))
    page_reference = pdf.page_references[number]
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(field_name(place)),
            "TU": pydyf.String(label),
            "F": _PRINTED,
            "Rect": pydyf.Array([left, bottom, right, top]),
            "P": page_reference,
            "AP": pydyf.Dictionary({"N": _add_appearance(pdf, right - left, top - bottom)}),
        }
    )
    pdf.add_object(field)
    tags.indirect(pdf, page_reference).setdefault("Annots", pydyf.Array([])).append(field.reference)
    _tag(pdf, field, page_reference, section)
    return field.reference


def _add_appearance(pdf: Any, width: float, height: float) -> Any:
    """Nothing to see, and yet the archive wants every field to have one."""
    appearance = pydyf.Stream(
        [],
        pydyf.Dictionary(
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array([0, 0, width, height]),
                "Resources": pydyf.Dictionary(),
            }
        ),
    )
    pdf.add_object(appearance)
    return appearance.reference


def _page_of(laid_out: Any, anchor: str) -> tuple[int, Any]:
    return next((number, page) for number, page in enumerate(laid_out.pages) if anchor in page.anchors)


def _rectangle(page: Any, anchor: str) -> list[float]:
    """Left, bottom, right, top in points from the page's lower left corner, level with the last line."""
    left, _, right, bottom = (length * _POINTS_IN_PIXEL for length in page.anchors[anchor])
    free_from = left + (right - left) * sheet.POST_SHARE + CLEARANCE
    free_to = right - (right - left) * sheet.NAME_SHARE - CLEARANCE
    width = min(WIDTH, free_to - free_from)
    start = free_from + (free_to - free_from - width) * 0.5
    foot = page.height * _POINTS_IN_PIXEL - bottom
    return [round(length, 2) for length in (start, foot, start + width, foot + HEIGHT)]


def _tag(pdf: Any, field: Any, page_reference: Any, section: Any) -> None:
    """The field's tag, between the tags of post and name."""
    link = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page_reference})
    pdf.add_object(link)
    # A reference, not an array of one: in an array pyHanko takes the second signature for a change of tags.
    form = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": section.reference,
            "Pg": page_reference,
            "K": link.reference,
        }
    )
    pdf.add_object(form)
    section["K"].insert(1, form.reference)
    numbers = tags.parent_numbers(pdf)
    field["StructParent"] = max(numbers[::2]) + 1
    numbers.extend([field["StructParent"], form.reference])

"""Mends the tags that WeasyPrint gives a PDF; readers aloud and the profiles of the archive go by them."""

from __future__ import annotations

from typing import Any

import pydyf

_UA_SCHEMA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq>\
</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def mend(pdf: Any) -> None:
    """For WeasyPrint's finisher, before anything else is added to the tree of tags."""
    _give_headers_a_scope(pdf)
    _take_margins_out(pdf)


def claim_accessibility(pdf: Any) -> None:
    """PDF/UA-1 beside PDF/A-3a, which WeasyPrint offers only one at a time."""
    metadata = indirect(pdf, pdf.catalog["Metadata"])
    packet = b"".join(metadata.stream)
    metadata.stream = [packet.replace(b"</rdf:RDF>", _UA_SCHEMA)]
    metadata.compress = False
    # WeasyPrint lists each attachment twice.
    files = pdf.catalog["AF"]
    files[:] = list(dict.fromkeys(files))


def indirect(pdf: Any, reference: bytes) -> Any:
    """The object behind «12 0 R»."""
    return pdf.objects[int(reference.split()[0])]


def structure_root(pdf: Any) -> Any:
    return indirect(pdf, pdf.catalog["StructTreeRoot"])


def parent_numbers(pdf: Any) -> Any:
    """Numbers and what they stand for, in turn: pages' lists of tags first, annotations' tags after them."""
    return indirect(pdf, structure_root(pdf)["ParentTree"])["Nums"]


def _give_headers_a_scope(pdf: Any) -> None:
    """WeasyPrint miscounts columns after row spans and links cells to wrong headers.

    A scope on each header cell says the same by the table's own geometry.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") in ("/TH", "/TD") and "A" in item:
            item["A"].pop("Headers", None)
            if item["S"] == "/TH":
                item["A"]["Scope"] = "/Column"


def _take_margins_out(pdf: Any) -> None:
    """WeasyPrint tags the texts in margins and leaves these tags out of the tree: such content is neither
    read nor passed over. Here it becomes what it is, an artifact of the page.
    """
    tagged = _tags_in_tree(pdf)
    numbers = parent_numbers(pdf)
    for number, page_reference in enumerate(pdf.page_references):
        tags = numbers[2 * number + 1]
        outside = {place for place, reference in enumerate(tags) if reference not in tagged}
        operators = indirect(pdf, indirect(pdf, page_reference)["Contents"]).stream
        for place, operator in enumerate(operators):
            # Three in a row: the tag, its properties, the operator.
            if operator == b"BDC" and operators[place - 1].get("MCID") in outside:
                operators[place - 2 : place] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
        tags[:] = [b"null" if place in outside else reference for place, reference in enumerate(tags)]


def _tags_in_tree(pdf: Any) -> set[bytes]:
    found: set[bytes] = set()
    waiting = [structure_root(pdf)]
    while waiting:
        kids = waiting.pop().get("K", ())
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, bytes):
                found.add(kid)
                waiting.append(indirect(pdf, kid))
    return found

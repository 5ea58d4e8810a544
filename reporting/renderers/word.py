"""What a Word file is made of: parts that repeat byte for byte, styles, paragraphs and cells.

python-docx reads and writes the package. Its own template brings a hundred styles, a picture and another
program's name, so everything but the empty document is put in its place here.
"""

from __future__ import annotations

import datetime
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from programs.workbook_parts import FONT, clean
from programs.zips import entry

from ..document import ReportDocument
from .sheet import BORDER, CELL_PADDING

if TYPE_CHECKING:
    from docx.document import Document

LANGUAGES = {"uk": "uk-UA"}
"""As Word names the language of its spelling checker; others as they stand."""
TWIPS_IN_POINT = 20
EIGHTHS_IN_POINT = 8
TWIPS_IN_MM = Decimal(1440) / Decimal("25.4")
LONGEST_PROPERTY = 255

_SIDES = ("top", "left", "bottom", "right")
_KEPT_PARTS = ("styles", "settings", "officeDocument", "core-properties")

_STYLES = """
<w:docDefaults>
  <w:rPrDefault><w:rPr>
    <w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>
    <w:sz w:val="{size}"/><w:szCs w:val="{size}"/>
    <w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="{language}"/>
  </w:rPr></w:rPrDefault>
  <w:pPrDefault><w:pPr>
    <w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>
  </w:pPr></w:pPrDefault>
</w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
  <w:name w:val="Default Paragraph Font"/><w:semiHidden/>
</w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal">
  <w:name w:val="Normal Table"/><w:semiHidden/>
  <w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr>
</w:style>
<w:style w:type="numbering" w:default="1" w:styleId="NoList">
  <w:name w:val="No List"/><w:semiHidden/>
</w:style>
<w:style w:type="paragraph" w:styleId="Heading1">
  <w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>
  <w:pPr><w:keepNext/><w:jc w:val="center"/><w:outlineLvl w:val="0"/></w:pPr>
  <w:rPr><w:b/><w:bCs/></w:rPr>
</w:style>
<w:style w:type="paragraph" w:styleId="Heading2">
  <w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>
  <w:pPr><w:keepNext/><w:jc w:val="center"/><w:outlineLvl w:val="1"/></w:pPr>
  <w:rPr><w:b/><w:bCs/></w:rPr>
</w:style>
<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Normal"/></w:style>
"""
# Without the mode of 2013 Word lays a table out as in 2007: a cell's padding to the left of the margin.
_SETTINGS = """
<w:characterSpacingControl w:val="doNotCompress"/>
<w:compat>
  <w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat>
<w:themeFontLang w:val="{language}"/>
<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>
"""


# --- the file ----------------------------------------------------------------------------


def blank(document: ReportDocument, text_size: float) -> Document:
    """A Word document with nothing in it; `text_size` in points is that of running text."""
    from docx import Document

    word = Document()
    for rels in (word.part.package.rels, word.part.rels):
        for name, relation in list(rels.items()):
            if not relation.reltype.endswith(_KEPT_PARTS):
                del rels[name]
    language = LANGUAGES.get(document.language, clean(document.language))
    _fill(word.styles.element, _STYLES, size=_half_points(text_size), language=language, font=FONT)
    _fill(word.settings.element, _SETTINGS, language=language)
    _set_properties(word.core_properties, document, language)
    return word


def saved(word: Document) -> bytes:
    """The same document always gives the same bytes: the package's clock is stopped."""
    written = BytesIO()
    word.save(written)
    file = BytesIO()
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in made.infolist():
            archive.writestr(entry(part.filename), made.read(part))
    return file.getvalue()


def _fill(root: Any, source: str, **texts: Any) -> None:
    """The element with these children and no other."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    quoted = {name: escape(str(text), {'"': "&quot;"}) for name, text in texts.items()}
    made = parse_xml(f"<w:root {nsdecls('w')}>{source.format(**quoted)}</w:root>")
    root[:] = list(made)


def _set_properties(properties: Any, document: ReportDocument, language: str) -> None:
    moment = document.dated.astimezone(datetime.UTC)
    properties.title = clean(document.title)[:LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = clean(document.author)[:LONGEST_PROPERTY]
    properties.created = properties.modified = moment
    properties.language = language[:LONGEST_PROPERTY]
    properties.comments = ""
    properties.revision = 1


# --- elements ----------------------------------------------------------------------------


def element(tag: str, *children: Any, **attributes: str | int) -> Any:
    """`w:tag`; the order of children is the standard's, or Word calls the file damaged."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(child for child in children if child is not None)
    return made


@dataclass(frozen=True)
class Look:
    """Of a paragraph; lengths in points, None as in its style."""

    style: str = ""
    size: float | None = None
    bold: bool = False
    align: str = ""
    before: float = 0
    after: float = 0
    keep_next: bool = False


def paragraph(look: Look, *runs: Any) -> Any:
    return element(
        "p",
        element(
            "pPr",
            element("pStyle", val=look.style) if look.style else None,
            element("keepNext") if look.keep_next else None,
            element("spacing", before=_twips(look.before), after=_twips(look.after))
            if look.before or look.after
            else None,
            element("jc", val=look.align) if look.align else None,
            # The sign of the paragraph's end has a height too: that of an empty cell.
            _run_look(look),
        ),
        *runs,
    )


def last_paragraph() -> Any:
    """What Word wants after a table. Of next to no height, or an empty page would follow a full one."""
    look = element("rPr", element("vanish"), element("sz", val=2), element("szCs", val=2))
    return element("p", element("pPr", element("spacing", line=TWIPS_IN_POINT, lineRule="exact"), look))


def text_run(text: str, look: Look) -> Any:
    """Line ends become line breaks, tabs tabs."""
    run = element("r", _run_look(look))
    run.text = clean(text)
    return run


def field_runs(code: str, look: Look) -> list[Any]:
    """A figure that Word counts when it lays pages out, as PAGE; until then a 1 stands there."""
    instruction = element("instrText")
    instruction.text = code
    inner = (
        element("fldChar", fldCharType="begin"),
        instruction,
        element("fldChar", fldCharType="separate"),
        element("t"),
        element("fldChar", fldCharType="end"),
    )
    inner[3].text = "1"
    return [element("r", _run_look(look), part) for part in inner]


def _run_look(look: Look) -> Any:
    half = None if look.size is None else _half_points(look.size)
    return element(
        "rPr",
        element("b") if look.bold else None,
        element("bCs") if look.bold else None,
        None if half is None else element("sz", val=half),
        None if half is None else element("szCs", val=half),
    )


# --- tables ------------------------------------------------------------------------------


def table(widths: list[int], *rows: Any, caption: str) -> Any:
    """Of fixed columns, `widths` in twips; its first row is a heading. The caption is for readers aloud."""
    line: dict[str, str | int] = {
        "val": "single",
        "sz": round(BORDER * EIGHTHS_IN_POINT),
        "space": 0,
        "color": "000000",
    }
    return element(
        "tbl",
        element(
            "tblPr",
            element("tblW", w=sum(widths), type="dxa"),
            element("tblBorders", *(element(side, **line) for side in (*_SIDES, "insideH", "insideV"))),
            element("tblLayout", type="fixed"),
            element("tblCellMar", *(element(side, w=_twips(CELL_PADDING), type="dxa") for side in _SIDES)),
            element("tblLook", val="0620", firstRow=1, noHBand=1, noVBand=1),
            element("tblCaption", val=clean(caption)),
        ),
        element("tblGrid", *(element("gridCol", w=width) for width in widths)),
        *rows,
    )


def row(*cells: Any, is_heading: bool = False, may_break: bool = False) -> Any:
    """A heading stands again at the top of every page."""
    looks = [element("cantSplit")] if not may_break else []
    looks += [element("tblHeader")] if is_heading else []
    return element("tr", element("trPr", *looks) if looks else None, *cells)


def cell(
    width: int, content: Any, *, span: int = 1, merge: str = "", valign: str = "", bordered: bool = True
) -> Any:
    """`width` in twips; `merge` is «restart» for the first of cells that are one, «continue» for the rest."""
    return element(
        "tc",
        element(
            "tcPr",
            element("tcW", w=width, type="dxa"),
            element("gridSpan", val=span) if span > 1 else None,
            element("vMerge", val=merge) if merge else None,
            None if bordered else element("tcBorders", *(element(side, val="nil") for side in _SIDES)),
            None if bordered else element("tcMar", *(element(side, w=0, type="dxa") for side in _SIDES)),
            element("vAlign", val=valign) if valign else None,
        ),
        content,
    )


# --- measures ----------------------------------------------------------------------------


def mm_twips(millimetres: Decimal | int | float) -> int:
    return round(Decimal(millimetres) * TWIPS_IN_MM)


def _twips(points: float) -> int:
    return round(points * TWIPS_IN_POINT)


def _half_points(points: float) -> int:
    return int(points * 2)

"""The fixed parts of an OpenDocument spreadsheet: styles, settings, what stands around the rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from programs.importing.files.tables import column_letters
from programs.importing.measure_columns import ColumnKind
from programs.workbook_parts import HEADING_FILL, clean

from ...renderers.workbook import FONT
from ..sheets import Sheet
from .base import MARGIN, PAPERS, WIDTHS, WIDTHS_BY_KEY, Heading, printing, width

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        **{
            name: f"{OASIS}{name}:1.0"
            for name in ("office", "style", "text", "table", "meta", "config", "manifest")
        },
        "number": f"{OASIS}datastyle:1.0",
        "fo": f"{OASIS}xsl-fo-compatible:1.0",
        "of": f"{OASIS}of:1.2",
        "dc": "http://purl.org/dc/elements/1.1/",
        "ooo": "http://openoffice.org/2004/office",
    }.items()
)
VERSION = 'office:version="1.3"'

SIZE = 10
ROW, PLAIN = "row", "plain"

CELL_STYLES: Mapping[ColumnKind, str] = {kind: f"cell-{kind.value}" for kind in ColumnKind}


def total_style(kind: ColumnKind) -> str:
    return f"total-{kind.value}"


def heading_style(kind: ColumnKind) -> str:
    return f"heading-{kind.value}"


MANIFEST = (
    f'{DECLARATION}<manifest:manifest {NAMESPACES} manifest:version="1.3">'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in {
            "/": MIME_TYPE,
            "content.xml": "text/xml",
            "styles.xml": "text/xml",
            "meta.xml": "text/xml",
            "settings.xml": "text/xml",
        }.items()
    )
    + "</manifest:manifest>"
)


def meta(heading: Heading) -> str:
    created = heading.created.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"{DECLARATION}<office:document-meta {NAMESPACES} {VERSION}><office:meta>"
        f"<dc:title>{escape(clean(heading.title))}</dc:title>"
        f"<meta:initial-creator>{escape(clean(heading.author))}</meta:initial-creator>"
        f"<meta:creation-date>{created}</meta:creation-date><dc:language>uk-UA</dc:language>"
        "</office:meta></office:document-meta>"
    )


def settings(names: Sequence[str]) -> str:
    """The first row and the first column stand still."""

    def item(name: str, kind: str, value: int) -> str:
        return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    frozen = "".join(
        item(f"{way}SplitMode", "short", 2) + item(f"{way}SplitPosition", "int", 1)
        for way in ("Horizontal", "Vertical")
    )
    panes = (
        item("ActiveSplitRange", "short", 3)
        + item("PositionRight", "int", 1)
        + item("PositionBottom", "int", 1)
    )
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{frozen}{panes}"
        "</config:config-item-map-entry>"
        for name in names
    )
    return (
        f"{DECLARATION}<office:document-settings {NAMESPACES} {VERSION}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{tables}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


# --- styles ------------------------------------------------------------------------------


def _number(name: str, *, decimals: int, at_least: int, grouped: bool = True) -> str:
    grouping = ' number:grouping="true"' if grouped else ""
    return (
        f'<number:number-style style:name="{name}"><number:number number:decimal-places="{decimals}" '
        f'number:min-decimal-places="{at_least}" number:min-integer-digits="1"{grouping}/>'
        "</number:number-style>"
    )


_DAY = (
    '<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/>'
    '<number:text>.</number:text><number:year number:style="long"/>'
)
_TIME = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/>'
)
_NUMBER_STYLES = "".join(
    (
        _number("n-number", decimals=0, at_least=0, grouped=False),
        _number("n-money", decimals=5, at_least=1),
        _number("n-hryvnias", decimals=2, at_least=2),
        _number("n-percent", decimals=1, at_least=1),
        f'<number:date-style style:name="n-date">{_DAY}</number:date-style>',
        f'<number:date-style style:name="n-moment">{_DAY}{_TIME}</number:date-style>',
        '<number:text-style style:name="n-text"><number:text-content/></number:text-style>',
    )
)


def _cell_style(
    name: str, kind: ColumnKind, cell: str = "", text: str = "", *, is_text: bool = False, wraps: bool = True
) -> str:
    is_figure = kind not in (ColumnKind.TEXT, ColumnKind.LONG_TEXT)
    is_text = is_text or not is_figure
    data = "n-text" if is_text else f"n-{kind.value}"
    wrap = ' fo:wrap-option="wrap"' if is_text and wraps else ""
    # A number would touch the text in the next column.
    if is_figure:
        wrap += ' fo:padding-right="1.5mm"'
    paragraph = '<style:paragraph-properties fo:text-align="end"/>' if is_figure else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default" '
        f'style:data-style-name="{data}">'
        f'<style:table-cell-properties style:vertical-align="top"{wrap}{cell}/>{paragraph}'
        f'<style:text-properties fo:font-family="{FONT}" fo:font-size="{SIZE}pt"{text}/></style:style>'
    )


_BOLD = ' fo:font-weight="bold"'
_ABOVE = f' fo:background-color="{HEADING_FILL.lower()}" fo:border="0.5pt solid #000000"'
_CELLS = "".join(
    _cell_style(CELL_STYLES[kind], kind)
    + _cell_style(total_style(kind), kind, ' fo:border-top="0.5pt solid #000000"', _BOLD)
    + _cell_style(heading_style(kind), kind, _ABOVE, _BOLD, is_text=True)
    for kind in ColumnKind
) + _cell_style(PLAIN, ColumnKind.TEXT, wraps=False)


def _column_style(mm: int, *, begins_page: bool = False) -> str:
    return f"column-{mm}-page" if begins_page else f"column-{mm}"


def _columns(widths: Sequence[int]) -> str:
    return "".join(
        f'<style:style style:name="{_column_style(one, begins_page=begins)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{one}mm"{more}/></style:style>'
        for one in widths
        for begins, more in ((False, ""), (True, ' fo:break-before="page"'))
    )


def _sheet_style(place: int) -> str:
    return f"sheet-{place}"


def _tables(sheets: Sequence[Sheet]) -> str:
    return "".join(
        f'<style:style style:name="{name}" style:family="table" style:master-page-name="{name}">'
        '<style:table-properties table:display="true"/></style:style>'
        for name in map(_sheet_style, range(len(sheets)))
    )


def _pages(sheets: Sequence[Sheet]) -> tuple[str, str]:
    """Layouts of landscape pages, and the master pages that use them, one for every sheet."""
    layouts = masters = ""
    for place, sheet in enumerate(sheets):
        name, pages = _sheet_style(place), printing(sheet)
        long, short = PAPERS[pages.paper]
        scale = (
            f'style:scale-to="{pages.scale}%"' if pages.scale else 'style:scale-to-X="1" style:scale-to-Y="0"'
        )
        layouts += (
            f'<style:page-layout style:name="layout-{name}"><style:page-layout-properties '
            f'fo:page-width="{long}mm" fo:page-height="{short}mm" style:print-orientation="landscape" '
            f'fo:margin="{MARGIN}mm" {scale} style:print="objects charts drawings grid zero-values"/>'
            '<style:footer-style><style:header-footer-properties fo:min-height="6mm"/></style:footer-style>'
            "</style:page-layout>"
        )
        masters += (
            f'<style:master-page style:name="{name}" style:page-layout-name="layout-{name}"><style:footer>'
            "<text:p><text:sheet-name>аркуш</text:sheet-name> · <text:page-number>1</text:page-number> / "
            "<text:page-count>1</text:page-count></text:p></style:footer></style:master-page>"
        )
    return layouts, masters


def styles(sheets: Sequence[Sheet]) -> str:
    layouts, masters = _pages(sheets)
    return (
        f"{DECLARATION}<office:document-styles {NAMESPACES} {VERSION}><office:styles>"
        '<style:style style:name="Default" style:family="table-cell"/></office:styles>'
        f"<office:automatic-styles>{layouts}</office:automatic-styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    )


# --- content.xml around the rows ---------------------------------------------------------

_WIDTHS = sorted({*WIDTHS.values(), *WIDTHS_BY_KEY.values()})


def content_head(sheets: Sequence[Sheet]) -> str:
    return (
        f"{DECLARATION}<office:document-content {NAMESPACES} {VERSION}><office:automatic-styles>"
        f"{_NUMBER_STYLES}{_CELLS}{_columns(_WIDTHS)}{_tables(sheets)}"
        f'<style:style style:name="{ROW}" style:family="table-row">'
        '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
        "</office:automatic-styles><office:body><office:spreadsheet>"
    )


def table_head(place: int, sheet: Sheet) -> str:
    """The table's beginning: widths and the row of headings, which is printed on every page."""
    pages = printing(sheet)
    columns = [
        "<table:table-column "
        f'table:style-name="{_column_style(width(column), begins_page=at in pages.breaks)}" '
        f'table:default-cell-style-name="{CELL_STYLES[column.kind]}"/>'
        for at, column in enumerate(sheet.columns)
    ]
    if pages.breaks:
        columns[0] = f"<table:table-header-columns>{columns[0]}</table:table-header-columns>"
    headings = "".join(
        f'<table:table-cell table:style-name="{heading_style(column.kind)}" office:value-type="string">'
        f"<text:p>{escape(column.heading)}</text:p></table:table-cell>"
        for column in sheet.columns
    )
    return (
        f'<table:table table:name={quoteattr(sheet.name)} table:style-name="{_sheet_style(place)}">'
        f"{''.join(columns)}"
        f'<table:table-header-rows><table:table-row table:style-name="{ROW}">{headings}</table:table-row>'
        "</table:table-header-rows>\n"
    )


def content_tail(sheets: Sequence[Sheet], rows: Sequence[int]) -> str:
    """Filters over each table without its totals, and the end of all that is open."""
    ranges = "".join(
        f'<table:database-range table:name="__Anonymous_Sheet_DB__{place}" '
        'table:display-filter-buttons="true" '
        f"table:target-range-address={quoteattr(_area(sheet, count))}/>"
        for place, (sheet, count) in enumerate(zip(sheets, rows, strict=True))
    )
    return (
        f"<table:database-ranges>{ranges}</table:database-ranges>"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def _area(sheet: Sheet, rows: int) -> str:
    name = "'" + sheet.name.replace("'", "''") + "'"
    return f"{name}.A1:{name}.{column_letters(len(sheet.columns) - 1)}{rows + 1}"

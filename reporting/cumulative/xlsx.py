"""The cumulative report as an Excel workbook: years, measures, and what was never financed, totals alive.

The cached value of every formula is the document's own figure, so a reader that does not calculate sees what
the other formats print.
"""

from __future__ import annotations

from io import BytesIO

from ..renderers.workbook import set_properties, workbook_options
from .document import CumulativeDocument
from .measures_sheet import MeasuresSheet
from .simple_sheets import UnfundedSheet, YearsSheet


def render(document: CumulativeDocument) -> bytes:
    """Three sheets, the years first; the same bytes for the same document."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, workbook_options()) as workbook:
        set_properties(workbook, document, title=document.title, created=document.dated)
        years = YearsSheet(workbook, document)
        measures = MeasuresSheet(workbook, document)
        unfunded = UnfundedSheet(workbook, document)
        measures.write()
        # The years' figures are those of the programme's total among the measures.
        years.write(measures.total_row)
        unfunded.write()
    return file.getvalue()

"""File formats that leave the admin lists."""

from __future__ import annotations

import io
from typing import Any

from import_export.formats.base_formats import CSV, XLSX


class TextXLSX(XLSX):
    """A workbook whose every text stays text: the stock format makes «=1+1» a live formula."""

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.styles import Font

        book = Workbook(write_only=True)
        sheet: Any = book.create_sheet("Дані")
        sheet.freeze_panes = "A2"

        def cell(value: Any, **style: Any) -> Any:
            text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", "" if value is None else str(value))
            made = WriteOnlyCell(sheet, text)
            made.data_type = "s"
            for name, setting in style.items():
                setattr(made, name, setting)
            return made

        sheet.append([cell(header, font=Font(bold=True)) for header in dataset.headers])
        for row in dataset:
            sheet.append([cell(value) for value in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


EXPORT_FORMATS = [TextXLSX, CSV]

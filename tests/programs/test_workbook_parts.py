"""What workbooks that leave have in common: texts come back as they were."""

import datetime
import io
import zipfile

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from programs.importing.files.reading import read_book
from programs.workbook_parts import set_properties, write_value

# Excel takes «_x0041_» for «A» and «_x005F_» for the «_» itself.
TEXTS = [
    "до _x0041_ після",
    "_x000D_",
    "_x005F_x0041_",
    "_x0041_x0042_ & <Б>",
    "__x0041__x0042__",
    "_x12_ та _X0041_",
    "<r>_x0041_x0042_</r>",
]


@pytest.mark.parametrize("by_rows", [False, True])
def test_texts_that_look_like_signs_of_excel_come_back_as_they_were(by_rows: bool) -> None:
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": by_rows, "in_memory": not by_rows}) as workbook:
        sheet = workbook.add_worksheet()
        for row, text in enumerate(TEXTS):
            write_value(sheet, row, 0, text, None)
    rows = read_book(io.BytesIO(file.getvalue()), "texts.xlsx").tables[0].rows

    assert [row[0] for row in rows] == TEXTS


def test_a_workbook_says_of_itself_what_is_known() -> None:
    file = io.BytesIO()
    kyiv = datetime.timezone(datetime.timedelta(hours=2))
    with Workbook(file, {"in_memory": True}) as workbook:
        moment = datetime.datetime(2025, 1, 14, 12, 30, tzinfo=kyiv)
        set_properties(workbook, created=moment, title="Звіт\x00", language="uk-UA")
    told = load_workbook(io.BytesIO(file.getvalue()))

    assert (told.properties.title, told.properties.creator, told.properties.created) == (
        "Звіт",
        None,
        datetime.datetime(2025, 1, 14, 10, 30),
    )
    assert [(one.name, one.value) for one in told.custom_doc_props.props] == [("Language", "uk-UA")]
    assert {part.date_time for part in zipfile.ZipFile(file).infolist()} == {(1980, 1, 1, 0, 0, 0)}

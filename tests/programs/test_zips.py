"""Entries of archives that leave."""

import datetime
import zipfile

import pytest

from programs.zips import READABLE, entry

MOMENT = datetime.datetime(2025, 1, 14, 22, 30, 5, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("made", "clock", "mode", "compression"),
    [
        (entry("а.txt"), (1980, 1, 1, 0, 0, 0), 0o600, zipfile.ZIP_DEFLATED),
        (entry("а.txt", stored=True), (1980, 1, 1, 0, 0, 0), 0o600, zipfile.ZIP_STORED),
        (
            entry("а.txt", moment=MOMENT, mode=READABLE),
            (2025, 1, 15, 0, 30, 5),
            0o644,
            zipfile.ZIP_DEFLATED,
        ),
    ],
)
def test_an_entry_has_no_clock_but_the_one_it_is_given(
    made: zipfile.ZipInfo, clock: tuple[int, ...], mode: int, compression: int
) -> None:
    assert (made.date_time, made.external_attr >> 16, made.compress_type) == (clock, mode, compression)

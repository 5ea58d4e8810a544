"""How pages write what is no cell of the form."""

import pytest

from reporting.templatetags.zvit import file_size


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0\u00a0Б"),
        (1023, "1023\u00a0Б"),
        (1024, "1\u00a0КБ"),
        (342_323, "334\u00a0КБ"),
        (1_048_575, "1\u00a0024\u00a0КБ"),
        (1_048_576, "1,0\u00a0МБ"),
        (1_258_291, "1,2\u00a0МБ"),
        (20 * 1024 * 1024, "20,0\u00a0МБ"),
    ],
)
def test_sizes_of_files_are_in_the_units_of_their_limits(size: int, written: str) -> None:
    assert file_size(size) == written

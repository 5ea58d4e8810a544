"""Formulas of our workbooks: what the portal computes, alive in a spreadsheet and equal to the last digit.

Cells and ranges come as Excel writes them, «E5:E9».
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

# Excel takes so many arguments of a function, and nests it.
MOST_ARGUMENTS = 200


def sum_formula(cells: Sequence[str]) -> str:
    """Of ranges or cells; a sum of blanks is blank.

    Excel adds in binary: without ROUND, 0.1 and 0.2 are not quite 0.3. Five decimals are a kopeck.
    """
    return f'=IF({_call("COUNT", cells)}=0,"",ROUND({_call("SUM", cells)},5))'


def labelled_sum_formula(labels: str, label: str, addends: str) -> str:
    """Of the cells whose row bears the label; a sum of blanks is blank."""
    count = f"SUMPRODUCT(({labels}={label})*ISNUMBER({addends}))"
    return f'=IF({count}=0,"",ROUND(SUMIF({labels},{label},{addends}),5))'


def percent_formula(financed: str, base: str, *, without_base: str) -> str:
    """`without_base` is what stands where there is nothing to divide by."""
    return (
        f"=IF(COUNT({financed},{base})<2,{without_base},"
        f"IF({base}=0,{without_base},ROUND(100*{financed}/{base},1)))"
    )


def same_as_formula(cell: str) -> str:
    """A blank stays blank: Excel would make 0 of it."""
    return f'=IF(ISNUMBER({cell}),{cell},"")'


def _call(name: str, cells: Sequence[str]) -> str:
    """`SUM` of `SUM`s and `SUM` of `COUNT`s, where there are more cells than one call takes."""
    called = [f"{name}({','.join(group)})" for group in _grouped(cells)]
    return called[0] if len(called) == 1 else f"SUM({','.join(called)})"


def _grouped(cells: Sequence[str]) -> Iterator[Iterable[str]]:
    for first in range(0, max(1, len(cells)), MOST_ARGUMENTS):
        yield cells[first : first + MOST_ARGUMENTS]

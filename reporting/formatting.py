"""How each kind of cell is shown as text and typed in a workbook, side by side."""

from __future__ import annotations

from decimal import Decimal

from programs.textforms import format_decimal
from programs.workbook_parts import EXCEL_IN_FULL

from .document import CellKind

EXCEL_FORMATS = {CellKind.TEXT: "@", CellKind.MONEY: "#,##0.0", CellKind.PERCENT: "#,##0.0"}
# Where the form would round a difference away: to the kopeck, with the sign of what grew.
EXCEL_DIFFERENCE = f"+{EXCEL_IN_FULL};-{EXCEL_IN_FULL};0.0"
EXCEL_MOMENT = "dd.mm.yyyy hh:mm"


def shown(value: Decimal | str | None, kind: CellKind) -> str:
    """The text of a cell on the form: «1 234,5» for money and percents, nothing for a blank."""
    if value is None:
        return ""
    if kind is CellKind.TEXT or isinstance(value, str):
        return str(value)
    return format_decimal(value)

"""How much of a file that comes in is read; what is larger is refused, never cut.

A programme with a thousand measures takes a tenth of each.
"""

from ...uploads import MEGABYTE
from ...workbook_parts import LONGEST_CELL

MAX_FILE_MB = 10
MAX_FILE = MAX_FILE_MB * MEGABYTE
MAX_INFLATED_MB = 60
MAX_INFLATED = MAX_INFLATED_MB * MEGABYTE
MAX_SHEETS = 40
# Of one table, and from its first row and column: a lone cell further off is refused by its name.
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_MERGED = 20_000
# Of the whole file.
MAX_CELLS = 400_000
MAX_CHARACTERS = 20_000_000
# Of one cell: Excel's own limit.
MAX_TEXT = LONGEST_CELL

# Of markup in the whole file: a million formatted rows without values, as LibreOffice may save, still fit.
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 200
# A tag or comment; expat reads one anew with every piece of the file that comes.
MAX_TOKEN = MEGABYTE
# Of elements and attributes in one part; Excel and LibreOffice know a few hundred.
MAX_NAMES = 5_000

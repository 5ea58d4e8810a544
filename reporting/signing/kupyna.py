"""ДСТУ 7564:2014 («Купина»): the hash that takes the place of ГОСТ 34.311 in Ukrainian signatures. Pure.

A step takes 64 bytes of data, or 128 for the longer digests, into the hash so far by way of two permutations
of ten or fourteen rounds. Values are integers, the first byte the least; the standard's matrix of eight rows
stands in them column by column.

Python needs about a second for a megabyte. A round is one look into a table for each byte: the table knows
where the byte goes and what it does to the column there, and `^` puts the new state together of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from operator import getitem, xor

from .dstu4145 import Field

_COLUMN_BITS = 64

# The first row of the matrix that columns are multiplied by; each next one is turned right by one.
_MIXING = (1, 1, 5, 1, 8, 6, 7, 4)

# π0 to π3 of the standard: of rows 0 and 4, 1 and 5, 2 and 6, 3 and 7.
_BOXES = (
    bytes.fromhex(
        "a8435f066b756c59 71df879517f0d809 6df31dcbc94d2caf 79e097fd6f4b4539 "
        "3edda34fb4b69a0e 1fbf15e149d293c6 92729e61d163faee f419d5ad58a4bba1 "
        "dcf2833742e47a32 9cccab4a8f6e0427 2ee7e25a9616232b c265660fbca94741 "
        "3448fcb76a88a553 86f95bdb387bc31e 2233242836c7b23b 8e77baf5149f0855 "
        "9b4cfe605cda1846 cd7d21b03f1b89ff eb84693a9dd7d370 6740b5de5d3091b1 "
        "781101e5006898a0 c502a6742d0ba276 b3becebdaee98a31 1cecf19994aaf626 "
        "2fefe88c3503d47f fb05c15e90203d82 f7ea0a0d7ef8501a c40757b83c62e3c8 "
        "ac526410d0d9130c 122951b9cfd6738d 8154c0ed4e44a72a 8525e6ca7c8b5680"
    ),
    bytes.fromhex(
        "cebbeb92eacb13c1 e93ad6b2d29017f8 421556b4651c8843 c55c36baf557678d "
        "31f664589ef422aa 750f02b1df6d734d 7c262ef7085d443e 9f14c8ae5410d8bc "
        "1a6b69f3bd33abfa d19b684e169591ee 4c638e5bcc3c19a1 81497bd96f3760ca "
        "e72b48fd9645fc41 120d79e5898ce320 30dcb76c4ab53f97 d4622d06a4a5835f "
        "2adac9007ea255bf 11d59ccf0e0a3d51 7d931bfec4470986 0b8f9d6a07b9b098 "
        "1832714bef3b70a0 e440ffc3a9e678f9 8b46801e38e1b8a8 e00c23761d252405 "
        "f16e94289a84e8a3 4f77d385e252f282 507a2f7453b361af 3935decd1f99acad "
        "722cddd087be5ea6 ec04c60334fbdb59 b6c201f05aeda766 217f8a27c7c029d7"
    ),
    bytes.fromhex(
        "93d99ab5982245fc ba6adf029fdc5159 4a172bc294f4bba3 62e471d4cd7016e1 "
        "493cc0d85c9bad85 53a17ac82de0d172 a62cc4e37678b7b4 093b0e414cdeb290 "
        "25a5d7031100c32e 92ef4e129d7dcb35 10d54f9e4da955c6 d07b1897d336e648 "
        "56818f77cc9cb9e2 acb82f15a47cda38 1e0b05d6146e6c7e 66fdb1e560af5e33 "
        "87c9f05d6d3f888d c7f71de9eced8029 27cf99a8500f3724 283095d23e5b4083 "
        "b369571f071c8abc 20ebce8eabee31a2 73f9ca3a1afb0dc1 fefaf26fbd96dd43 "
        "52b608f3aebe1989 3226b0ea4b648482 6bf579bf015f7563 1b233d682a65e891 "
        "f6ff1358f1470a7f c5a7e7615a064644 4204a0db398654aa 8c34218bf80c7467"
    ),
    bytes.fromhex(
        "688dca4d734b4e2a d45226b3541e191f 2203463d2d4a5383 138ab7d52579f5bd "
        "582f0d02ed519e11 f23e555ed1163c66 705df34540cce894 5608ce1a3ad2e1df "
        "b5386e0ee5f4f986 e94fd68523cf3299 3114aeeec848d330 a19241b118c42c71 "
        "724415fd37be5faa 9b88d8ab899cfa60 eabc620c24a6a8ec 6720db7c28ddac5b "
        "347e10f17b8f63a0 059a437721bf2709 c39fb6d729c2ebc0 a48b8c1dfbffc1b2 "
        "972ef865f6750704 4933e4d9b9d042c7 6c90008e6f5001c5 da473fcd69a2e27a "
        "a7c6930f0a06e62b 96a31caf6a128439 e7b082f7fe9d875c 8135deb4a5fc80ef "
        "cbbb6b76ba5a7d78 0b95e3ad74983b36 646ddcf059a94c17 7f91b8c9571be061"
    ),
)


def digest(data: bytes, bits: int = 256) -> bytes:
    """`bits`: of the digest, 256, 384 or 512. Raises ValueError for another number."""
    if bits not in (256, 384, 512):
        raise ValueError("Not a length of a digest.")
    permutations = _permutations(8 if bits == 256 else 16)
    size = permutations.size
    # In the beginning there is 64 or 128 in the first byte, nothing in the others.
    state = size
    padded = data + b"\x80" + bytes((-len(data) - 13) % size) + (8 * len(data)).to_bytes(12, "little")
    for place in range(0, len(padded), size):
        piece = int.from_bytes(padded[place : place + size], "little")
        state ^= permutations.t_xor(state ^ piece) ^ permutations.t_plus(piece)
    state ^= permutations.t_xor(state)
    return state.to_bytes(size, "little")[-(bits >> 3) :]


# --- the permutations --------------------------------------------------------------------


class _Permutations:
    """T⊕ and T⁺ of the standard, for 8 or 16 columns. They differ in how a round takes in its constants."""

    def __init__(self, columns: int) -> None:
        self.size = 8 * columns
        self._tables = _tables(columns)
        rounds, places = range(10 if columns == 8 else 14), range(columns)
        self._xored = [
            _joined(bytes([place << 4 | number]) + bytes(7) for place in places) for number in rounds
        ]
        self._added = [
            _joined(b"\xf3" + b"\xf0" * 6 + bytes([place << 4 | number]) for place in reversed(places))
            for number in rounds
        ]
        self._tops = _joined(bytes(7) + b"\x80" for _ in places)
        self._rests = self._tops ^ (1 << _COLUMN_BITS * columns) - 1

    def t_xor(self, state: int) -> int:
        for constant in self._xored:
            state = self._mixed(state ^ constant)
        return state

    def t_plus(self, state: int) -> int:
        """The constants are added to all columns at once: the top bits apart, or they would carry over."""
        tops, rests = self._tops, self._rests
        for constant in self._added:
            sums = (state & rests) + (constant & rests)
            state = self._mixed(sums ^ (state ^ constant) & tops)
        return state

    def _mixed(self, state: int) -> int:
        """The rest of a round: bytes are substituted and moved along their rows, columns are multiplied."""
        return reduce(xor, map(getitem, self._tables, state.to_bytes(self.size, "little")))


@cache
def _permutations(columns: int) -> _Permutations:
    return _Permutations(columns)


def _joined(columns: Iterable[bytes]) -> int:
    return int.from_bytes(b"".join(columns), "little")


# --- the tables --------------------------------------------------------------------------


def _tables(columns: int) -> list[list[int]]:
    """For each place in the state: what each of the 256 bytes there adds to the new one."""
    rows = [_columns_of(row) for row in range(8)]
    moves = (0, 1, 2, 3, 4, 5, 6, 7 if columns == 8 else 11)
    return [
        [value << _COLUMN_BITS * ((column + move) % columns) for value in values]
        for column in range(columns)
        for values, move in zip(rows, moves, strict=True)
    ]


def _columns_of(row: int) -> list[int]:
    """What each of the 256 bytes, substituted, alone in its column and in this row, multiplies to."""
    factors = [_MIXING[(row - other) % 8] for other in range(8)]
    return [_joined(bytes([_product(factor, byte)]) for factor in factors) for byte in _BOXES[row & 3]]


# In the field of 256 elements by x⁸ + x⁴ + x³ + x² + 1.
_product = cache(Field(8, (2, 3, 4)).product)

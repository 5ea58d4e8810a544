"""ГОСТ 34.311-95: the hash that Ukrainian signatures were made with for twenty years. Pure.

A step turns the hash so far and 32 bytes of data into the next hash: it makes four keys of both, encrypts the
four quarters of the hash with them, and mixes all three. Values are integers, the first byte the least.

Python needs about a second for a megabyte. Two things keep it there: a round of the cipher is two looks into
tables of 65536, and the mixing, being linear, is one multiplication a word instead of 74 turns of a register.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from operator import itemgetter

_Quarters = tuple[int, int, int, int]
_Tables = tuple[list[int], list[int]]

STEP_BYTES = 32
DKE_BYTES = 64

# The eight rows of substitution, half a byte an entry: ДКЕ №1, in force wherever a key names no other.
DKE_1 = bytes.fromhex(
    "a9d6eb45f13c7082 80c4967b231f5ead f658eba4c037291d 38d96bf025ca4e17"
    "f8e9720dc615b43a 28975f0bc1dea364 38b564ea2c179fd0 123e6db8fac57904"
)

_MASK_64 = (1 << 64) - 1
_MASK_256 = (1 << 256) - 1

# The constants of the four keys: the third is C3 of the standard.
_NOTHING = (0, 0, 0, 0)
_C3 = (0xFF00FF00FF00FF00, 0x00FF00FF00FF00FF, 0xFF0000FF00FFFF00, 0xFF00FFFF000000FF)
_CONSTANTS: tuple[_Quarters, ...] = (_NOTHING, _NOTHING, _C3, _NOTHING)

# P of the standard: four rows of eight bytes become eight of four.
_transposed = itemgetter(*(8 * row + column for column in range(8) for row in range(4)))


def digest(data: bytes, dke: bytes = DKE_1) -> bytes:
    """32 bytes. `dke`: 64 bytes of packed substitution. Raises ValueError where it is not one."""
    tables = _tables(dke)
    state = checksum = 0
    for place in range(0, len(data), STEP_BYTES):
        # The last piece may be shorter: the zeros that fill it up are the integer's high bits.
        piece = int.from_bytes(data[place : place + STEP_BYTES], "little")
        state = _step(state, piece, tables)
        checksum = (checksum + piece) & _MASK_256
    state = _step(state, 8 * len(data), tables)
    return _step(state, checksum, tables).to_bytes(STEP_BYTES, "little")


def is_dke(packed: bytes) -> bool:
    """Whether each of the eight rows puts every half-byte in some other's place."""
    return len(packed) == DKE_BYTES and all(len(set(row)) == 16 for row in _rows(packed))


# --- the cipher --------------------------------------------------------------------------


def _rows(packed: bytes) -> list[list[int]]:
    halves = [half for byte in packed for half in (byte >> 4, byte & 15)]
    return [halves[place : place + 16] for place in range(0, len(halves), 16)]


@lru_cache(maxsize=2)
def _tables(dke: bytes) -> _Tables:
    """What a round makes of the lower and of the upper half of its sum, already turned by 11 bits."""
    if not is_dke(dke):
        raise ValueError("Not a table of substitution.")
    rows = _rows(dke)
    first, second, third, fourth = (
        [
            _turned((rows[2 * number + 1][byte >> 4] << 4 | rows[2 * number][byte & 15]) << 8 * number)
            for byte in range(256)
        ]
        for number in range(4)
    )
    lower = [high | low for high in second for low in first]
    upper = [high | low for high in fourth for low in third]
    # Twice over: the sum of a round has a 33rd bit, and looking past it costs less than cutting it off.
    return lower, upper * 2


def _turned(word: int) -> int:
    return (word << 11 | word >> 21) & 0xFFFFFFFF


def _encrypted(block: int, keys: tuple[int, ...], tables: _Tables) -> int:
    """ГОСТ 28147-89 on 64 bits: the eight keys forwards three times, then backwards."""
    lower, upper = tables
    left, right = block & 0xFFFFFFFF, block >> 32
    order = keys * 3 + keys[::-1]
    # Two rounds a turn: the halves need no changing places.
    for key, next_key in zip(order[::2], order[1::2], strict=True):
        mixed = left + key
        right ^= lower[mixed & 0xFFFF] ^ upper[mixed >> 16]
        mixed = right + next_key
        left ^= lower[mixed & 0xFFFF] ^ upper[mixed >> 16]
    return left << 32 | right


# --- the step ----------------------------------------------------------------------------


def _step(state: int, piece: int, tables: _Tables) -> int:
    quarters = _quarters(state)
    encrypted = 0
    for number, key in enumerate(_keys(quarters, _quarters(piece))):
        encrypted |= _encrypted(quarters[number], key, tables) << 64 * number
    return _weighed(encrypted, _TURNS_74) ^ _weighed(piece, _TURNS_62) ^ _weighed(state, _TURNS_61)


def _quarters(value: int) -> _Quarters:
    return value & _MASK_64, value >> 64 & _MASK_64, value >> 128 & _MASK_64, value >> 192


def _keys(state: _Quarters, piece: _Quarters) -> list[tuple[int, ...]]:
    """Four keys of eight 32-bit words."""
    u, v = state, piece
    keys = []
    for constant in _CONSTANTS:
        u = _added(u, constant)
        keys.append(struct.unpack("<8I", bytes(_transposed(struct.pack("<4Q", *_added(u, v))))))
        u, v = _moved(u), _moved(_moved(v))
    return keys


def _added(one: _Quarters, other: _Quarters) -> _Quarters:
    return one[0] ^ other[0], one[1] ^ other[1], one[2] ^ other[2], one[3] ^ other[3]


def _moved(quarters: _Quarters) -> _Quarters:
    """A of the standard."""
    first, second, third, fourth = quarters
    return second, third, fourth, first ^ second


def _shifted(value: int) -> int:
    """ψ of the standard: sixteen words move down, the new last one is the exclusive sum of six."""
    last = value ^ value >> 16 ^ value >> 32 ^ value >> 48 ^ value >> 192 ^ value >> 240
    return value >> 16 | (last & 0xFFFF) << 240


def _weights(turns: int) -> list[int]:
    """Of each of the sixteen words: where ψ, so many times, puts it.

    ψ treats all bits of a word alike, so what becomes of a word is the word times what becomes of 1.
    """
    weights = []
    for place in range(16):
        value = 1 << 16 * place
        for _ in range(turns):
            value = _shifted(value)
        weights.append(value)
    return weights


def _weighed(value: int, weights: list[int]) -> int:
    result = 0
    for word, weight in zip(struct.unpack("<16H", value.to_bytes(32, "little")), weights, strict=True):
        result ^= word * weight
    return result


# ψ⁶¹(state ⊕ ψ(piece ⊕ ψ¹²(encrypted))), with the brackets multiplied out.
_TURNS_74, _TURNS_62, _TURNS_61 = _weights(74), _weights(62), _weights(61)

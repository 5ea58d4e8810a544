"""ДСТУ 4145-2002: signatures on elliptic curves over GF(2^m), polynomial basis. Verifying only. Pure.

All numbers may come from a hostile file: it is safe to count on a `Curve` that is one of the standard's own
or came through `sound_curve`. There is no secret here, so nothing is done in constant time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

# A curve of a larger field is none of the standard's, and the time grows with the cube.
SMALLEST_DEGREE, LARGEST_DEGREE = 163, 509

_HALF_BYTES = bytes.maketrans(b"0123456789abcdef", bytes(range(16)))


class UnsoundCurve(ValueError):
    """The parameters make no curve of the standard; the message is a Ukrainian clause that says why."""


@dataclass(frozen=True)
class Point:
    """A point in affine coordinates. The point at infinity is None everywhere."""

    x: int
    y: int


# --- the field ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """GF(2^m): an element is an integer whose bits are a polynomial's coefficients; adding is `^`.

    `middle`: the powers in the field's own polynomial between x^m and 1, one of a trinomial, three of a
    pentanomial.
    """

    degree: int
    middle: tuple[int, ...]

    @cached_property
    def polynomial(self) -> int:
        polynomial = 1 << self.degree | 1
        for power in self.middle:
            polynomial |= 1 << power
        return polynomial

    def has(self, value: int) -> bool:
        return value >> self.degree == 0

    def reduced(self, value: int) -> int:
        """The remainder by the polynomial. Two turns, since no middle power is above half the degree."""
        degree = self.degree
        while above := value >> degree:
            value ^= above << degree ^ above
            for power in self.middle:
                value ^= above << power
        return value

    def product(self, one: int, other: int) -> int:
        """Four bits of `other` a turn, from a table of the sixteen small multiples of `one`."""
        multiples = [0, one]
        for power in (1, 2, 3):
            multiples += [one << power ^ smaller for smaller in multiples]
        result = 0
        for half_byte in f"{other:x}".encode().translate(_HALF_BYTES):
            result = result << 4 ^ multiples[half_byte]
        return self.reduced(result)

    def square(self, value: int) -> int:
        """Squaring sets a zero between every two bits: the binary digits, read to base four."""
        return self.reduced(int(f"{value:b}", 4))

    def inverse(self, value: int) -> int:
        """By Euclid. Of zero, or by a reducible polynomial, the result means nothing, but there is one."""
        one, other = value, self.polynomial
        factor, other_factor = 1, 0
        while one > 1:
            shift = one.bit_length() - other.bit_length()
            if shift < 0:
                one, other, factor, other_factor = other, one, other_factor, factor
                shift = -shift
            one ^= other << shift
            factor ^= other_factor << shift
        return self.reduced(factor)

    def trace(self, value: int) -> int:
        """0 or 1."""
        result = value
        for _ in range(self.degree - 1):
            result = self.square(result) ^ value
        return result

    def half_trace(self, value: int) -> int:
        """A root z of z² + z = value where there is one; the other is z + 1. The degree is odd."""
        result = value
        for _ in range(self.degree >> 1):
            result = self.square(self.square(result)) ^ value
        return result

    def is_irreducible(self) -> bool:
        """For a prime degree and an odd number of terms.

        Then x^(2^m) is x again only where every factor's degree divides m, and none is of degree 1, since
        neither 0 nor 1 is a root.
        """
        value = 2
        for _ in range(self.degree):
            value = self.square(value)
        return value == 2


# --- the curve ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """y² + xy = x³ + ax² + b with a base point of a prime order."""

    field: Field
    a: int
    b: int
    order: int
    base: Point

    def point(self, compressed: int) -> Point | None:
        """The point that a key or a base point is written as; None where there is none.

        The last bit of x is told by the trace of x, which is a; its place is taken by the trace of y/x.
        """
        field = self.field
        if not field.has(compressed):
            return None
        x = compressed & ~1
        x |= field.trace(x) ^ self.a
        if x == 0:
            return None
        right = x ^ self.a ^ field.product(self.b, field.square(field.inverse(x)))
        ratio = field.half_trace(right)
        if field.square(ratio) ^ ratio != right:
            return None
        if field.trace(ratio) != compressed & 1:
            ratio ^= 1
        return Point(x, field.product(x, ratio))

    def added(self, one: Point | None, other: Point) -> Point | None:
        """The sum of two points, with a division: for a few of them."""
        if one is None:
            return other
        field = self.field
        if one.x != other.x:
            slope = field.product(one.y ^ other.y, field.inverse(one.x ^ other.x))
        elif one.y == other.y and one.x != 0:
            slope = one.x ^ field.product(one.y, field.inverse(one.x))
        else:
            return None
        x = field.square(slope) ^ slope ^ one.x ^ other.x ^ self.a
        return Point(x, field.product(slope, one.x ^ x) ^ x ^ one.y)

    def combination(self, times: int, point: Point, other_times: int, other_point: Point) -> Point | None:
        """times × point + other_times × other_point, two bits of both factors a turn."""
        table = self._small_combinations(point, other_point)
        result = _Projective(self)
        for place in range(max(times.bit_length(), other_times.bit_length()) & ~1, -1, -2):
            result.double()
            result.double()
            result.add(table[times >> place & 3, other_times >> place & 3])
        return result.affine()

    def _small_combinations(self, point: Point, other_point: Point) -> dict[tuple[int, int], Point | None]:
        table: dict[tuple[int, int], Point | None] = {(0, 0): None}
        for other_times in range(4):
            if other_times:
                table[0, other_times] = self.added(table[0, other_times - 1], other_point)
            for times in range(1, 4):
                table[times, other_times] = self.added(table[times - 1, other_times], point)
        return table

    def verifies(self, key: Point, digest: bytes, r: int, s: int) -> bool:
        """Whether r and s are the signature of the data with that digest. `key` is on the curve."""
        if not (0 < r < self.order and 0 < s < self.order):
            return False
        point = self.combination(s, self.base, r, key)
        if point is None:
            return False
        mixed = self.field.product(self._element(digest), point.x)
        # One bit less than the order has.
        return mixed & (1 << self.order.bit_length() - 1) - 1 == r

    def _element(self, digest: bytes) -> int:
        """The digest as a field element, never zero. Its first byte is the least."""
        return int.from_bytes(digest, "little") & (1 << self.field.degree) - 1 or 1


class _Projective:
    """A point that is doubled and added to without divisions: x = X/Z, y = Y/Z² (López and Dahab)."""

    def __init__(self, curve: Curve) -> None:
        self.curve = curve
        self.x, self.y, self.z = 1, 0, 0

    def double(self) -> None:
        if self.z == 0:
            return
        product, square = self.curve.field.product, self.curve.field.square
        x_squared, z_squared = square(self.x), square(self.z)
        tail = product(self.curve.b, square(z_squared))
        z = product(x_squared, z_squared)
        x = square(x_squared) ^ tail
        slope = square(self.y) ^ tail ^ (z if self.curve.a else 0)
        self.x, self.y, self.z = x, product(tail, z) ^ product(x, slope), z

    def add(self, point: Point | None) -> None:
        if point is None:
            return
        if self.z == 0:
            self.x, self.y, self.z = point.x, point.y, 1
            return
        product, square = self.curve.field.product, self.curve.field.square
        z_squared = square(self.z)
        rise = self.y ^ product(point.y, z_squared)
        run = self.x ^ product(point.x, self.z)
        if run == 0:
            if rise == 0:
                self.double()
            else:
                self.x, self.y, self.z = 1, 0, 0
            return
        scaled = product(run, self.z)
        z = square(scaled)
        x = square(rise) ^ product(scaled, rise ^ square(run) ^ (scaled if self.curve.a else 0))
        line = product(product(point.x, z) ^ x, product(rise, scaled) ^ z)
        self.x, self.y, self.z = x, line ^ product(point.x ^ point.y, square(z)), z

    def affine(self) -> Point | None:
        if self.z == 0:
            return None
        field = self.curve.field
        inverse = field.inverse(self.z)
        return Point(field.product(self.x, inverse), field.product(self.y, field.square(inverse)))


# --- curves that come with a key ---------------------------------------------------------


@lru_cache(maxsize=8)
def sound_curve(
    degree: int, middle: tuple[int, ...], a: int, b: int, order: int, compressed_base: int
) -> Curve:
    """The curve of these parameters. Raises UnsoundCurve where the standard has no such curve."""
    field = _sound_field(degree, middle)
    if a not in (0, 1) or b == 0 or not field.has(b):
        raise UnsoundCurve("коефіцієнти кривої неможливі")
    # All points together are about 2^m; a quarter or a half of them is what the base point reaches.
    if order < 0 or not 0 <= degree - order.bit_length() <= 2 or not _seems_prime(order):
        raise UnsoundCurve("порядок базової точки неможливий")
    # The base point itself is a matter of choice, also on a curve of the standard.
    blank = Curve(field, a, b, order, Point(0, 0))
    base = blank.point(compressed_base)
    if base is None or blank.combination(order, base, 0, base) is not None:
        raise UnsoundCurve("базова точка не лежить на кривій або має інший порядок")
    return Curve(field, a, b, order, base)


def _sound_field(degree: int, middle: tuple[int, ...]) -> Field:
    within = SMALLEST_DEGREE <= degree <= LARGEST_DEGREE
    if not within or any(degree % factor == 0 for factor in range(2, 23)):
        raise UnsoundCurve(f"степінь поля має бути простим числом від {SMALLEST_DEGREE} до {LARGEST_DEGREE}")
    # Above half the degree, reducing would take a turn for nearly every bit.
    fits = len(middle) in (1, 3) and all(0 < power <= degree >> 1 for power in middle)
    field = Field(degree, middle)
    if not fits or len(set(middle)) < len(middle) or not field.is_irreducible():
        raise UnsoundCurve("многочлен поля не є незвідним тричленом або п’ятичленом")
    return field


def _seems_prime(number: int) -> bool:
    """By Fermat: enough against mistakes. Who makes a number to deceive it weakens only his own key."""
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7))

"""The mathematics of ДСТУ 4145-2002 against the standard's own example and those of Bouncy Castle."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.signing.dstu4145 import Curve, Field, Point, UnsoundCurve, sound_curve
from reporting.signing.dstu4145_curves import NAMES, named_curve

# Mathematics: no database has a part in it.
pytestmark = pytest.mark.only_on("sqlite")

CURVES = [pytest.param(named_curve(name), id=str(named_curve(name).field.degree)) for name in NAMES]
M163, M257 = named_curve(NAMES[0]), named_curve(NAMES[6])


@dataclass(frozen=True)
class Example:
    """A signature that others published. The digest is an integer here, as the standard writes it."""

    curve: Curve
    key: Point
    digest: int
    r: int
    s: int

    def verifies(self, **changed: int | Point) -> bool:
        one = replace(self, **changed)
        size = max(32, one.digest.bit_length() + 7 >> 3)
        return one.curve.verifies(one.key, one.digest.to_bytes(size, "little"), one.r, one.s)


def key(curve: Curve, private: int) -> Point:
    """The public key is the base point taken private times, negated."""
    point = curve.combination(curve.order - private, curve.base, 0, curve.base)
    assert point is not None
    return point


def compressed(curve: Curve, point: Point) -> int:
    field = curve.field
    return point.x & ~1 | field.trace(field.product(point.y, field.inverse(point.x)))


OF_THE_STANDARD = replace(
    M163,
    base=Point(0x72D867F93A93AC27DF9FF01AFFE74885C8C540420, 0x0224A9C3947852B97C5599D5F4AB81122ADC3FD9B),
)
OF_DEGREE_173 = replace(
    named_curve(NAMES[2]),
    base=Point(0xBE6628EC3E67A91A4E470894FBA72B52C515F8AEE9, 0xD9DEEDF655CF5412313C11CA566CDC71F4DA57DB45C),
)
OF_DEGREE_283 = Curve(
    Field(283, (5, 7, 12)),
    a=1,
    b=0x27B680AC8B8596DA5A4AF8A19A0303FCA97FD7645309FA2A581485AF6263E313B79A2F5,
    order=0x3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEF90399660FC938A90165B042A7CEFADB307,
    base=Point(
        0x4D95820ACE761110824CE425C8089129487389B7F0E0A9D043DDC0BB0A4CC9EB25,
        0x954C9C4029B2C62DE35C2B9C2A164984BF1101951E3A68ED03DF234DDE5BB2013152F2,
    ),
)
EXAMPLES = {
    "the standard's own, m = 163": Example(
        OF_THE_STANDARD,
        key(OF_THE_STANDARD, 0x183F60FDF7951FF47D67193F8D073790C1C9B5A3E),
        digest=0x09C9C44277910C9AAEE486883A2EB95B7180166DDF73532EEB76EDAEF52247FF,
        r=0x274EA2C0CAA014A0D80A424F59ADE7A93068D08A7,
        s=0x2100D86957331832B8E8C230F5BD6A332B3615ACA,
    ),
    "a digest longer than the field, m = 173": Example(
        OF_DEGREE_173,
        key(OF_DEGREE_173, 0x955CD7E344303D1034E66933DC21C8044D42ADB8),
        digest=(1 << 208) - 1,
        r=0x6BB5C0CB82E5067485458EBFE81025F03B687C63A27,
        s=0x34D6B1868969B86ECF934167C8FE352C63D1074BD,
    ),
    "a field without a named curve, m = 283": Example(
        OF_DEGREE_283,
        key(OF_DEGREE_283, 0xB844EEAF15213E4BAD4FB84796D68F2448DB8EB7B4621EC0D51929874892C43E),
        digest=0x0137187EA862117EF1484289470ECAC802C5A651FDA8,
        r=0x12A5EDCC38D92208FF23036D75B000C7E4BC0F9AF2D40B35F15D6FD15E01234E67781A8,
        s=0x2DE0775577F75B643CF5AFC80D4FE10B21100690F17E2CAB7BDC9B50EC87C5727AEB515,
    ),
    "a compressed key, m = 257": Example(
        M257,
        M257.point(0xDC2496C45E484D63D4FE2F1BCA948A2B2E0FA68E4715E44D85600034CF4EB5C5),
        digest=0x8D1C95CB937CAA261F7E3EE536AB87220F4E853F3FBB148C91FD47859CBB7A5D,
        r=0x5C24783F710861AEE269F4025F68AF3AA1661D2A7FF0DA41E0084CF931E07954,
        s=0x2C33DE0A65044521EBDC12C812B1E5E4ADE74C69DCFB5B100C1707081B098B01,
    ),
}
EXAMPLE = EXAMPLES["the standard's own, m = 163"]


# --- signatures --------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_a_published_signature_verifies(example: Example) -> None:
    assert example.verifies()


@pytest.mark.parametrize("part", ["digest", "r", "s"])
def test_one_changed_bit_does_not(part: str) -> None:
    assert not EXAMPLE.verifies(**{part: getattr(EXAMPLE, part) ^ 8})


def test_another_key_does_not() -> None:
    assert not EXAMPLE.verifies(key=EXAMPLE.curve.base)


@pytest.mark.parametrize("part", ["r", "s"])
@pytest.mark.parametrize("value", [0, M163.order, M163.order + 1, 1 << 1000])
def test_numbers_out_of_their_range_do_not(part: str, value: int) -> None:
    assert not EXAMPLE.verifies(**{part: value})


def test_a_number_is_not_taken_by_its_remainder() -> None:
    assert not EXAMPLE.verifies(s=EXAMPLE.s + M163.order)


def test_what_comes_to_the_point_at_infinity_does_not() -> None:
    """With the base point, negated, as the key, r = s takes the sum to infinity, whatever the digest."""
    assert not EXAMPLE.verifies(key=key(OF_THE_STANDARD, 1), r=5, s=5)


def test_a_digest_of_zero_counts_as_one() -> None:
    curve, nonce, private = M163, 12345, 67890
    point = curve.combination(nonce, curve.base, 0, curve.base)
    assert point is not None
    r = point.x & (1 << curve.order.bit_length() - 1) - 1
    s = (nonce + private * r) % curve.order
    assert curve.verifies(key(curve, private), bytes(32), r, s)


# --- curves ------------------------------------------------------------------------------


@pytest.mark.parametrize("curve", CURVES)
def test_the_parameters_of_every_named_curve_hold_together(curve: Curve) -> None:
    """Whatever digit were wrong, the field, the point or its order would not be one."""
    field, base = curve.field, compressed(curve, curve.base)
    assert sound_curve(field.degree, field.middle, curve.a, curve.b, curve.order, base) == curve


def test_the_ten_curves_have_the_names_of_the_order() -> None:
    assert [(name.rsplit(".", 1)[1], named_curve(name).field.degree) for name in NAMES] == [
        ("0", 163),
        ("1", 167),
        ("2", 173),
        ("3", 179),
        ("4", 191),
        ("5", 233),
        ("6", 257),
        ("7", 307),
        ("8", 367),
        ("9", 431),
    ]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 60), st.integers(0, 60))
def test_a_combination_is_what_adding_one_by_one_gives(times: int, other_times: int) -> None:
    base = OF_DEGREE_173.base
    other = OF_DEGREE_173.added(base, base)
    assert other is not None
    total = None
    for _ in range(times + 2 * other_times):
        total = OF_DEGREE_173.added(total, base)
    assert OF_DEGREE_173.combination(times, base, other_times, other) == total


def test_counting_begins_anew_after_the_order() -> None:
    """On the way some sums add a point to itself, which the formula for two points cannot."""
    order, base = M257.order, M257.base
    around = [M257.combination(order + times, base, 0, base) for times in range(8)]
    assert around == [M257.combination(times, base, 0, base) for times in range(8)]


@pytest.mark.parametrize("curve", [CURVES[0], CURVES[6]])
def test_a_point_comes_back_from_its_compressed_form(curve: Curve) -> None:
    other = Point(curve.base.x, curve.base.x ^ curve.base.y)
    assert curve.point(compressed(curve, curve.base)) == curve.base
    assert curve.point(compressed(curve, other)) == other
    assert curve.added(curve.base, other) is None


def test_half_of_all_numbers_are_no_points() -> None:
    found = sum(M257.point(number) is not None for number in range(2, 202))
    assert 60 < found < 140


@pytest.mark.parametrize("number", [1 << 257, (1 << 258) - 1, 1 << 10_000])
def test_a_number_too_long_for_the_field_is_no_point(number: int) -> None:
    assert M257.point(number) is None


# On the other curve, b ^ 1, a root would be found for it.
@pytest.mark.parametrize("curve", [M257, replace(M257, b=M257.b ^ 1)], ids=["a curve", "another b"])
@pytest.mark.parametrize("number", [0, 1])
def test_the_point_with_zero_for_x_is_no_key(curve: Curve, number: int) -> None:
    assert curve.point(number) is None


def test_twice_the_point_with_zero_for_x_is_infinity() -> None:
    root = M257.b
    for _ in range(M257.field.degree - 1):
        root = M257.field.square(root)
    assert M257.added(Point(0, root), Point(0, root)) is None


# --- parameters of a hostile key ---------------------------------------------------------

SOUND = {
    "degree": 257,
    "middle": (12,),
    "a": 0,
    "b": M257.b,
    "order": M257.order,
    "compressed_base": compressed(M257, M257.base),
}
DEGREE = "степінь поля має бути простим числом від 163 до 509"
POLYNOMIAL = "многочлен поля не є незвідним тричленом або п’ятичленом"
COEFFICIENTS = "коефіцієнти кривої неможливі"
ORDER = "порядок базової точки неможливий"
BASE = "базова точка не лежить на кривій або має інший порядок"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"degree": 1}, DEGREE),
        ({"degree": -257}, DEGREE),
        ({"degree": 157}, DEGREE),
        ({"degree": 255}, DEGREE),
        ({"degree": 521}, DEGREE),
        ({"degree": 10**100}, DEGREE),
        ({"middle": ()}, POLYNOMIAL),
        ({"middle": (13,)}, POLYNOMIAL),
        ({"middle": (0,)}, POLYNOMIAL),
        ({"middle": (-12,)}, POLYNOMIAL),
        ({"middle": (245,)}, POLYNOMIAL),
        ({"middle": (10**100,)}, POLYNOMIAL),
        ({"middle": (5, 5, 12)}, POLYNOMIAL),
        ({"middle": (12, 13)}, POLYNOMIAL),
        ({"middle": (1, 2, 3)}, POLYNOMIAL),
        ({"a": 2}, COEFFICIENTS),
        ({"b": 0}, COEFFICIENTS),
        ({"b": M257.b | 1 << 257}, COEFFICIENTS),
        ({"order": 0}, ORDER),
        ({"order": -M257.order}, ORDER),
        ({"order": -(1 << 255)}, ORDER),
        ({"order": M257.order - 1}, ORDER),
        ({"order": M257.order * M257.order}, ORDER),
        ({"order": 3}, ORDER),
        ({"compressed_base": 0}, BASE),
        ({"compressed_base": SOUND["compressed_base"] | 1 << 300}, BASE),
        ({"compressed_base": SOUND["compressed_base"] ^ 2}, BASE),
        ({"a": 1}, BASE),
        ({"b": M257.b ^ 1}, BASE),
        # 2^255 - 19: as large as it should be and prime, but not the order of anything here.
        ({"order": (1 << 255) - 19}, BASE),
    ],
)
def test_parameters_that_make_no_curve_are_refused(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(UnsoundCurve) as refused:
        sound_curve(**SOUND | changed)
    assert str(refused.value) == reason


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=(1 << 257) - 1))
def test_what_is_divided_and_multiplied_again_is_the_same(value: int) -> None:
    field = M257.field
    assert field.product(value, field.inverse(value)) == 1


@pytest.mark.parametrize("field", [M257.field, Field(257, (1,))], ids=["a field", "a reducible polynomial"])
@pytest.mark.parametrize("value", [0, 2, 3, 6])
def test_dividing_always_ends(field: Field, value: int) -> None:
    assert field.has(field.inverse(value))

"""ГОСТ 34.311-95 against published digests and those of other implementations."""

import time

import pytest

from reporting.signing.gost34311 import DKE_1, digest, is_dke

# Mathematics: no database has a part in it.
pytestmark = pytest.mark.only_on("sqlite")

# Of RFC 4357, id-GostR3411-94-TestParamSet, packed as keys have it: the same hash under another table.
TEST_TABLE = bytes.fromhex(
    "4a92d80e6b1c7f53 eb4c6dfa23810759 581da342efc7609b 7da1089fe46cb253"
    "6c715fd84a9e03b2 4ba0721d36859cfe db413f590ae7682c 1fd057a4923e6b8c"
)
FOX = b"The quick brown fox jumps over the lazy dog"
NOTICE = (
    b"IGNORE THIS FILE. This file does nothing, contains no useful data, and might go away in future "
    b"releases.  Do not depend on this file or its contents."
)


@pytest.mark.parametrize(
    ("data", "hexadecimal"),
    [
        pytest.param(b"", "da37bdf41145e39e34111775b40646e8059c2e969c1460bb98abccb26f0f76a5", id="nothing"),
        pytest.param(
            b"123", "0d7638f766847f80f60525e3509ade2f1307a4d356b62a30e141d6ff0bb7b038", id="a part of a step"
        ),
        pytest.param(
            bytes(range(32)),
            "811cb06a8ee423182d9cc9d281f783908f4cfbaf47a68be8415d3499674a3063",
            id="one step",
        ),
        pytest.param(
            FOX, "0f1355130b4a820a1e4e3f6474f6bdecc718a4a73345595edc1c1809832b2333", id="a step and a part"
        ),
        pytest.param(
            NOTICE, "e9312d13d0e0d39aa4a00c77dcfb661883dd0ed8218af48a146168fc60f014dc", id="several steps"
        ),
        pytest.param(
            b"a" * 1000, "cbcf156abfc976c81057b8ee424f3a7386d231eb4355ee56114b44444e4bb2bc", id="many steps"
        ),
    ],
)
def test_the_digest_with_the_usual_table(data: bytes, hexadecimal: str) -> None:
    assert digest(data).hex() == hexadecimal


@pytest.mark.parametrize(
    ("data", "hexadecimal"),
    [
        (b"", "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"),
        (
            b"This is message, length=32 bytes",
            "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
        ),
        (
            b"Suppose the original message has length = 50 bytes",
            "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208",
        ),
    ],
)
def test_the_digest_with_the_table_of_the_standards_own_examples(data: bytes, hexadecimal: str) -> None:
    assert digest(data, TEST_TABLE).hex() == hexadecimal


def test_zeros_at_the_end_change_the_digest() -> None:
    assert len({digest(bytes(length)) for length in range(70)}) == 70


def test_the_checksum_of_the_pieces_overflows_as_it_should() -> None:
    """Counted once by npm gost89: 256 bits of ones, five times."""
    assert digest(b"\xff" * 160).hex() == "98312137f6a66a433206ca45e37f0ed7c636400a1b68cb8fa8930cbae88c04ca"


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(DKE_1[:-1], id="too short"),
        pytest.param(DKE_1 + DKE_1, id="too long"),
        pytest.param(bytes(64), id="everything becomes zero"),
        pytest.param(b"\xaa" + DKE_1[1:], id="two half-bytes become one"),
    ],
)
def test_what_is_no_table_of_substitution_is_refused(table: bytes) -> None:
    assert not is_dke(table)
    with pytest.raises(ValueError, match="Not a table of substitution"):
        digest(b"", table)


def test_a_report_is_hashed_while_a_person_waits() -> None:
    """1.5 seconds at most for the 0.4 MB of a printed one; here a tenth of it, the best of three times."""

    def seconds() -> float:
        started = time.process_time()
        digest(bytes(40_000))
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 0.15

"""ДСТУ 7564:2014 against the standard's own examples and other implementations."""

import time

import pytest

from reporting.signing.kupyna import digest

# Mathematics: no database has a part in it.
pytestmark = pytest.mark.only_on("sqlite")

COUNTED = bytes(range(256))

OF_THE_STANDARD = {
    (256, 0): "cd5101d1ccdf0d1d1f4ada56e888cd724ca1a0838a3521e7131d4fb78d0f5eb6",
    (256, 64): "08f4ee6f1be6903b324c4e27990cb24ef69dd58dbe84813ee0a52f6631239875",
    (256, 95): "1075c8b0cb910f116bda5fa1f19c29cf8ecc75caff7208ba2994b68fc56e8d16",
    (256, 128): "0a9474e645a7d25e255e9e89fff42ec7eb31349007059284f0b182e452bda882",
    (256, 256): "d305a32b963d149dc765f68594505d4077024f836c1bf03806e1624ce176c08f",
    (384, 95): (
        "d9021692d84e5175735654846ba751e6d0ed0fac36dfbc0841287dcb0b5584c75016c3decc2a6e47c50b2f3811e351b8"
    ),
    (512, 0): (
        "656b2f4cd71462388b64a37043ea55dbe445d452aecd46c3298343314ef04019"
        "bcfa3f04265a9857f91be91fce197096187ceda78c9c1c021c294a0689198538"
    ),
    (512, 64): (
        "3813e2109118cdfb5a6d5e72f7208dccc80a2dfb3afdfb02f46992b5edbe536b"
        "3560dd1d7e29c6f53978af58b444e37ba685c0dd910533ba5d78efffc13de62a"
    ),
    (512, 128): (
        "76ed1ac28b1d0143013ffa87213b4090b356441263c13e03fa060a8cada32b97"
        "9635657f256b15d5fca4a174de029f0b1b4387c878fcc1c00e8705d783fd7ffe"
    ),
    (512, 192): (
        "b189bfe987f682f5f167f0d7fa565330e126b6e592b1c55d44299064ef95b1a5"
        "7f3c2d0ecf17869d1d199ebbd02e8857fb8add67a8c31f56cd82c016cf743121"
    ),
    (512, 256): (
        "0dd03d7350c409cb3c29c25893a0724f6b133fa8b9eb90a64d1a8fa93b565566"
        "11eb187d715a956b107e3bfc76482298133a9ce8cbc0bd5e1436a5b197284f7e"
    ),
}


@pytest.mark.parametrize(("bits", "size"), OF_THE_STANDARD)
def test_an_example_of_the_standard(bits: int, size: int) -> None:
    assert digest(COUNTED[:size], bits).hex() == OF_THE_STANDARD[bits, size]


def test_the_shortest_examples_of_the_standard() -> None:
    assert (digest(b"\xff").hex(), digest(b"\xff", 512).hex()) == (
        "ea7677ca4526555680441c117982ea14059ea6d0d7124d6ecdb3deec49e890f4",
        "871b18cf754b72740307a97b449abeb32b64444cc0d5a4d65830ae5456837a72"
        "d8458f12c8f06c98c616abe11897f86263b5cb77c420fb375374bec52b6d0292",
    )


@pytest.mark.parametrize(
    ("bits", "hexadecimal"),
    [
        (256, "f324cfc1950b8c3b75257130512dbf45f6c09647db6e4c9fffc588cbd316848f"),
        (
            384,
            "61a8ff6cb8a13d7bf7a79aa081b9ae215e121d494b50cf1b"
            "79a5fb425c0761055c1cdcbd0e41970dcb45de045c9febc7",
        ),
        (
            512,
            "ec6d131ac6e06b49db19dad49dee9efd54990ed1918ca8f43b87f698ab6f7776"
            "d02a2fb3a81fd78f1bfcf9614d96011c84d2d535ad6586b5b35f9122ee0228db",
        ),
    ],
)
def test_every_length_is_filled_up_as_others_do(bits: int, hexadecimal: str) -> None:
    """The digest of 130 digests: counted once by npm barvinok-kupyna and, but for 384, by PyPI dstu-core."""
    assert digest(b"".join(digest(COUNTED[:size], bits) for size in range(130)), bits).hex() == hexadecimal


@pytest.mark.parametrize("bits", [256, 512])
def test_zeros_at_the_end_change_the_digest(bits: int) -> None:
    assert len({digest(bytes(length), bits) for length in range(130)}) == 130


@pytest.mark.parametrize("bits", [-256, 0, 8, 224, 255, 1024])
def test_another_length_of_the_digest_is_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="Not a length of a digest"):
        digest(b"", bits)


@pytest.mark.parametrize("bits", [256, 512])
def test_a_report_is_hashed_while_a_person_waits(bits: int) -> None:
    """1.5 seconds at most for the 0.4 MB of a printed one; here a twentieth of it, the best of three."""

    def seconds() -> float:
        started = time.process_time()
        digest(bytes(20_000), bits)
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 0.075

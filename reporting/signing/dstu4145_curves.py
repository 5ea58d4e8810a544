"""The ten curves of ДСТУ 4145-2002 in a polynomial basis, by the names that certificates call them.

From the order of the Ministry of Justice and the State Service of Special Communications №1236/5/453 of
20.08.2012. A mistaken digit cannot hide: the base point would not have its order, and that is tested.
"""

from __future__ import annotations

from functools import cache

from .dstu4145 import Curve, Field, Point

_FAMILY = "1.2.804.2.1.1.1.1.3.1.1.2"

# Degree, middle powers, a; then b, the order and both coordinates of the base point.
_PARAMETERS: tuple[tuple[int, tuple[int, ...], int, str, str, str, str], ...] = (
    (
        163, (3, 6, 7), 1,
        "5 ff610846 2a2dc821 0ab40392 5e638a19 c1455d21",
        "4 00000000 00000000 0002bec1 2be2262d 39bcf14d",
        "2 e2f85f5d d74ce983 a5c42372 29daf8a3 f35823be",
        "3 826f008a 8c51d7b9 5284d9d0 3ff0e00c e2cd723a",
    ),
    (
        167, (6,), 1,
        "6e e3ceeb23 0811759f 20518a09 30f1a431 5a827dac",
        "3f ffffffff ffffffff ffffb12e bcc7d7f2 9ff7701f",
        "7a 1f665378 6a681928 03910a3d 30b2a201 8b21cd54",
        "5f 49eb2678 1c0ec6b8 909156d9 8ed435e4 5fd59918",
    ),
    (
        173, (1, 2, 10), 0,
        "1085 76c80499 db2fc16e ddf6853b bb278f6b 6fb437d9",
        "0800 00000000 00000000 00189b4e 67606e38 25bb2831",
        "04d4 1a619bcc 6eadf044 8fa22fad 567a9181 d37389ca",
        "10b5 1cc12849 b234c75e 6dd2028b f7ff5c1c e0d991a1",
    ),
    (
        179, (1, 2, 4), 1,
        "4a6e0 85652643 6f2f88dd 07a341e3 2d041845 72beb710",
        "3ffff ffffffff ffffffff ffb98196 0435fe5a b64236ef",
        "6ba06 fe51464b 2bd26dc5 7f48819b a9954667 022c7d03",
        "25fbc 363582dc ec065080 ca8287aa ff09788a 66dc3a9e",
    ),
    (
        191, (9,), 1,
        "7bc86e21 02902ec4 d5890e8b 6b4981ff 27e04827 50fefc03",
        "40000000 00000000 00000000 69a779ca c1dabc67 88f7474f",
        "714114b7 62f2ff4a 7912a6d2 ac58b9b5 c2fcfe76 daeb7129",
        "29c41e56 8b77c617 efe5902f 11db96fa 9613cd8d 03db08da",
    ),
    (
        233, (1, 4, 9), 1,
        "069 73b15095 675534c7 cf7e64a2 1bd54ef5 dd3b8a03 26aa936e ce454d2c",
        "100 00000000 00000000 00000000 0013e974 e72f8a69 22031d26 03cfe0d7",
        "03f cda526b6 cdf83ba1 118df35b 3c31761d 3545f327 28d003ee b25efe96",
        "09c a8b57a93 4c54deed a9e54a7b bad95e3b 2e91c54d 32be0b9d f96d8d35",
    ),
    (
        257, (12,), 0,
        "1 cef49472 0115657e 18f938d7 a7942394 ff9425c1 458c5786 1f9eea6a dbe3be10",
        "0 80000000 00000000 00000000 00000000 6759213a f182e987 d3e17714 907d470d",
        "0 2a29ef20 7d0e9b6c 55cd260b 306c7e00 7ac491ca 1b10c623 34a9e8dc d8d20fb7",
        "1 0686d41f f744d444 9fccf6d8 eea03102 e6812c93 a9d60b97 8b702cf1 56d814ef",
    ),
    (
        307, (2, 4, 8), 1,
        "393c7 f7d53666 b5054b5e 6c6d3de9 4f4296c0 c599e2e2 e241050d f18b6090 "
        "bdc90186 904968bb",
        "3ffff ffffffff ffffffff ffffffff ffffffff ffc079c2 f3825da7 0d390fbb "
        "a588d460 4022b7b7",
        "216ee 8b189d29 1a022498 4c1e92f1 d16bf75c cd825a08 7a239b27 6d316774 "
        "3c52c02d 6e7232aa",
        "5d930 6bacd22b 7faeb09d 2e049c6e 2866c5d1 677762a8 f2f2dc9a 11c7f7be "
        "8340ab22 37c7f2a0",
    ),
    (
        367, (21,), 1,
        "43fc 8ad242b0 b7a6f3d1 627ad565 4447556b 47bf6aa4 a64b0c2a fe42cada "
        "b8f93d92 394c79a7 9755437b 56995136",
        "4000 00000000 00000000 00000000 00000000 00000000 009c300b 75a3fa82 "
        "4f22428f d28ce881 2245ef44 049b2d49",
        "324a 6eddd512 f08c49a9 9ae0d3f9 61197a76 413e7be8 1a400ca6 81e09639 "
        "b5fe12e5 9a109f78 bf4a3735 41b3b9a1",
        "01ab 597a5b44 77f59e39 539007c7 f977d1a5 67b92b04 3a49c6b6 1984c3fe "
        "3481aaf4 54cd41ba 1f051626 442b3c10",
    ),
    (
        431, (1, 3, 5), 1,
        "03ce 10490f6a 708fc26d fe8c3d27 c4f94e69 0134d5bf f988d8d2 8aaeaede "
        "975936c6 6bac536b 18ae2dc3 12ca4931 17daa469 c640caf3",
        "3fff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffba3175 "
        "458009a8 c0a724f0 2f81aa8a 1fcbaf80 d90c7a95 110504cf",
        "1a62 ba79d981 33a16bba e7ed9a8e 03c32e08 24d57aef 72f88986 874e5aae "
        "49c27bed 49a2a950 58068426 c2171e99 fd3b43c5 947c857d",
        "70b5 e1e14031 c1f70bbe fe96bdde 66f45175 4b4ca5f4 8da241f3 31aa396b "
        "8d1839a8 55c1769b 1ea14ba5 3308b5e2 723724e0 90e02db9",
    ),
)  # fmt: skip

NAMES = tuple(f"{_FAMILY}.{number}" for number in range(len(_PARAMETERS)))


@cache
def named_curve(name: str) -> Curve:
    """The curve of one of `NAMES`, a dotted OID."""
    degree, middle, a, b, order, x, y = _PARAMETERS[NAMES.index(name)]
    return Curve(Field(degree, middle), a, _number(b), _number(order), Point(_number(x), _number(y)))


def _number(digits: str) -> int:
    return int(digits.replace(" ", ""), 16)

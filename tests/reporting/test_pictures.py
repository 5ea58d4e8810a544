"""The geometry of pictures: how long bars are, what is not drawn, what is told to who does not see them."""

from decimal import Decimal

import pytest

from reporting.pictures import LETTERS, ROOMS, Group, Picture, Table, Value, bars, length

TABLE = Table((), [])


def value(amount: str | None, word: str = "план", shade: str = "planned") -> Value:
    known = None if amount is None else Decimal(amount)
    return Value(word, shade, known, "—" if amount is None else amount.replace(".", ","))


def drawn(*groups: Group, labels_above: bool = False) -> Picture:
    return bars("key", "Назва", groups, TABLE, labels_above=labels_above)


def lengths(picture: Picture) -> list[list[str]]:
    return [[bar.share for bar in group.bars] for group in picture.groups]


def test_bars_of_all_groups_have_one_scale() -> None:
    picture = drawn(
        Group("2023", [value("228.3"), value("60")]), Group("2024", [value("318.9"), value("0.0001")])
    )
    assert lengths(picture) == [["71.59%", "18.81%"], ["100.00%", "0.2%"]]


@pytest.mark.parametrize("nothing", ["0", "0.0", None])
def test_nothing_has_no_bar(nothing: str | None) -> None:
    picture = drawn(Group("2023", [value(nothing), value("8")]))
    assert lengths(picture) == [["0%", "100.00%"]]


def test_a_picture_of_nothing_but_zeroes() -> None:
    assert lengths(drawn(Group("2023", [value("0")], hundred=Decimal(0)))) == [["0%"]]


def test_the_mark_of_a_hundred_percent_is_on_the_same_scale() -> None:
    over = drawn(Group("1", [value("250")], hundred=Decimal(100)))
    under = drawn(Group("1", [value("25")], hundred=Decimal(100)))
    assert [{mark.share for mark in one.groups[0].mark} for one in (over, under)] == [{"40.00%"}, {"100.00%"}]
    assert lengths(over) + lengths(under) == [["100.00%"], ["25.00%"]]


def test_the_mark_never_crosses_the_words_beside_a_bar() -> None:
    group = drawn(Group("1", [value("50"), value("200")], hundred=Decimal(100))).groups[0]
    assert [(mark.top, mark.bottom) for mark in group.mark] == [(19, 33), (34, 38)]


def test_groups_stand_under_each_other() -> None:
    picture = drawn(Group("2023", [value("1"), value("2")]), Group("2024", note="без звіту"))
    first, second = picture.groups
    assert [bar.y for bar in first.bars] == [0, 19]
    assert (second.label[0].baseline, second.note and second.note.baseline) == (58, 58)
    assert picture.height == 61


def test_a_long_label_is_broken_and_ends_with_dots() -> None:
    picture = drawn(Group("Забезпечення сталого розвитку " * 5, [value("1")]), labels_above=True)
    label = [line.text for line in picture.groups[0].label]
    assert label == ["Забезпечення сталого розвитку", "Забезпечення сталого розвитку …"]
    assert max(map(len, label)) <= LETTERS
    assert [bar.y for bar in picture.groups[0].bars] == [36]


@pytest.mark.parametrize(
    ("text", "room"), [("1", 8), ("1 234 567,8", 20), ("1 234 567 890,1", 20), ("1" * 60, ROOMS[-1])]
)
def test_room_is_kept_for_the_longest_words(text: str, room: int) -> None:
    assert drawn(Group("1", [Value("план", "planned", Decimal(1), text)])).room == room


def test_every_figure_is_told() -> None:
    groups = (
        Group("2023", [value("228.3"), value(None, "факт")]),
        Group("2024", [value("5.5", "")], note="звіту немає"),
    )
    assert drawn(*groups).description == "2023: план 228,3; факт —. 2024: 5,5; звіту немає"


def test_lengths_are_exact_for_money_of_any_size() -> None:
    assert length(Decimal("3333333333.33333"), Decimal("9999999999.99999")) == Decimal("33.33")

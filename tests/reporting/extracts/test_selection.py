"""The filter as a value: kept and read back, put into an address, told in words, taken from a form."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from programs.models import Executor, FundingSource, Program, User
from reporting.extracts.forms import SelectionForm
from reporting.extracts.selection import Selection
from tests import building

PROGRAM = "1688-2019-12-18"
WHOLE = Selection(
    programs=(PROGRAM,),
    years=(2023, 2024),
    responsible=(1,),
    executors=(2, 3),
    sources=(1,),
    states=("draft", "published"),
    only_findings=True,
    deviation_over=Decimal("12.5"),
    without_financed=True,
    text="сім’ї",
)


def form(query: str, reader: User) -> SelectionForm:
    return SelectionForm(QueryDict(query), reader=reader)


# --- kept ---


def test_a_kept_selection_is_read_back_equal() -> None:
    assert Selection.from_json(WHOLE.to_json()) == WHOLE


def test_an_empty_one_too() -> None:
    assert Selection.from_json(Selection().to_json()) == Selection()


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        (None, Selection()),
        ([], Selection()),
        ({"years": "2023", "text": 7, "only_findings": "так"}, Selection()),
        ({"years": [2023, "рік", None, 9999, -1]}, Selection(years=(2023,))),
        ({"executors": [1, "9" * 30, 2**63]}, Selection(executors=(1,))),
        ({"states": ["draft", "none"]}, Selection(states=("draft",))),
        ({"deviation_over": "багато"}, Selection()),
        ({"programs": ["1688-2019-12-18", "ідентифікатор"]}, Selection(programs=(PROGRAM,))),
        ({"text": "а\x00б"}, Selection(text="аб")),
    ],
)
def test_what_cannot_be_read_is_left_out(kept: object, read: Selection) -> None:
    assert Selection.from_json(kept) == read


# --- in words ---


def test_an_empty_selection_is_told(db: None) -> None:
    assert Selection().in_words(None) == ["Усі програми й роки."]


def test_every_part_is_told_by_names(demo: Program) -> None:
    executor = Executor.objects.order_by("pk")[0]
    source = FundingSource.objects.order_by("pk")[0]
    selection = Selection(
        programs=(PROGRAM,),
        years=(2023, 2024),
        responsible=(executor.pk,),
        executors=(executor.pk,),
        sources=(source.pk,),
        states=("draft", "published"),
        only_findings=True,
        deviation_over=Decimal("12.5"),
        text="сім’ї",
    )
    assert selection.in_words(None) == [
        f"Програми: {PROGRAM} {demo.printed_title}.",
        "Роки: 2023; 2024.",
        f"Відповідальні виконавці програм: {executor.name}.",
        f"Виконавці заходів: {executor.name}.",
        f"Джерела фінансування: {source.name}.",
        "Стан звіту: Чернетка; Оприлюднено.",
        "Лише заходи з результатами перевірки.",
        "Профінансоване відхиляється від плану понад 12,5 % (порожні суми не порівнюються).",
        "У змісті заходу чи в інформації про виконання є «сім’ї».",
    ]


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (Selection(without_financed=True), "Є план, а «профінансовано» не вказано."),
        (
            Selection(without_financed=True, deviation_over=Decimal("12.5")),
            "Профінансоване відхиляється від плану понад 12,5 %, або є план, а «профінансовано» не вказано.",
        ),
    ],
)
def test_blank_financed_is_told_alone_and_beside_a_deviation(
    db: None, selection: Selection, told: str
) -> None:
    assert selection.in_words(None) == [told]


@pytest.mark.parametrize(("percent", "typed"), [("50", "50"), ("50.0", "50"), ("12.5", "12,5")])
def test_a_percent_goes_into_the_address_as_it_is_typed(percent: str, typed: str) -> None:
    query = QueryDict(Selection(deviation_over=Decimal(percent)).to_query())
    assert query["deviation_over"] == typed


def test_what_is_gone_is_told_by_its_number(db: None) -> None:
    assert Selection(executors=(987654,)).in_words(None) == ["Виконавці заходів: №987654 (немає)."]


def test_a_programme_that_one_may_not_see_is_not_named(stranger: User) -> None:
    told = Selection(programs=(PROGRAM,)).in_words(stranger)
    assert told == [f"Програми: {PROGRAM} (немає серед доступних)."]


def test_executors_of_other_programmes_are_not_named(coexecutor: User, demo: Program) -> None:
    hidden = building.program(number="16", responsible=building.executor("Управління освіти")).responsible
    told = Selection(responsible=(demo.responsible_id, hidden.pk), executors=(hidden.pk, 987654)).in_words(
        coexecutor
    )
    assert told == [
        f"Відповідальні виконавці програм: {demo.responsible.name}; №{hidden.pk} (немає серед доступних).",
        f"Виконавці заходів: №{hidden.pk} (немає серед доступних); №987654 (немає серед доступних).",
    ]


# --- in an address and a form ---


def test_an_address_made_of_a_selection_gives_it_back(auditor: User) -> None:
    program = Program.objects.get()
    executor = program.responsible_id
    selection = Selection(
        programs=(PROGRAM,),
        years=(2023,),
        responsible=(executor,),
        executors=(executor,),
        sources=(FundingSource.objects.order_by("pk")[0].pk,),
        states=("agreed", "signed"),
        only_findings=True,
        deviation_over=Decimal("12.5"),
        without_financed=True,
        text="сім’ї & діти",
    )
    assert form(selection.to_query(), auditor).selection() == selection


def test_without_an_address_everything_is_selected(auditor: User) -> None:
    unbound = SelectionForm(None, reader=auditor)
    assert (unbound.selection(), unbound.complaints()) == (Selection(), [])


def test_what_cannot_be_used_is_told_and_the_rest_holds(auditor: User) -> None:
    bound = form("years=2023&years=1999&programs=0&deviation_over=багато&states=draft", auditor)
    assert (bound.selection(), bound.complaints()) == (
        Selection(years=(2023,), states=("draft",)),
        [
            "Програма: «0» немає серед доступного, тому не враховано.",
            "Звітний рік: «1999» немає серед доступного, тому не враховано.",
            "Відхилення від плану понад, %: «багато» не є числом. Уведіть, наприклад, «1 234,5». "
            "Цю умову не враховано.",
        ],
    )


def test_a_text_too_long_is_told(auditor: User) -> None:
    bound = form(f"text={'а' * 201}", auditor)
    assert (bound.selection(), len(bound.complaints())) == (Selection(), 1)


def test_a_sign_that_is_none_is_told_in_a_sentence(auditor: User) -> None:
    assert form("text=%D0%B0%00", auditor).complaints() == [
        "Пошук у змісті та інформації: У тексті є невидимий знак, якого в ньому не буває. "
        "Наберіть текст знову. Цю умову не враховано."
    ]


def test_only_what_one_may_see_is_offered(stranger: User) -> None:
    offered = SelectionForm(None, reader=stranger).fields
    seen = [list(offered[name].choices) for name in ("programs", "years", "responsible", "executors")]  # type: ignore[attr-defined]
    assert seen == [[], [], [], []]


def test_an_auditor_is_offered_programmes_and_years(auditor: User, demo: Program) -> None:
    offered = SelectionForm(None, reader=auditor).fields
    assert [list(offered[name].choices) for name in ("programs", "years")] == [  # type: ignore[attr-defined]
        [(PROGRAM, demo.printed_title)],
        [("2024", "2024"), ("2023", "2023")],
    ]

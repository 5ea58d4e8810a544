"""The chain of events: how it grows, and that nothing in it changes unnoticed."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from programs import append_only
from programs.enums import EventKind
from programs.journal import Fault, Verdict, record, seal, verify
from programs.models import AnnualReport, Event, JournalHead, User
from tests import building
from tests.crowd import at_once

pytestmark = pytest.mark.django_db

LENGTH = 5
MOMENT = datetime.datetime(2025, 3, 20, 9, 5, 1, 123456, datetime.UTC)


@pytest.fixture
def writer() -> User:
    return building.user("writer")


@pytest.fixture
def chain(writer: User) -> list[Event]:
    """Five events, of a report and of none."""
    report = building.results(building.program(measures=1))[0].report
    for number in range(2, LENGTH + 1):
        record(EventKind.REOPENED, by=writer, report=report, reason=f"Причина {number}: «сім’я» – ґанок")
    return list(Event.objects.order_by("number"))


# --- growing -----------------------------------------------------------------------------


def test_an_empty_journal_is_whole() -> None:
    assert verify() == Verdict(good=0, fault=None)


def test_a_journal_as_written_is_whole(chain: list[Event]) -> None:
    assert verify() == Verdict(good=LENGTH, fault=None)


def test_each_event_carries_the_hash_of_the_one_before(chain: list[Event]) -> None:
    assert [event.previous_hash for event in chain] == ["", *(event.hash for event in chain[:-1])]


def test_the_head_is_the_last_event(chain: list[Event]) -> None:
    head = JournalHead.objects.get()
    assert (head.number, head.hash) == (LENGTH, chain[-1].hash)


def test_an_event_says_who_what_and_of_which_report(chain: list[Event], writer: User) -> None:
    assert (chain[1].by, chain[1].kind, chain[1].report, chain[1].details) == (
        writer,
        EventKind.REOPENED,
        AnnualReport.objects.get(),
        {"reason": "Причина 2: «сім’я» – ґанок"},
    )


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(Decimal("12.30000"), "12.30000", id="a sum"),
        pytest.param(0.1, "0.1", id="a fraction"),
        pytest.param(1e16, "1e+16", id="a fraction that PostgreSQL returns as an integer"),
        pytest.param(-0.0, "-0.0", id="a zero that PostgreSQL returns without its sign"),
        pytest.param(10**30, 10**30, id="a number longer than a machine's"),
        pytest.param("ґ ’ \u00a0 \U0001f600 \\u0041", "ґ ’ \u00a0 \U0001f600 \\u0041", id="signs"),
        pytest.param("и\u0306", "и\u0306", id="a letter in two signs"),
        pytest.param(datetime.date(2025, 3, 20), "2025-03-20", id="a day"),
        pytest.param(MOMENT, "2025-03-20T09:05:01.123Z", id="a moment"),
        pytest.param({"b": [1, None, True], "a": {}}, {"a": {}, "b": [1, None, True]}, id="things in things"),
    ],
)
def test_whatever_is_told_comes_back_sealed(value: Any, kept: Any, writer: User) -> None:
    record(EventKind.REOPENED, by=writer, value=value)
    event = Event.objects.get()
    assert (event.details, seal(event), verify().fault) == ({"value": kept}, event.hash, None)


def test_a_moment_is_sealed_to_the_microsecond(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=2).update(
            happened_at=F("happened_at") + datetime.timedelta(microseconds=1)
        )
    fault = verify().fault
    assert fault is not None
    assert fault.number == 2


def test_an_event_of_a_step_that_failed_is_not_there(writer: User) -> None:
    with transaction.atomic():
        record(EventKind.REOPENED, by=writer)
        transaction.set_rollback(True)
    record(EventKind.REOPENED, by=writer)
    assert verify() == Verdict(good=1, fault=None)


# --- tampering ---------------------------------------------------------------------------

ALTERED = "Її змінено після запису: вміст не відповідає відбитку."


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": EventKind.AGREED}, id="kind"),
        pytest.param({"happened_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)}, id="moment"),
        pytest.param({"report": None}, id="report"),
        pytest.param({"details": {"reason": "Інша"}}, id="details"),
        pytest.param({"details": {}}, id="no details"),
        pytest.param({"previous_hash": "0" * 64}, id="hash before"),
        pytest.param({"hash": "0" * 64}, id="hash"),
    ],
)
@pytest.mark.parametrize("number", [2, 3, LENGTH])
def test_an_altered_field_is_found(change: dict[str, Any], number: int, chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=number).update(**change)
    assert verify() == Verdict(good=number - 1, fault=Fault(number, ALTERED))


def test_another_person_is_found(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=3).update(by=building.user("other"))
    assert verify().fault == Fault(3, ALTERED)


def reseal(number: int, **changes: Any) -> None:
    """As somebody would who knows how events are sealed."""
    with append_only.lifted():
        Event.objects.filter(number=number).update(**changes)
        event = Event.objects.get(number=number)
        Event.objects.filter(number=number).update(hash=seal(event))


def test_an_altered_event_with_a_new_seal_breaks_the_chain(chain: list[Event]) -> None:
    reseal(3, details={"reason": "Інша"})
    assert verify() == Verdict(
        good=3, fault=Fault(4, "Вона не продовжує подію 3: одну з них змінено після запису.")
    )


def test_an_altered_last_event_with_a_new_seal_is_found(chain: list[Event]) -> None:
    reseal(LENGTH, details={"reason": "Інша"})
    assert verify().fault == Fault(LENGTH, "Її відбиток не той, що записано в кінці журналу.")


def test_an_event_taken_out_is_found(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=3).delete()
    assert verify() == Verdict(good=2, fault=Fault(3, "Її немає, а далі стоїть подія 4."))


def test_a_first_event_taken_out_is_found(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=1).delete()
    assert verify() == Verdict(good=0, fault=Fault(1, "Її немає, а далі стоїть подія 2."))


@pytest.mark.parametrize("left", [0, 1, LENGTH - 1])
def test_a_tail_cut_off_is_found(left: int, chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number__gt=left).delete()
    assert verify() == Verdict(
        good=left, fault=Fault(left + 1, f"Її немає, а журнал закінчується подією {LENGTH}.")
    )


def test_two_events_in_each_others_place_are_found(chain: list[Event]) -> None:
    with append_only.lifted():
        for number, of in ((2, chain[3]), (4, chain[1])):
            Event.objects.filter(number=number).update(
                kind=of.kind,
                happened_at=of.happened_at,
                details=of.details,
                previous_hash=of.previous_hash,
                hash=of.hash,
            )
    assert verify().fault == Fault(2, ALTERED)


def test_two_events_of_exchanged_numbers_are_found(chain: list[Event]) -> None:
    with append_only.lifted():
        for number, other in ((2, 90), (3, 2), (90, 3)):
            Event.objects.filter(number=number).update(number=other)
    assert verify().fault == Fault(2, ALTERED)


def test_a_head_that_is_gone_is_found(chain: list[Event]) -> None:
    JournalHead.objects.all().delete()
    assert verify().fault == Fault(1, "Її дописано повз портал: журнал закінчується подією 0.")


def test_an_event_written_past_the_portal_is_found(chain: list[Event], writer: User) -> None:
    """Adding is not refused by the database; knowing the seal does not help."""
    added = Event(
        number=LENGTH + 1,
        kind=EventKind.AGREED,
        happened_at=chain[-1].happened_at,
        by=writer,
        previous_hash=chain[-1].hash,
    )
    added.hash = seal(added)
    added.save(force_insert=True)
    assert verify() == Verdict(
        good=LENGTH,
        fault=Fault(LENGTH + 1, f"Її дописано повз портал: журнал закінчується подією {LENGTH}."),
    )


def test_an_event_before_the_first_is_found(chain: list[Event], writer: User) -> None:
    Event.objects.create(number=0, kind=EventKind.AGREED, happened_at=chain[0].happened_at, by=writer)
    assert verify().good == 0


def test_the_first_of_two_faults_is_named(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number__in=[2, 4]).update(details={})
    assert verify().fault == Fault(2, ALTERED)


# Only SQLite keeps a word in a column of moments.
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("word", ["", "учора", "2024-13-45 10:00:00"])
def test_a_value_that_cannot_be_read_is_a_fault_and_no_traceback(word: str, chain: list[Event]) -> None:
    with append_only.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE programs_event SET happened_at = %s WHERE number = 3", [word])
    assert verify() == Verdict(good=2, fault=Fault(3, "Її запис не читається: значення не того виду."))


def test_a_long_journal_is_read_piece_by_piece(
    chain: list[Event], django_assert_num_queries: Callable[..., Any]
) -> None:
    record(EventKind.REOPENED, by=chain[0].by)
    # Events, savepoint, head, events added meanwhile, release: whatever the length.
    with django_assert_num_queries(5):
        verify()


# --- the command -------------------------------------------------------------------------


def told() -> str:
    out = StringIO()
    call_command("verify_journal", stdout=out)
    return out.getvalue()


def test_the_command_says_that_all_is_whole(chain: list[Event]) -> None:
    assert told() == "Журнал цілий: 5 подій.\nЗбережені документи цілі: 0 файлів.\n"


def test_the_command_names_the_first_broken_event(chain: list[Event]) -> None:
    with append_only.lifted():
        Event.objects.filter(number=3).update(details={})
    with pytest.raises(CommandError) as failed:
        told()
    assert (str(failed.value), failed.value.returncode) == (
        f"Журнал пошкоджено, перша така подія: 3. {ALTERED} Перед нею цілих подій: 2. "
        "Порівняйте з резервною копією.",
        1,
    )


def test_the_command_names_what_no_longer_protects_the_journal(chain: list[Event]) -> None:
    with append_only.lifted(), pytest.raises(CommandError) as failed:
        told()
    assert str(failed.value).startswith(
        "Але база вже не захищає його від змін, бракує тригерів: programs_event_no_update, "
        "programs_event_no_delete, "
    )


# --- many at once ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_eight_who_write_at_once_make_one_chain(writer: User) -> None:
    """From the very first event on, when not even the chain's head is there."""

    def write() -> None:
        for _ in range(5):
            record(EventKind.REOPENED, by=writer)

    assert at_once(write, people=8) == [""] * 8
    assert verify() == Verdict(good=40, fault=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_a_journal_that_grows_while_it_is_read_is_whole(writer: User) -> None:
    faults = []

    def write_and_read() -> None:
        for _ in range(5):
            record(EventKind.REOPENED, by=writer)
            faults.append(verify().fault)

    assert (at_once(write_and_read, people=6), faults) == ([""] * 6, [None] * 30)

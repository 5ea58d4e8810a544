"""What is written stays written: the databases themselves refuse, and missing refusals are named."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from programs import append_only
from programs.checks import append_only_triggers
from programs.enums import CouncilOutcome, EventKind, FrozenForm, SignedKind
from programs.models import (
    CouncilDecision,
    Edition,
    Event,
    FrozenFile,
    FrozenReport,
    JournalHead,
    Publication,
    PublicCopyFile,
    Remark,
    Signature,
    SignedFile,
    Submission,
    Withholding,
)
from tests import building

pytestmark = pytest.mark.django_db

LABELS = (
    "programs.Event",
    "programs.Submission",
    "programs.Remark",
    "programs.CouncilDecision",
    "programs.FrozenReport",
    "programs.FrozenFile",
    "programs.Edition",
    "programs.SignedFile",
    "programs.Signature",
    "programs.Publication",
    "programs.Withholding",
    "programs.PublicCopyFile",
)
WAYS: dict[str, Callable[[models.QuerySet[Any]], object]] = {
    "update": lambda rows: rows.update(**{rows.model._meta.pk.name: models.F("pk")}),
    "update by an object": lambda rows: rows.get().save(),
    "delete": lambda rows: rows._raw_delete(rows.db),
}


@pytest.fixture
def rows() -> dict[str, models.QuerySet[Any]]:
    """One row in every append-only table."""
    report = building.results(building.program(measures=1))[0].report
    who, when = report.created_by, timezone.now()
    submission = Submission.objects.create(
        report=report, number=1, submitted_at=when, submitted_by=who, document="{}", sha256="0" * 64
    )
    Remark.objects.create(submission=submission, text="Уточніть.", written_at=when, written_by=who)
    CouncilDecision.objects.create(
        report=report,
        outcome=CouncilOutcome.NOTED,
        number="412",
        date=timezone.localdate(),
        recorded_at=when,
        recorded_by=who,
    )
    frozen = FrozenReport.objects.create(
        report=report,
        submission=submission,
        edition_number=1,
        fingerprint="0" * 64,
        frozen_at=when,
        frozen_by=who,
        event=Event.objects.get(),
    )
    FrozenFile.objects.create(frozen=frozen, form=FrozenForm.PDF, content=b"%PDF", size=4, sha256="0" * 64)
    edition = Edition.objects.create(report=report, number=1, frozen=frozen, signed_at=when)
    file = SignedFile.objects.create(
        edition=edition,
        kind=SignedKind.PADES,
        content=b"%PDF",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        received_at=when,
        received_by=who,
    )
    Signature.objects.create(
        file=file,
        position=1,
        signer="Приклад Олена",
        is_accepted=True,
        is_computed=True,
        verdict={"tiers": {}},
    )
    Publication.objects.create(edition=edition, published_at=when, published_by=who)
    Withholding.objects.create(
        edition=edition, place=1, number="1.1", scope="texts", ground="other", text="Закон."
    )
    PublicCopyFile.objects.create(edition=edition, form="pdf", content=b"%PDF", size=4, sha256="0" * 64)
    return {label: apps.get_model(label)._default_manager.all() for label in LABELS}


def test_these_tables_are_append_only() -> None:
    assert append_only.MODELS == LABELS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("label", LABELS)
def test_what_is_written_is_neither_changed_nor_deleted(
    label: str, way: str, rows: dict[str, models.QuerySet[Any]]
) -> None:
    before = list(rows[label].values())
    table = rows[label].model._meta.db_table
    refusal = re.escape(f"записане тут не змінюють і не видаляють (таблиця {table})")
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        WAYS[way](rows[label])
    assert list(rows[label].values()) == before


# SQLite has no TRUNCATE.
@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("label", LABELS)
def test_a_table_is_not_emptied_at_a_stroke(label: str, rows: dict[str, models.QuerySet[Any]]) -> None:
    table = rows[label].model._meta.db_table
    connection.check_constraints()
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="не видаляють"):
        cursor.execute(f'TRUNCATE "{table}" CASCADE')


# PostgreSQL has no such statement.
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("label", LABELS)
def test_no_row_is_put_in_anothers_place(label: str, rows: dict[str, models.QuerySet[Any]]) -> None:
    before = list(rows[label].values())
    table = rows[label].model._meta.db_table
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="не змінюють"):
        cursor.execute(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')
    assert list(rows[label].values()) == before


@pytest.mark.only_on("sqlite")
def test_nor_in_the_place_of_one_with_the_same_unique_values(rows: dict[str, models.QuerySet[Any]]) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="не змінюють"):
        cursor.execute(
            "INSERT OR REPLACE INTO programs_frozenfile (frozen_id, form, content, size, sha256) "
            "SELECT frozen_id, form, X'00', 1, sha256 FROM programs_frozenfile"
        )
    assert bytes(FrozenFile.objects.get().content) == b"%PDF"


def test_the_journals_head_moves_on(rows: dict[str, models.QuerySet[Any]]) -> None:
    assert JournalHead.objects.update(number=7) == 1


def test_rows_are_added(rows: dict[str, models.QuerySet[Any]]) -> None:
    event = Event.objects.get()
    Event.objects.create(number=2, kind=EventKind.AGREED, happened_at=event.happened_at, by=event.by)
    assert Event.objects.count() == 2


# --- being there -------------------------------------------------------------------------


def test_nothing_is_missing_after_migrate() -> None:
    assert append_only.missing() == []


def test_each_missing_refusal_is_named() -> None:
    drop("programs_remark_no_update", on="programs_remark")
    drop("programs_event_no_delete", on="programs_event")
    assert append_only.missing() == ["programs_event_no_delete", "programs_remark_no_update"]


# SQLite switches no trigger off.
@pytest.mark.only_on("postgresql")
def test_a_refusal_that_is_switched_off_is_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE programs_event DISABLE TRIGGER programs_event_no_update")
    assert append_only.missing() == ["programs_event_no_update"]


def test_the_check_names_what_is_missing_and_how_to_mend_it() -> None:
    drop("programs_event_no_update", on="programs_event")
    assert [(found.id, found.msg, found.hint) for found in append_only_triggers(["default"])] == [
        (
            "zvit.W003",
            "У базі «default» бракує тригера programs_event_no_update: записане в журналі чи поданнях "
            "можна змінити.",
            "Поверніть його: manage.py migrate. Тоді перевірте журнал: manage.py verify_journal.",
        )
    ]


def test_the_check_asks_no_database_that_it_is_not_told_of() -> None:
    drop("programs_event_no_update", on="programs_event")
    assert append_only_triggers() == []


def test_the_next_migrate_puts_them_back() -> None:
    drop("programs_event_no_update", on="programs_event")
    call_command("migrate", verbosity=0)
    assert append_only.missing() == []


@pytest.mark.django_db(transaction=True)
# PostgreSQL alters a table in its place.
@pytest.mark.only_on("sqlite")
def test_an_altered_field_loses_them_on_sqlite_until_the_migrations_end() -> None:
    field = Event._meta.get_field("kind")
    longer = models.CharField(max_length=31)
    longer.set_attributes_from_name("kind")
    with connection.schema_editor() as editor:
        editor.alter_field(Event, field, longer)
    lost = append_only.missing()
    with connection.schema_editor() as editor:
        editor.alter_field(Event, longer, field)
    call_command("migrate", verbosity=0)
    assert (lost, append_only.missing()) == (
        ["programs_event_no_update", "programs_event_no_delete", "programs_event_no_replace"],
        [],
    )


def test_lifted_puts_them_back_after_a_fault(rows: dict[str, models.QuerySet[Any]]) -> None:
    with pytest.raises(Event.DoesNotExist), append_only.lifted():
        Event.objects.get(number=2)
    assert append_only.missing() == []


@pytest.mark.django_db(transaction=True)
def test_flush_refuses_too(rows: dict[str, models.QuerySet[Any]]) -> None:
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert [queryset.count() for queryset in rows.values()] == [1] * len(LABELS)


def drop(trigger: str, *, on: str) -> None:
    of_table = f" ON {on}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}{of_table}")

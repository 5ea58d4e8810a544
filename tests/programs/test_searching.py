"""Search: what is found, for whom, in which order, and that the keys follow the texts by whatever door."""

import datetime
import importlib
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from programs import search_index, searching
from programs.checks import search_indexes
from programs.enums import DecisionKind
from programs.models import (
    Contribution,
    ExecutorAlias,
    Measure,
    MeasureResult,
    Participation,
    Program,
    Task,
    User,
)
from programs.search_hits import ExecutorHit, MeasureHit, NarrativeHit, ProgramHit, hits
from programs.search_words import Pieces, read_words
from programs.searching import Search, SearchKind
from programs.textforms import Term
from tests import building

pytestmark = pytest.mark.django_db
MEASURES, NARRATIVES = SearchKind.MEASURES, SearchKind.NARRATIVES
PROGRAMS, EXECUTORS = SearchKind.PROGRAMS, SearchKind.EXECUTORS


@pytest.fixture
def auditor(db: None) -> User:
    return building.user("auditor", is_auditor=True)


def found(typed: str, reader: User, kind: SearchKind, year: int | None = None) -> list[str]:
    """Titles, codes, narratives or names, in order."""
    search = Search(read_words(typed), reader, year)
    return [named(hit) for hit in hits(search, kind, search.found()[kind], 0, 1000)]


def named(hit: object) -> str:
    if isinstance(hit, ProgramHit):
        return hit.program.title
    if isinstance(hit, MeasureHit):
        return hit.measure.title
    if isinstance(hit, NarrativeHit):
        return hit.result.narrative
    assert isinstance(hit, ExecutorHit)
    return hit.executor.name


def text(pieces: Pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


def titled(*titles: str, of: Program | None = None) -> Program:
    """A programme with measures of these names in its first task."""
    program = of or building.program()
    task = program.tasks.get()
    for number, title in enumerate(titles, start=1):
        term = Term.parse("2020-2025")
        Measure.objects.create(task=task, number=number, title=title, term=term)
    return program


def told(program: Program, *narratives: str, year: int = 2024) -> list[MeasureResult]:
    rows = building.results(program, year)
    for row, narrative in zip(rows, narratives, strict=True):
        MeasureResult.objects.filter(pk=row.pk).update(narrative=narrative)
    return rows


# --- words -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["сім'я", "сім’я", "СІМʼЯ", "сім`Я"])
def test_case_and_kind_of_apostrophe_do_not_matter(typed: str, auditor: User) -> None:
    told(titled("Міцна сім’я", "Школа"), "Сімʼя перемогла.", "Навчання.")
    assert found(typed, auditor, MEASURES) == ["Міцна сім’я"]
    assert found(typed, auditor, NARRATIVES) == ["Сімʼя перемогла."]


@pytest.mark.parametrize("typed", ["ганок ЇЖАК", "їжак ҐАНОК", "ЇЖА ґано"])
def test_all_words_in_any_order_of_every_ukrainian_letter(typed: str, auditor: User) -> None:
    titled("Ґанок для їжаків", "Ганок ЇЖАКА", "Ґанок", "їжак і єнот")
    assert found(typed, auditor, MEASURES) == ["Ґанок для їжаків", "Ганок ЇЖАКА"]


def test_records_stand_in_the_ukrainian_order_of_programmes_and_in_the_forms_order(auditor: User) -> None:
    for number, title in enumerate(["Яр", "Їжа", "Ґанок", "Ера", "Єдність", "Гай", "Ідея"], start=1):
        program = building.program(number=str(number))
        program.title = title
        program.save()
        titled(*(f"Захід {title} {place}" for place in range(1, 12)), of=program)
    order = ["Гай", "Ґанок", "Ера", "Єдність", "Ідея", "Їжа", "Яр"]
    assert found("міська", auditor, PROGRAMS) == order
    assert found("захід", auditor, MEASURES) == [
        f"Захід {title} {place}" for title in order for place in range(1, 12)
    ]


def test_what_is_not_counted_stands_in_the_same_order(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 8):
        titled("Школа", "Школа вища", of=building.program(number=str(number)))
    search = Search(["школа"], auditor)
    whole = search.found()[MEASURES].part(0, 100)
    monkeypatch.setattr(searching, "COUNTED", 5)
    monkeypatch.setattr(searching, "PROGRAMS_AT_ONCE", 2)
    limited = search.found()[MEASURES]
    assert (limited.is_counted, limited.count) == (False, 5)
    assert [limited.part(start, 3) for start in (0, 3, 12)] == [whole[:3], whole[3:6], whole[12:]]


def test_wildcards_are_signs_like_others(auditor: User) -> None:
    titled("а%б", "а_б", "а\\б", "ахб", 'а"б', "а'б")
    assert [found(f"а{sign}б", auditor, MEASURES) for sign in ("%", "_", "\\", '"', "'")] == [
        ["а%б"],
        ["а_б"],
        ["а\\б"],
        ['а"б'],
        ["а'б"],
    ]


def test_two_letters_are_looked_for_where_words_begin(auditor: User) -> None:
    titled("Співтовариство", "Твори", "Радіо/ТВ", "Новини «ТВ»", "Кіно-тв", "ТВ")
    assert found("тв", auditor, MEASURES) == ["Твори", "Радіо/ТВ", "Новини «ТВ»", "Кіно-тв", "ТВ"]


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("typed", ["1.2", "захід 1.2", "1.2 завдання", "1.2. освіти", "12345678 1.2"])
def test_a_measure_is_found_by_words_of_all_that_is_said_of_it(
    typed: str, few: int, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    program = building.program(measures=3)
    school = building.executor("Департамент освіти")
    school.edrpou = "12345678"
    school.save()
    for measure in Measure.objects.all():
        Participation.objects.create(measure=measure, executor=school)
    assert found(typed, auditor, MEASURES) == ["Захід 2"]
    assert program.tasks.get().text == "Завдання"


def test_measures_whose_own_names_say_it_stand_first(auditor: User) -> None:
    program = titled("Табір", "Спорт для молоді")
    youth = building.executor("Центр молоді")
    Participation.objects.create(measure=Measure.objects.get(number=1), executor=youth)
    assert program.tasks.count() == 1
    assert found("молоді", auditor, MEASURES) == ["Спорт для молоді", "Табір"]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("15", ["Програма 15"]),
        ("№15", ["Програма 15"]),
        ("15-2019-11-05", ["Програма 15"]),
        ("7/3-VIII", ["Програма 15"]),
        ("7/3-viiі", []),
        ("05.11.2019", ["Програма 15", "Програма 16"]),
        ("31.12.2023 програма", ["Програма 15"]),
        ("99.99.2023", []),
        ("культури програма", ["Програма 15", "Програма 16"]),
        ("рідної", []),
    ],
)
def test_a_programme_is_found_by_its_number_its_decisions_and_its_body(
    typed: str, titles: list[str], auditor: User
) -> None:
    program = building.program()
    building.program(number="16")
    building.decision(program, "7/3-VIII", "2023-12-31", kind=DecisionKind.AMENDS)
    assert found(typed, auditor, PROGRAMS) == titles


def test_an_executor_is_found_by_every_spelling_and_by_words_of_several(auditor: User) -> None:
    school = building.executor("Департамент освіти")
    building.executor("Департамент культури")
    ExecutorAlias.objects.create(executor=school, name="Міське управління навчання")
    assert found("навчання департамент", auditor, EXECUTORS) == ["Департамент освіти"]
    (hit,) = hits(s := Search(["навчання"], auditor), EXECUTORS, s.found()[EXECUTORS], 0, 5)
    assert isinstance(hit, ExecutorHit)
    assert [(aside.label, text(aside.text)) for aside in hit.asides] == [
        ("Інше написання", "Міське управління [навчання]")
    ]


def test_a_year_narrows_to_what_its_report_has(auditor: User) -> None:
    program = titled("Школа")
    told(program, "Школа торік.", year=2023)
    told(program, "Школа тепер.")
    titled("Школа друга", of=building.program(number="16"))
    assert found("школа", auditor, NARRATIVES) == ["Школа тепер.", "Школа торік."]
    assert found("школа", auditor, NARRATIVES, 2023) == ["Школа торік."]
    assert found("школа", auditor, MEASURES, 2023) == ["Школа"]
    assert found("програма", auditor, PROGRAMS, 2031) == []


# --- what a hit says ---------------------------------------------------------------------


def test_a_measure_leads_to_its_newest_report_and_says_where_the_words_are(auditor: User) -> None:
    program = titled("Літня школа")
    school = building.executor("Департамент освіти")
    Participation.objects.create(measure=Measure.objects.get(), executor=school)
    told(program, "", year=2023)
    told(program, "")
    search = Search(read_words("1.1 школа освіти завдання"), auditor)
    (hit,) = hits(search, MEASURES, search.found()[MEASURES], 0, 5)
    assert isinstance(hit, MeasureHit)
    assert (text(hit.code), text(hit.title), hit.year) == ("[1.1]", "Літня [школа]", 2024)
    assert [(aside.label, text(aside.text)) for aside in hit.asides] == [
        ("Завдання 1", "[Завдання]"),
        ("Виконавець", "Департамент [освіти]"),
    ]


def test_an_executors_counts_are_of_what_the_reader_sees(auditor: User) -> None:
    school = building.executor("Департамент освіти")
    for number in ("15", "16"):
        program = building.program(measures=2, responsible=school, number=number)
        for measure in Measure.objects.of_program(program):
            Participation.objects.create(measure=measure, executor=school)
    Program.objects.filter(title="Програма 16").update(rejected_at=timezone.now())
    search = Search(["освіти"], auditor)
    (hit,) = hits(search, EXECUTORS, search.found()[EXECUTORS], 0, 5)
    assert isinstance(hit, ExecutorHit)
    assert (hit.programs, hit.measures) == (1, 2)


# --- for whom ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "kinds"),
    [
        ("clerk", "PMNE"),
        ("coexecutor", "PMNE"),
        ("elsewhere", "E"),
        ("former", ""),
        ("auditor", "PMNE"),
        ("admin", "PMNE"),
        ("system", ""),
        ("stranger", ""),
        ("switched off", ""),
    ],
)
def test_people_find_in_what_they_may_read(person: str, kinds: str, auditor: User) -> None:
    ours, theirs = building.executor("Таємне управління"), building.executor("Помічник")
    people: dict[str, Callable[[], User]] = {
        "clerk": lambda: building.appointed(building.user("clerk"), ours),
        "coexecutor": lambda: building.appointed(building.user("co"), theirs),
        "elsewhere": lambda: building.appointed(building.user("else"), building.executor("Інші")),
        "former": lambda: building.appointed(
            building.user("former"), ours, ends_on=datetime.date(2021, 1, 1)
        ),
        "auditor": lambda: auditor,
        "admin": lambda: building.user("programs", is_program_admin=True),
        "system": lambda: building.user("system", is_system_admin=True),
        "stranger": lambda: building.user("stranger"),
        "switched off": lambda: building.user("off", is_auditor=True, is_active=False),
    }
    program = titled("Таємний захід", of=building.program(responsible=ours))
    program.title = "Таємна програма"
    program.save()
    Participation.objects.create(measure=Measure.objects.get(), executor=theirs)
    told(program, "Таємні відомості.")
    reader = people[person]()
    shown = "".join(kind.name[0] for kind, its in Search(["таємн"], reader).found().items() if its.count)
    assert shown == kinds


def test_rejected_programmes_are_found_by_administrators_and_their_own_department(auditor: User) -> None:
    program = titled("Захід")
    told(program, "Захід відбувся.")
    Program.objects.update(rejected_at=timezone.now())
    clerk = building.appointed(building.user("clerk"), program.responsible)
    admin = User.objects.get(is_program_admin=True)
    kinds = (MEASURES, NARRATIVES)
    assert [[len(found("захід", who, kind)) for kind in kinds] for who in (auditor, clerk, admin)] == [
        [0, 0],
        [1, 1],
        [1, 1],
    ]


def test_a_reader_of_most_programmes_does_not_see_the_rest(auditor: User) -> None:
    for number in ("1", "2", "3"):
        titled(f"Школа {number}", of=building.program(number=number))
    Program.objects.filter(title="Програма 2").update(rejected_at=timezone.now())
    assert found("школа", auditor, MEASURES) == ["Школа 1", "Школа 3"]


def test_what_coexecutors_sent_is_not_looked_through(auditor: User) -> None:
    (row,) = told(titled("Захід"), "Надруковане.")
    Contribution.objects.create(
        result=row,
        executor=building.executor("Помічник"),
        narrative="Непрочитане.",
        changed_at=timezone.now(),
        changed_by=auditor,
    )
    assert [its.count for its in Search(["непрочитане"], auditor).found().values()] == [0, 0, 0, 0]


# --- the keys ----------------------------------------------------------------------------


def rewrite_by_model(row: MeasureResult) -> None:
    row.narrative = "Сім’Я"
    row.save(update_fields=["narrative"])


def rewrite_in_bulk(row: MeasureResult) -> None:
    row.narrative = "Сім’Я"
    bulk_update_with_history([row], MeasureResult, ["narrative"])


@pytest.mark.parametrize(
    "rewrite",
    [
        rewrite_by_model,
        rewrite_in_bulk,
        lambda row: MeasureResult.objects.filter(pk=row.pk).update(narrative="Сім’Я"),
        lambda row: row.report.results.update(narrative="Сім’Я"),
        lambda row: MeasureResult.objects.update_or_create(pk=row.pk, defaults={"narrative": "Сім’Я"}),
    ],
)
def test_a_narratives_key_follows_it_by_every_door(rewrite: Callable[[MeasureResult], object]) -> None:
    rewrite(building.results(building.program(measures=1))[0])
    assert list(MeasureResult.objects.values_list("narrative", "search_key")) == [("Сім’Я", "сім'я")]


def test_new_rows_come_with_their_keys_in_bulk_too(auditor: User) -> None:
    program = building.program()
    rows = [Task(program=program, number=number, text=f"Сім’Я {number}") for number in (2, 3)]
    bulk_create_with_history(rows, Task, default_user=auditor)
    assert list(Task.objects.values_list("search_key", flat=True)) == ["завдання", "сім'я 2", "сім'я 3"]


def test_other_fields_are_written_without_reading_the_text() -> None:
    building.results(building.program(measures=1))
    row = MeasureResult.objects.defer("narrative").get()
    row.version += 1
    row.skip_history_when_saving = True
    row.save()
    assert row.get_deferred_fields() == {"narrative"}


def test_the_database_does_not_make_texts_itself() -> None:
    with pytest.raises(TypeError):
        MeasureResult.objects.update(narrative=models.Value("Текст"))


def test_the_migration_folds_what_was_written_before() -> None:
    building.results(building.program(measures=2))
    MeasureResult.objects.update(narrative="Сім’Я")
    MeasureResult.objects.update(search_key="")
    Task.objects.update(search_key="")
    migration = importlib.import_module("programs.migrations.0007_search_keys")
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert list(MeasureResult.objects.values_list("search_key", flat=True)) == ["сім'я"] * 2
    assert Task.objects.get().search_key == "завдання"


# --- the cost, and the index -------------------------------------------------------------


@pytest.mark.parametrize("programs", [1, 3])
def test_the_number_of_queries_does_not_grow(
    programs: int, auditor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(programs):
        program = titled(*["Школа культури"] * programs, of=building.program(number=str(number + 1)))
        told(program, *["Школа культури."] * programs)
        for measure in Measure.objects.of_program(program):
            Participation.objects.create(measure=measure, executor=building.executor())
    with django_assert_num_queries(27):
        search = Search(["культури"], auditor)
        for kind, its in search.found().items():
            hits(search, kind, its, 0, 20)


@pytest.mark.only_on("postgresql")
def test_postgresql_searches_by_its_index() -> None:
    assert search_index.missing() == []
    with connection.cursor() as cursor:
        # Of a table with no rows every way costs the same: only the way by an index of words is left open.
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for word in ("школа", "тв"):
        plan = MeasureResult.objects.filter(searching.holds("search_key", word)).order_by().explain()
        assert "programs_measureresult_search_trigrams" in plan


@pytest.mark.only_on("postgresql")
def test_a_missing_index_is_named_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "EXTENSION", "CREATE EXTENSION zvit_has_none_such")
        search_index.install()
        assert len(search_index.missing()) == 3
        assert [message.id for message in search_indexes(["default"])] == ["zvit.W004"]
    search_index.install()
    assert search_index.missing() == []
    assert search_indexes(["default"]) == []


@pytest.mark.only_on("sqlite")
def test_sqlite_has_no_such_index() -> None:
    assert (search_index.missing(), search_indexes(["default"])) == ([], [])

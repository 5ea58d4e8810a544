"""What stands on the sheets: figures as the reports have them, keys, states, editions, records."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from programs import journal
from programs.calculations import Money
from programs.changes import changes_of
from programs.consistency import check_report
from programs.entry import ResultEntry, save_results
from programs.enums import EventKind, EvidenceKind, PercentBase, SignedKind
from programs.figures import report_figures, total_figures
from programs.importing import measure_columns
from programs.models import (
    AnnualReport,
    Evidence,
    FundingSource,
    Measure,
    MeasureResult,
    PlannedFunding,
    Program,
    User,
)
from programs.models.programs import Decision
from reporting.extracts.about import OF_SOURCES
from reporting.extracts.selection import Selection
from reporting.extracts.writing import EditionFact
from tests import agreeing, building

from .taking import EVERYTHING, NOW, as_json, taken

FACTS = ("planned", "actual", "financed")


def facts_of(row: dict[str, Any]) -> list[Decimal | None]:
    return [row[fact] for fact in FACTS]


def money_of(money: Money) -> list[Decimal | None]:
    return [money.planned, money.actual, money.financed]


# --- «Заходи» ---


def test_every_row_has_the_figures_of_its_report(report_2024: AnnualReport) -> None:
    results = list(MeasureResult.objects.for_report(report_2024))
    figures = report_figures(report_2024, results, FundingSource.objects.all()).rows
    rows = as_json(Selection(years=(2024,)))["measures"]
    assert [
        [*facts_of(row), row["computed_percent"], row["stated_percent"], row["percent"]] for row in rows
    ] == [
        [*money_of(one.money), one.computed_percent, one.stated_percent, one.percent]
        for one in (figures[result.pk] for result in results)
    ]


def test_sums_by_source_are_those_entered(report_2024: AnnualReport) -> None:
    sources = list(FundingSource.objects.all())
    rows = as_json(Selection(years=(2024,)))["measures"]
    expected = []
    for result in MeasureResult.objects.for_report(report_2024):
        amounts = {amount.source_id: amount for amount in result.amounts.all()}
        expected.append([getattr(amounts.get(source.pk), fact, None) for source in sources for fact in FACTS])
    assert [
        [row[f"{fact}:{source.code}"] for source in sources for fact in FACTS] for row in rows
    ] == expected


def test_hryvnias_are_the_thousands_to_the_kopeck(report_2024: AnnualReport) -> None:
    rows = as_json(Selection(years=(2024,)))["measures"]
    pairs = [(row[fact], row[f"{fact}_hryvnias"]) for row in rows for fact in FACTS]
    assert [thousands * 1000 if thousands is not None else None for thousands, _ in pairs] == [
        hryvnias for _, hryvnias in pairs
    ]


def test_columns_are_those_of_the_contract_in_its_order(demo: Program) -> None:
    headings = list(as_json()["columns"]["measures"].values())
    sources = list(FundingSource.objects.values_list("name", flat=True))
    assert headings == [
        *(column.heading for column in measure_columns.BEFORE_SOURCES),
        *(measure_columns.source_column(fact, name) for name in sources for fact in FACTS),
        *(column.heading for column in measure_columns.TOTALS),
        *(measure_columns.source_column(fact, name, hryvnias=True) for name in sources for fact in FACTS),
        *(column.heading for column in measure_columns.TOTALS_IN_HRYVNIAS),
        *(column.heading for column in measure_columns.AFTER_SOURCES),
    ]


def test_a_row_says_whose_and_what_it_is(demo: Program) -> None:
    row = as_json(Selection(years=(2023,), text="Проведення інформаційних кампаній"))["measures"][0]
    result = MeasureResult.objects.get(report__year=2023, measure__task__number=3, measure__number=1)
    assert {
        name: row[name]
        for name in ("key", "program_id", "year", "state", "code", "term", "executors", "edition", "version")
    } == {
        "key": "1688-2019-12-18/2023/3.1",
        "program_id": "1688-2019-12-18",
        "year": 2023,
        "state": "Чернетка",
        "code": "3.1",
        "term": "2020-2025",
        "executors": "Управління у справах сім’ї, молоді та спорту",
        "edition": None,
        "version": result.version,
    }


def test_choices_are_told_in_words(db: None) -> None:
    row = building.results(building.program(measures=1))[0]
    MeasureResult.objects.update(execution_state="partial", zero_reason="donors")
    told = as_json()["measures"][0]
    assert (told["execution_state"], told["zero_reason"]) == ("частково", "профінансовано донорами")
    assert told["key"] == f"15-2019-11-05/2024/{row.measure.code}"


@pytest.mark.parametrize(
    "sheet",
    ["measures", "tasks", "programs", "sources", "findings", "plan_changes", "changes", "evidence", "about"],
)
def test_keys_tell_every_row_from_the_others(demo: Program, sheet: str) -> None:
    link = MeasureResult.objects.order_by("pk")[0]
    Evidence.objects.create(
        result=link,
        executor=demo.responsible,
        kind=EvidenceKind.LINK,
        title="Протокол",
        url="https://example.org/1",
        added_by=User.objects.order_by("pk")[0],
    )
    keys = [row["key"] for row in as_json()[sheet]]
    assert len(keys) == len(set(keys)) > 0
    assert all(keys)


# --- totals of tasks and reports ---


def test_totals_of_reports_are_those_of_the_portal(demo: Program) -> None:
    reports = list(demo.reports.order_by("year"))
    figures = total_figures(reports)
    assert [
        [*facts_of(row), row["computed_percent"], row["stated_percent"], row["percent"]]
        for row in as_json()["programs"]
    ] == [
        [
            *money_of(figures[one.pk].money),
            figures[one.pk].computed_percent,
            figures[one.pk].stated_percent,
            figures[one.pk].percent,
        ]
        for one in reports
    ]


def test_totals_of_2023_are_those_on_paper(demo: Program) -> None:
    row = as_json(Selection(years=(2023,)))["programs"][0]
    assert facts_of(row) == [Decimal("228.3"), Decimal("60.0"), Decimal("30.0")]
    assert (row["computed_percent"], row["percent"]) == (Decimal("13.1"), Decimal("90.0"))


def test_tasks_keep_their_whole_sums_when_few_rows_are_selected(demo: Program) -> None:
    extract = as_json(Selection(years=(2023,), text="Проведення інформаційних кампаній"))
    assert [[row["key"], row["measures"], row["selected"], *facts_of(row)] for row in extract["tasks"]] == [
        ["1688-2019-12-18/2023/3", 12, 1, Decimal("65.0"), Decimal("0.0"), Decimal("0.0")]
    ]
    assert [(row["measures"], row["selected"]) for row in extract["programs"]] == [(37, 1)]


def test_sources_add_up_to_the_measures(demo: Program) -> None:
    extract = as_json()
    for fact in FACTS:
        by_source, by_measure = (
            sum(row[fact] for row in extract[sheet] if row[fact] is not None)
            for sheet in ("sources", "measures")
        )
        assert by_source == by_measure


# --- agreed and draft data ---


def test_a_draft_has_no_edition(demo: Program) -> None:
    rows = as_json()["measures"]
    assert {(row["state"], row["edition"], row["fingerprint"]) for row in rows} == {("Чернетка", None, "")}


def test_an_agreed_report_is_told_by_edition_and_fingerprint(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    frozen = report.frozen_reports.get()
    row = as_json()["measures"][0]
    assert (row["state"], row["edition"], row["fingerprint"]) == ("Оприлюднено", 1, frozen.fingerprint)
    _, facts = taken("csv")
    assert facts.editions == [EditionFact("15-2019-11-05", 2024, 1, frozen.fingerprint)]


def test_what_was_opened_again_is_a_draft_without_an_edition(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    agreeing.reopen(report, head)
    extract = as_json()
    assert [(row["state"], row["edition"]) for row in extract["measures"]] == [("Чернетка", None)]
    assert [row["public_edition"] for row in extract["programs"]] == [1]


def test_every_sheet_of_figures_says_the_state(demo: Program) -> None:
    columns = as_json()["columns"]
    assert [name for name in columns if "state" not in columns[name]] == ["about"]


# --- records ---


def test_findings_are_those_of_the_checks(report_2024: AnnualReport) -> None:
    rows = as_json(Selection(years=(2024,)))["findings"]
    assert [(row["finding_code"], row["code"], row["message"]) for row in rows] == [
        (one.code, one.measure, one.message) for one in check_report(report_2024)
    ]


def test_findings_of_rows_are_counted_beside_them(report_2024: AnnualReport) -> None:
    extract = as_json(Selection(years=(2024,)))
    told = [row["measure_key"] for row in extract["findings"] if row["measure_key"]]
    assert {row["key"]: row["findings"] for row in extract["measures"] if row["findings"]} == {
        key: told.count(key) for key in told
    }


def test_amendments_show_the_plan_before_and_after(db: None) -> None:
    program = building.program(measures=2)
    first = Measure.objects.get(number=1)
    general, special = building.source("general"), building.source("special")
    approving = program.decisions.get()
    amending = building.decision(program, "30", "2024-05-01")
    late = building.decision(program, "44", "2025-02-01")
    later = building.decision(program, "45", "2025-03-01")

    def plan(decision: Decision, source: FundingSource, amount: str, year: int = 2024) -> None:
        PlannedFunding.objects.create(
            measure=first, decision=decision, source=source, year=year, amount=Decimal(amount)
        )

    plan(approving, general, "10")
    plan(approving, special, "2")
    plan(amending, general, "7.5")
    plan(late, general, "1")
    plan(later, general, "3")
    plan(approving, general, "99", year=2023)
    building.results(program)
    assert [
        (
            row["code"],
            row["decision_number"],
            row["decision_date"],
            row["source_code"],
            row["before"],
            row["after"],
            row["in_time"],
        )
        for row in as_json()["plan_changes"]
    ] == [
        ("1.1", "15", "2019-11-05", "general", None, Decimal("10.0"), "так"),
        ("1.1", "15", "2019-11-05", "special", None, Decimal("2.0"), "так"),
        ("1.1", "30", "2024-05-01", "general", Decimal("10.0"), Decimal("7.5"), "так"),
        ("1.1", "30", "2024-05-01", "special", Decimal("2.0"), None, "так"),
        ("1.1", "44", "2025-02-01", "general", Decimal("7.5"), Decimal("1.0"), "ні"),
        ("1.1", "45", "2025-03-01", "general", Decimal("7.5"), Decimal("3.0"), "ні"),
    ]


def test_changes_are_the_history_of_the_cells_oldest_first(db: None) -> None:
    program = building.program(measures=1)
    clerk = building.appointed(building.user("clerk"), program.responsible)
    row = building.results(program)[0]
    for text in ("Проведено.", "Проведено двічі."):
        row.refresh_from_db()
        save_results(row.report, [ResultEntry(row.pk, row.version, {"narrative": text}, {})], by=clerk)
    assert [
        (one["key"], one["changed_by"], one["cell"], one["old"], one["new"]) for one in as_json()["changes"]
    ] == [
        ("15-2019-11-05/2024/1.1/1", "Олена ПРИКЛАД", "інформація про виконання", "", "Проведено."),
        (
            "15-2019-11-05/2024/1.1/2",
            "Олена ПРИКЛАД",
            "інформація про виконання",
            "Проведено.",
            "Проведено двічі.",
        ),
    ]
    assert len(changes_of(row)) == 2


def test_an_amendment_says_by_how_much_it_changed_the_plan(db: None) -> None:
    program = building.program(measures=1)
    amending = building.decision(program, "30", "2024-05-01")
    for decision, code, amount in (
        (program.decisions.get(number="15"), "general", "10"),
        (program.decisions.get(number="15"), "special", "2"),
        (amending, "general", "7.5"),
    ):
        PlannedFunding.objects.create(
            measure=Measure.objects.get(),
            decision=decision,
            source=building.source(code),
            year=2024,
            amount=Decimal(amount),
        )
    building.results(program)
    assert [row["difference"] for row in as_json()["plan_changes"]] == [
        Decimal(10),
        Decimal(2),
        Decimal("-2.5"),
        Decimal(-2),
    ]


def test_amendments_stand_in_the_order_of_measures(db: None) -> None:
    program = building.program(measures=3)
    for measure in Measure.objects.order_by("-number"):
        PlannedFunding.objects.create(
            measure=measure,
            decision=program.decisions.get(),
            source=building.source(),
            year=2024,
            amount=Decimal(1),
        )
    building.results(program)
    assert [row["code"] for row in as_json()["plan_changes"]] == ["1.1", "1.2", "1.3"]


def test_amendments_that_changed_the_plan_of_the_year_are_counted(db: None) -> None:
    program = building.program(measures=2)
    approving = program.decisions.get()
    for decision, year, amount in (
        (approving, 2024, "10"),
        # One that says the same anew, one that changes it, one of another year, one that came too late.
        (building.decision(program, "20", "2024-02-01"), 2024, "10"),
        (building.decision(program, "30", "2024-05-01"), 2024, "7.5"),
        (building.decision(program, "31", "2024-06-01"), 2025, "7.5"),
        (building.decision(program, "44", "2025-02-01"), 2024, "1"),
    ):
        for measure in Measure.objects.all():
            PlannedFunding.objects.create(
                measure=measure,
                decision=decision,
                source=building.source(),
                year=year,
                amount=Decimal(amount),
            )
    building.results(program)
    assert [row["amendments"] for row in as_json()["programs"]] == [1]


def test_a_programme_has_todays_title_beside_the_printed_one(db: None) -> None:
    program = building.program(measures=1)
    building.results(program)
    AnnualReport.objects.update(program_text="Програма, як у звіті")
    extract = as_json()
    assert [
        (row["program"], row["program_printed"])
        for sheet in ("measures", "programs")
        for row in extract[sheet]
    ] == [(program.printed_title, "Програма, як у звіті")] * 2


def test_a_programme_says_how_its_report_is_signed(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    before = [row["signed_with"] for row in as_json()["programs"]]
    agreeing.sign_on_paper(report, head)
    agreeing.sign_on_paper(report, head, content=b"%PDF-1.7 resaved %%EOF", kind=SignedKind.RESAVED)
    assert [before, [row["signed_with"] for row in as_json()["programs"]]] == [
        [""],
        ["скан підписаного на папері; файл із системи документообігу"],
    ]


def test_of_the_sources_asked_for_alone_there_are_rows(db: None) -> None:
    row = building.results(building.program(measures=1))[0]
    general, special = building.source("general"), building.source("special")
    row.amounts.create(source=general, planned=Decimal(5))
    row.amounts.create(source=special, planned=Decimal(7))
    extract = as_json(Selection(sources=(special.pk,)))
    assert [(one["source_code"], one["planned"]) for one in extract["sources"]] == [
        ("special", Decimal("7.0"))
    ]
    assert [one["planned"] for one in extract["measures"]] == [Decimal("12.0")]


def test_evidence_is_told_with_what_was_withdrawn(db: None) -> None:
    program = building.program(measures=1)
    row, person = building.results(program)[0], building.user("person")
    at = datetime.datetime(2024, 12, 3, 9, 0, tzinfo=datetime.UTC)
    given = {"result": row, "executor": program.responsible, "kind": EvidenceKind.LINK, "added_by": person}
    Evidence.objects.create(
        **given,
        title="Протокол",
        url="https://example.org/1",
        document_number="007",
        document_date=datetime.date(2024, 3, 2),
        amount=Decimal("42.35"),
    )
    Evidence.objects.create(
        **given, title="Акт", url="https://example.org/2", withdrawn_at=at, withdrawn_by=person
    )
    assert [
        tuple(
            one[key]
            for key in (
                "title",
                "document_number",
                "document_date",
                "amount",
                "url",
                "executor",
                "withdrawn_at",
                "withdrawn_by",
            )
        )
        for one in as_json()["evidence"]
    ] == [
        (
            "Протокол",
            "007",
            "2024-03-02",
            Decimal("42.35"),
            "https://example.org/1",
            program.responsible.name,
            None,
            "",
        ),
        (
            "Акт",
            "",
            None,
            None,
            "https://example.org/2",
            program.responsible.name,
            timezone.localtime(at).replace(tzinfo=None).isoformat(),
            "Олена ПРИКЛАД",
        ),
    ]


# --- «Про вибірку» ---


def about(selection: Selection = EVERYTHING, **how: Any) -> dict[str, Any]:
    return {row["key"]: row["value"] for row in as_json(selection, **how)["about"]}


def test_the_extract_says_who_took_it_when_and_what_of(auditor: User) -> None:
    told = about(Selection(years=(2024,), states=("draft",)), by=auditor)
    assert {
        key: told[key] for key in ("who", "when", "filter/1", "filter/2", "reports", "state/Чернетка")
    } == {
        "who": auditor.get_full_name(),
        "when": "14.01.2025 12:30:05",
        "filter/1": "Роки: 2024.",
        "filter/2": "Стан звіту: Чернетка.",
        "reports": 1,
        "state/Чернетка": 1,
    }


def test_the_extract_counts_its_drafts(demo: Program) -> None:
    assert about()["drafts"] == 74


def test_what_sources_mean_is_told_where_some_are_asked_for(db: None) -> None:
    building.results(building.program(measures=1))[0].amounts.create(
        source=building.source(), planned=Decimal(5)
    )
    notes = [
        [value for key, value in about(selection).items() if key.startswith("note/")]
        for selection in (EVERYTHING, Selection(sources=(building.source().pk,)))
    ]
    assert notes[1] == [OF_SOURCES, *notes[0]]


def test_the_extract_counts_the_rows_of_its_sheets(demo: Program) -> None:
    extract = as_json()
    told = {row["key"]: row["value"] for row in extract["about"]}
    assert (told["rows/Заходи"], told["rows/Історія змін"]) == (74, len(extract["changes"]))


def test_editions_stand_with_their_digests(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    assert about()["15-2019-11-05/2024"] == report.frozen_reports.get().fingerprint


@pytest.mark.parametrize(
    ("bases", "word"),
    [
        ([PercentBase.PLANNED], "плану"),
        ([PercentBase.ACTUAL], "факту"),
        ([PercentBase.PLANNED, PercentBase.ACTUAL], "плану"),
    ],
)
def test_the_total_percent_says_what_of_it_is(db: None, bases: list[PercentBase], word: str) -> None:
    for number, base in enumerate(bases):
        program = building.program(measures=1, number=f"{number + 1}")
        Program.objects.filter(pk=program.pk).update(percent_base=base)
        building.results(program)
    assert about()["total_percent"] == f"Профінансоване у відсотках до {word}."


def test_facts_for_the_journal_are_kept_as_they_are(auditor: User) -> None:
    selection = Selection(years=(2023,))
    content, facts = taken("json", selection, by=auditor)
    event = journal.record(EventKind.EXTRACTED, by=auditor, **facts.for_journal(selection))
    assert event.details == {
        "format": "json",
        "rows": 37,
        "reports": 1,
        "size": len(content),
        "sha256": facts.sha256,
        "filter": selection.to_json(),
        "words": ["Роки: 2023."],
    }
    assert NOW.isoformat().encode() in content

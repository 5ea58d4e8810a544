"""The rows of a filled template put together into a proposed programme, each part with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...enums import DecisionKind, ExecutorKind, PercentBase
from ...models import FundingSource
from ...proposal import (
    DecisionRef,
    Path,
    ProposedDecision,
    ProposedExecutor,
    ProposedMeasure,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from ...textforms import LAST_YEAR, Term, search_key
from ..bodies import Bodies
from ..examination import Note, Place, Weight
from ..files.cells import shortened
from .columns import DecisionSheet, MeasureSheet, TaskSheet, TemplateSheet
from .naming import Decisions, Executors, decision_number
from .reading import ReadRow, ReadTemplate

MeasureNumber = tuple[int, int]
"""Of the task, and in it."""
OfMeasures = Mapping[int, list[tuple[ReadRow, ProposedPlan]]]
"""Plans with their rows, by the measure's number in its task."""


@dataclass(frozen=True)
class Reference:
    """What the portal has, for cells to be matched with."""

    bodies: Bodies
    sources: Mapping[str, FundingSource]
    """By search key of the name and of the code."""

    @classmethod
    def load(cls) -> Reference:
        """Three queries."""
        sources = {}
        for source in FundingSource.objects.all():
            sources[search_key(source.code)] = sources[search_key(source.name)] = source
        return cls(Bodies.all(), sources)

    @property
    def names(self) -> Mapping[int, str]:
        """Of executors, by id."""
        return self.bodies.names


@dataclass(frozen=True)
class Standing:
    """Of a programme that the template changes: what its rows may name without repeating."""

    decisions: Sequence[ProposedDecision] = ()
    tasks: Mapping[int, str] = field(default_factory=dict)
    measures: Mapping[MeasureNumber, ProposedMeasure] = field(default_factory=dict)


@dataclass(frozen=True)
class Assembled:
    proposed: ProposedProgram
    places: Mapping[Path, Place]
    notes: Sequence[Note]
    silent: Collection[Path]
    """Of which nothing is complained: what is said there only follows from an error that is told."""
    has_years: bool
    """Whether the programme's years are those of the file, no stand-ins."""

    def place(self, path: Path) -> Place:
        """Of the part, or of the least part of the file that it stands in."""
        for size in range(len(path), 0, -1):
            if (place := self.places.get(path[:size])) is not None:
                return place
        return self.places.get((), Place())


def assemble(
    read: ReadTemplate, reference: Reference, *, responsible: int | str | None, standing: Standing
) -> Assembled:
    """Blank and unreadable cells, of which notes tell already, get a stand-in or leave their row out."""
    return _Assembly(read, reference, standing).whole(responsible)


class _Assembly:
    def __init__(self, read: ReadTemplate, reference: Reference, standing: Standing) -> None:
        self.read = read
        self.reference = reference
        self.standing = standing
        self.notes: list[Note] = []
        self.places: dict[Path, Place] = {
            (): read.program.place,
            ("decisions",): Place(DecisionSheet().name),
            ("tasks",): Place(MeasureSheet().name),
        }
        self.decisions = self._decisions()
        self.all_decisions = [*standing.decisions, *self.decisions]
        self.named_decisions = Decisions(
            [one.ref for one in self.all_decisions],
            unread=[
                decision_number(row["number"]) for row in read.decisions if row["number"] and not row["date"]
            ],
            is_whole=self._are_all_named(DecisionSheet, read.decisions, "number"),
        )
        stand = {one.ref for one in standing.decisions}
        self.new_decisions = [one.ref for one in self.decisions if one.ref not in stand]
        self.executors = self._executors()
        # Ids below nought stand for the new ones while cells are matched; of two of one name the first.
        new = {search_key(one.name): -index for index, one in reversed([*enumerate(self.executors, start=1)])}
        self.known = Executors({**new, **reference.bodies.spellings})

    def whole(self, responsible: int | str | None) -> Assembled:
        row = self.read.program
        for name in row.places:
            self.places[(name,)] = row.at(name)
        tasks = self._tasks()
        # While the programme's years are open, its measures shall not all be outside them.
        years = sorted(self._named_years()) or [LAST_YEAR]
        proposed = ProposedProgram(
            kind=row["kind"] or "",
            title=row["title"] or "",
            start_year=row["start_year"] or years[0],
            end_year=row["end_year"] or years[-1],
            responsible=0 if responsible is None else responsible,
            decisions=self.decisions,
            tasks=tasks,
            executors=self.executors,
            budget_codes=row["budget_codes"] or "",
            percent_base=row["percent_base"] or PercentBase.PLANNED,
        )
        has_years = bool(row["start_year"] and row["end_year"])
        return Assembled(proposed, self.places, self.notes, set(self._silent(responsible)), has_years)

    def _named_years(self) -> set[int]:
        of_measures = {year for row in self.read.measures for year in row["term"] or ()}
        return of_measures | {row["year"] for row in self.read.plans if row["year"]}

    def _silent(self, responsible: int | str | None) -> Iterator[Path]:
        """What would be missed alone because of errors that are told."""
        if responsible is None:
            yield ("responsible",)
        if self.read.has_errors(DecisionSheet):
            yield ("decisions",)
        told = {search_key(note.place.sheet) for note in self.notes}
        sheets = (TaskSheet, MeasureSheet)
        is_missing = self.read.has_errors(*sheets) or any(search_key(one().name) in told for one in sheets)
        if is_missing:
            yield ("tasks",)
        if is_missing or responsible is None:
            yield from (("executors", index) for index in range(len(self.executors)))

    def _are_all_named(self, sheet: type[TemplateSheet], rows: Sequence[ReadRow], *columns: str) -> bool:
        """Whether it is known of every row what other sheets call it by."""
        is_read = bool(rows) or not self.read.has_errors(sheet)
        return is_read and all(row[one] for row in rows for one in columns)

    def _error(self, message: str, place: Place) -> None:
        self.notes.append(Note(Weight.ERROR, message, place))

    def _put(self, path: Path, row: ReadRow) -> None:
        self.places[path] = row.place
        for name in row.places:
            self.places[(*path, name)] = row.at(name)

    # --- decisions and executors ---------------------------------------------------------

    def _decisions(self) -> list[ProposedDecision]:
        """Without those whose number or date cannot be read."""
        found: list[ProposedDecision] = []
        for row in self.read.decisions:
            if not (row["number"] and row["date"]):
                continue
            self._put(("decisions", len(found)), row)
            kind = row["kind"] or DecisionKind.AMENDS
            number = decision_number(row["number"])
            found.append(ProposedDecision(kind, number, row["date"], row["title"] or "", row["url"] or ""))
        return found

    def _executors(self) -> list[ProposedExecutor]:
        found: list[ProposedExecutor] = []
        for row in self.read.executors:
            if row["name_of"]:
                path: Path = ("executors", len(found))
                self._put(path, row)
                self.places[(*path, "name")] = row.at("name_of")
                kind = row["kind"] or ExecutorKind.COUNCIL_BODY
                found.append(ProposedExecutor(row["name_of"], kind, row["official_name"] or ""))
        return found

    def _named(self, executor_id: int) -> int | str:
        return executor_id if executor_id > 0 else self.executors[-executor_id - 1].name

    def _participations(self, row: ReadRow) -> list[ProposedParticipation]:
        cell = self.known.named_in(row["executors"] or "")
        for unknown in cell.unknown:
            more = " Якщо тут їх кілька, поставте між ними крапку з комою." if "," in unknown else ""
            self._error(
                f"Виконавця «{shortened(unknown)}» портал не знає. Візьміть назву з аркуша «Списки» або "
                f"додайте нового на аркуш «Виконавці».{more}",
                row.at("executors"),
            )
        return [ProposedParticipation(self._named(one.executor_id), one.by_consent) for one in cell.found]

    def _decision(self, row: ReadRow, name: str) -> DecisionRef | None:
        if not row[name]:
            return None
        found = self.named_decisions.find(row[name])
        if isinstance(found, str):
            self._error(found, row.at(name))
            return None
        return found

    def _introduced_by(self, row: ReadRow) -> DecisionRef | None:
        """What is new in a programme that stands came by some decision: by the only new one, unless told."""
        if row["introduced_by"] or (row["task"], row["number"]) in self.standing.measures:
            return self._decision(row, "introduced_by")
        if not self.standing.decisions:
            return None
        if len(self.new_decisions) == 1:
            return self.new_decisions[0]
        if not self.read.has_errors(DecisionSheet):
            self._error("Вкажіть, яким рішенням введено новий захід.", row.at("introduced_by"))
        return None

    # --- tasks, measures, plans ----------------------------------------------------------

    def _tasks(self) -> list[ProposedTask]:
        rows = [row for row in self.read.tasks if row["number"] and row["text"]]
        texts = [(row["number"], row["text"]) for row in rows]
        given = {number for number, _ in texts}
        measures = self._measures_by_task()
        is_known = self._are_all_named(TaskSheet, self.read.tasks, "number")
        numbers = {row["number"] for row in self.read.tasks} | self.standing.tasks.keys()
        # Of a programme that stands only what changes has to be written down.
        texts += [(number, text) for number, text in self.standing.tasks.items() if number not in given]
        for number, found in measures.items():
            if is_known and number not in numbers:
                for row, _ in found:
                    self._error(f"Завдання {number} немає на аркуші «Завдання».", row.at("task"))
        plans = self._plans_by_task()
        tasks: list[ProposedTask] = []
        taken: set[int] = set()
        for index, (number, text) in enumerate(texts):
            path: Path = ("tasks", index)
            if index < len(rows):
                self._put(path, rows[index])
            # What belongs to a task that is written twice belongs to the first.
            of_task = (
                []
                if number in taken
                else self._with_plans(number, measures.get(number, []), plans.get(number, {}), path)
            )
            taken.add(number)
            tasks.append(ProposedTask(number, text, of_task))
        return tasks

    def _measures_by_task(self) -> dict[int, list[tuple[ReadRow, ProposedMeasure]]]:
        found: dict[int, list[tuple[ReadRow, ProposedMeasure]]] = {}
        for row in self.read.measures:
            participations = self._participations(row)
            introduced, withdrawn = self._introduced_by(row), self._decision(row, "withdrawn_by")
            title, term = self._title_and_term(row)
            if not (row["task"] and row["number"] and title and term):
                continue
            measure = ProposedMeasure(
                number=row["number"],
                title=title,
                term=term,
                term_text=row["term_text"] or "",
                executors_text=row["executors_text"] or "",
                participations=participations,
                introduced_by=introduced,
                withdrawn_by=withdrawn,
            )
            found.setdefault(row["task"], []).append((row, measure))
        return found

    def _title_and_term(self, row: ReadRow) -> tuple[str, Term | None]:
        """Of one that is taken out they need not be written again."""
        title, term = row["title"] or "", row["term"]
        if not (row["withdrawn_by"] and row["task"] and row["number"]):
            return title, term
        standing = self.standing.measures.get((row["task"], row["number"]))
        if standing is not None:
            return title or standing.title, term or (None if "term" in row.unread else standing.term)
        for name, value in (("title", title), ("term", term)):
            if not value and name in row.places and name not in row.unread:
                heading = MeasureSheet().columns[name].column_name
                self._error(
                    f"Заходу {row['task']}.{row['number']} у порталі немає: заповніть графу «{heading}».",
                    row.at(name),
                )
        return title, term

    def _plans_by_task(self) -> dict[int, OfMeasures]:
        here = {(row["task"], row["number"]) for row in self.read.measures} | self.standing.measures.keys()
        is_known = self._are_all_named(MeasureSheet, self.read.measures, "task", "number")
        approving = [one.ref for one in self.all_decisions if one.kind == DecisionKind.APPROVES]
        found: dict[int, OfMeasures] = defaultdict(lambda: defaultdict(list))
        for row in self.read.plans:
            source = self._source(row)
            decision = self._decision(row, "decision")
            if decision is None and not row["decision"]:
                decision = approving[0] if approving else None
            if not (row["task"] and row["number"]):
                continue
            number = (row["task"], row["number"])
            if is_known and number not in here:
                self._error(f"Заходу {number[0]}.{number[1]} немає на аркуші «Заходи».", row.at("number"))
            elif source and decision and row["year"] and row["amount"] is not None:
                plan = ProposedPlan(row["year"], source.pk, row["amount"], decision)
                found[row["task"]][row["number"]].append((row, plan))
        return found

    def _source(self, row: ReadRow) -> FundingSource | None:
        if not row["source"]:
            return None
        source = self.reference.sources.get(search_key(row["source"]))
        if source is None:
            self._error(
                f"Джерела «{shortened(row['source'])}» портал не знає: візьміть зі списку.", row.at("source")
            )
        return source

    def _with_plans(
        self,
        number: int,
        measures: Sequence[tuple[ReadRow, ProposedMeasure]],
        plans: OfMeasures,
        path: Path,
    ) -> list[ProposedMeasure]:
        """A plan goes to the measure in force of its number; one that only plans name is taken along."""
        found: list[ProposedMeasure] = []
        waiting = dict(plans)
        in_order = sorted(range(len(measures)), key=lambda index: measures[index][1].withdrawn_by is not None)
        owner: dict[int, int] = {}
        for index in in_order:
            owner.setdefault(measures[index][1].number, index)
        for index, (row, measure) in enumerate(measures):
            here: Path = (*path, "measures", index)
            self._put(here, row)
            self.places[(*here, "participations")] = row.at("executors")
            own = waiting.pop(measure.number, []) if owner[measure.number] == index else []
            found.append(replace(measure, plans=self._placed(own, here)))
        for key, rows in waiting.items():
            if (standing := self.standing.measures.get((number, key))) is not None:
                here = (*path, "measures", len(found))
                self.places[here] = rows[0][0].place
                found.append(replace(standing, plans=self._placed(rows, here)))
        return found

    def _placed(self, rows: Sequence[tuple[ReadRow, ProposedPlan]], path: Path) -> list[ProposedPlan]:
        for index, (row, _) in enumerate(rows):
            self._put((*path, "plans", index), row)
            self.places[(*path, "plans", index, "source_id")] = row.at("source")
        return [plan for _, plan in rows]

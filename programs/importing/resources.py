"""Columns of the reference data, as they leave the portal."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from import_export import fields, resources

from ..models import Executor, Measure


class ExecutorResource(resources.ModelResource):
    name = fields.Field("name", "назва")
    official_name = fields.Field("official_name", "повна назва для документів")
    kind = fields.Field(column_name="вид")
    edrpou = fields.Field("edrpou", "код ЄДРПОУ")
    is_active = fields.Field(column_name="діє")
    spellings = fields.Field(column_name="інші написання")

    class Meta:
        model = Executor
        fields = ["name", "official_name", "kind", "edrpou", "is_active", "spellings"]
        export_order = fields
        name = "Виконавці"

    def filter_export(self, queryset: QuerySet[Executor], **kwargs: Any) -> QuerySet[Executor]:
        return queryset.prefetch_related("aliases")

    def dehydrate_kind(self, executor: Executor) -> str:
        return executor.get_kind_display()

    def dehydrate_is_active(self, executor: Executor) -> str:
        return "так" if executor.is_active else "ні"

    def dehydrate_spellings(self, executor: Executor) -> str:
        return "; ".join(
            alias.name for alias in executor.aliases.all() if alias.search_key != executor.search_key
        )


class MeasureResource(resources.ModelResource):
    program = fields.Field("task__program__public_id", "програма")
    task_number = fields.Field("task__number", "№ завдання")
    task = fields.Field("task__text", "завдання")
    code = fields.Field(column_name="№ заходу")
    title = fields.Field("title", "зміст заходу")
    term = fields.Field(column_name="термін (роки)")
    term_text = fields.Field("term_text", "термін, як друкується")
    executors = fields.Field(column_name="виконавці")
    executors_text = fields.Field("executors_text", "виконавці, як друкується")
    introduced_by = fields.Field("introduced_by", "введено рішенням")
    withdrawn_by = fields.Field("withdrawn_by", "виключено рішенням")

    class Meta:
        model = Measure
        fields = [
            "program", "task_number", "task", "code", "title", "term", "term_text",
            "executors", "executors_text", "introduced_by", "withdrawn_by",
        ]  # fmt: skip
        export_order = fields
        name = "Заходи"

    def filter_export(self, queryset: QuerySet[Measure], **kwargs: Any) -> QuerySet[Measure]:
        return queryset.select_related("task__program", "introduced_by", "withdrawn_by").prefetch_related(
            "participations__executor"
        )

    def dehydrate_code(self, measure: Measure) -> str:
        return measure.code

    def dehydrate_term(self, measure: Measure) -> str:
        return str(measure.term)

    def dehydrate_executors(self, measure: Measure) -> str:
        return "; ".join(str(part) for part in measure.participations.all())

"""Addresses of the pages on which a report is worked on; `reporting.urls` takes them in."""

from django.urls import URLPattern, path

from .views import (
    amendments,
    contributions,
    entry,
    evidence,
    history,
    imports,
    parts,
    plan_taking,
    program_drafts,
)

REPORT = "programs/<slug:public_id>/<int:year>/"

urlpatterns: list[URLPattern] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/template.xlsx", imports.import_template, name="import_template"),
    path("imports/<int:pk>/", imports.staged_import, name="staged_import"),
    path("imports/<int:pk>/discard/", imports.discard_import, name="discard_import"),
    path("imports/<int:pk>/checked.xlsx", imports.checked_workbook, name="checked_workbook"),
    path("programs/<slug:public_id>/confirm/", program_drafts.confirm_program, name="confirm_program"),
    path("programs/<slug:public_id>/reject/", program_drafts.reject_program, name="reject_program"),
    path("programs/<slug:public_id>/decisions/", amendments.decisions_page, name="decisions_page"),
    path("programs/<slug:public_id>/decisions/add/", amendments.new_decision, name="add_decision"),
    path(
        "programs/<slug:public_id>/decisions/<int:decision_id>/",
        amendments.decision_page,
        name="decision_page",
    ),
    path(f"{REPORT}entry/", entry.entry_sheet, name="entry_sheet"),
    path(f"{REPORT}entry/rows/<int:result_id>/", entry.entry_row, name="entry_row"),
    path(f"{REPORT}entry/rows/<int:result_id>/figures/", entry.entry_figures, name="entry_figures"),
    path(f"{REPORT}entry/rows/<int:result_id>/last-year/", entry.entry_last_year, name="entry_last_year"),
    path(f"{REPORT}entry/paste/", entry.entry_paste, name="entry_paste"),
    path(f"{REPORT}entry/reasons/", entry.entry_reasons, name="entry_reasons"),
    path(f"{REPORT}entry/plan/", plan_taking.take_plan, name="take_plan"),
    path(f"{REPORT}contributions/", contributions.contributions, name="contributions"),
    path(
        f"{REPORT}contributions/<int:result_id>/", contributions.row_contributions, name="row_contributions"
    ),
    path(
        f"{REPORT}contributions/<int:result_id>/take/",
        contributions.take_contributions,
        name="take_contributions",
    ),
    path(
        f"{REPORT}contributions/<int:result_id>/<int:executor_id>/",
        contributions.contribution,
        name="contribution",
    ),
    path(f"{REPORT}parts/<int:executor_id>/submit/", contributions.submit_part, name="submit_part"),
    path(f"{REPORT}parts/<int:executor_id>/recall/", contributions.recall_part, name="recall_part"),
    path(f"{REPORT}parts/<int:executor_id>/remind/", contributions.remind_part, name="remind_part"),
    path(f"{REPORT}parts/<int:executor_id>/part.xlsx", parts.part_workbook, name="part_workbook"),
    path(f"{REPORT}parts.zip", parts.part_workbooks, name="part_workbooks"),
    path(f"{REPORT}evidence/rows/<int:result_id>/", evidence.row_evidence, name="row_evidence"),
    path(f"{REPORT}evidence/<int:evidence_id>/", evidence.evidence_file, name="evidence_file"),
    path(
        f"{REPORT}evidence/<int:evidence_id>/withdraw/", evidence.withdraw_evidence, name="withdraw_evidence"
    ),
    path(f"{REPORT}history/rows/<int:result_id>/", history.row_history, name="row_history"),
]

"""Who may do what. Each rule is one predicate named as a sentence; every path asks these.

Rights come from current appointments and the three global roles; nothing else grants any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings

from .enums import AppointmentRole

if TYPE_CHECKING:
    from .models import AnnualReport, Evidence, Executor, MeasureResult, Program, User

HEADS = (AppointmentRole.HEAD, AppointmentRole.ACTING_HEAD)


def speaks_for(user: User, executor: Executor) -> bool:
    """Holds any current appointment in this body."""
    return user.appointments.current().filter(executor=executor).exists()


def is_head_of(user: User, executor: Executor) -> bool:
    return user.appointments.current().filter(executor=executor, role__in=HEADS).exists()


def can_enter_admin(user: User) -> bool:
    return user.is_active and (
        user.is_auditor
        or user.is_program_admin
        or user.is_system_admin
        or user.appointments.current().exists()
    )


def can_read_program(user: User, program: Program) -> bool:
    return type(program)._default_manager.visible_to(user).filter(pk=program.pk).exists()


def can_read_report(user: User, report: AnnualReport) -> bool:
    return can_read_program(user, report.program)


def can_read_programs(user: User) -> bool:
    """May open lists of programmes and reports at all; which ones, the querysets decide."""
    return user.is_active and (
        user.is_auditor or user.is_program_admin or user.appointments.current().exists()
    )


def can_read_executors(user: User) -> bool:
    """Who appoints people needs the bodies to appoint them to."""
    return can_read_programs(user) or can_manage_appointments(user)


def can_read_appointments(user: User) -> bool:
    return can_manage_appointments(user) or (user.is_active and user.is_auditor)


def can_export_lists(user: User) -> bool:
    return user.is_active and (user.is_program_admin or user.is_auditor)


def can_manage_programs(user: User) -> bool:
    """Programmes, decisions, plans, executors, and creating reports."""
    return user.is_active and user.is_program_admin


def can_manage_program(user: User, program: Program) -> bool:
    """One programme, its decisions and plan, and creating its reports.

    Its department too by a setting, and while what it brought in waits for confirmation.
    """
    return type(program)._default_manager.managed_by(user).filter(pk=program.pk).exists()


def can_manage_some_program(user: User) -> bool:
    """Which one, the querysets decide."""
    if can_manage_programs(user):
        return True
    kept = (
        {"executor__programs__isnull": False}
        if settings.DEPARTMENTS_MANAGE_PROGRAMS
        else {"executor__programs__awaits_confirmation": True}
    )
    return user.is_active and user.appointments.current().filter(**kept).exists()


def can_create_programs(user: User) -> bool:
    """By a setting also people of a body, for that body."""
    return can_manage_programs(user) or (
        settings.DEPARTMENTS_MANAGE_PROGRAMS and user.is_active and user.appointments.current().exists()
    )


def can_propose_program(user: User, responsible: Executor | None) -> bool:
    """A whole programme of this body, which waits for confirmation; None is a body not yet known."""
    if can_manage_programs(user):
        return True
    return responsible is not None and user.is_active and speaks_for(user, responsible)


def can_confirm_program(user: User, program: Program) -> bool:
    """What a department brought in; whether it still waits, `composing` asks."""
    return can_manage_programs(user)


def can_reject_program(user: User, program: Program) -> bool:
    """Its department takes back what it brought in; whether it still waits, `composing` asks."""
    return can_manage_programs(user) or (user.is_active and speaks_for(user, program.responsible))


def can_import(user: User) -> bool:
    """Send files in at all; what may be changed by each, its doors decide."""
    return user.is_active and (user.is_program_admin or user.appointments.current().exists())


# --- entering a year's results -----------------------------------------------------------


def works_on_report(user: User, report: AnnualReport) -> bool:
    """Belongs to the department that answers for the programme, whatever state the report is in.

    On reports of a rejected programme nobody works.
    """
    return user.is_active and not report.program.is_rejected and speaks_for(user, report.program.responsible)


def can_edit_figures(user: User, report: AnnualReport) -> bool:
    """Every printed row: people of the responsible executor, while the report is a draft."""
    return report.accepts_figures and works_on_report(user, report)


def can_edit_result(user: User, result: MeasureResult) -> bool:
    """One printed row; by a setting, also the only executor of its measure."""
    return can_edit_figures(user, result.report) or (
        result.report.accepts_figures and bool(rows_of_only_executor(user, [result]))
    )


def rows_of_only_executor(user: User, results: Iterable[MeasureResult]) -> set[int]:
    """By a setting, ids of those rows that only this person's body executes.

    One query, where the measures' participations are prefetched.
    """
    if not (settings.ONLY_EXECUTOR_ENTERS_ROW and user.is_active):
        return set()
    mine = set(user.appointments.current().values_list("executor_id", flat=True))
    return {
        result.pk
        for result in results
        if len(parts := result.measure.participations.all()) == 1 and parts[0].executor_id in mine
    }


def can_open_entry(user: User, report: AnnualReport) -> bool:
    """The entry sheet, though in some states there is nothing to be typed in it."""
    return works_on_report(user, report) or bool(
        rows_of_only_executor(user, report.results.prefetch_related("measure__participations"))
    )


def takes_part(user: User, result: MeasureResult) -> bool:
    """Speaks for one of the measure's executors."""
    mine = user.appointments.current().values("executor_id")
    return user.is_active and result.measure.participations.filter(executor__in=mine).exists()


def can_send_contribution(user: User, result: MeasureResult, executor: Executor) -> bool:
    """A co-executor its own, the responsible department any, typed from a letter; while a draft."""
    if not result.report.accepts_figures:
        return False
    participates = result.measure.participations.filter(executor=executor).exists()
    return participates and (
        works_on_report(user, result.report) or (user.is_active and speaks_for(user, executor))
    )


def sends_information(user: User, report: AnnualReport) -> bool:
    """Speaks for a body that takes part in some measure of the report, while it is a draft."""
    mine = user.appointments.current().values("executor_id")
    return (
        user.is_active
        and report.accepts_figures
        and report.results.filter(measure__participations__executor__in=mine).exists()
    )


def can_submit_part(user: User, report: AnnualReport, executor: Executor) -> bool:
    """«Інформацію подано»: the co-executor its own part, the responsible department on its behalf."""
    if not report.accepts_figures:
        return False
    participates = report.results.filter(measure__participations__executor=executor).exists()
    return participates and (works_on_report(user, report) or (user.is_active and speaks_for(user, executor)))


def can_see_every_part(user: User, report: AnnualReport) -> bool:
    """Who has sent what: the responsible department, and those who read everything."""
    return works_on_report(user, report) or (user.is_active and (user.is_auditor or user.is_program_admin))


def can_remind(user: User, report: AnnualReport) -> bool:
    return works_on_report(user, report)


def can_add_evidence(user: User, result: MeasureResult) -> bool:
    """To own measures a co-executor, to all the responsible department; while a draft."""
    return result.report.accepts_figures and (
        works_on_report(user, result.report) or takes_part(user, result)
    )


def can_withdraw_evidence(user: User, evidence: Evidence) -> bool:
    """A co-executor what its own body attached, the responsible department any; while a draft."""
    return can_add_evidence(user, evidence.result) and (
        works_on_report(user, evidence.result.report) or speaks_for(user, evidence.executor)
    )


# --- the way of a report -----------------------------------------------------------------


def can_submit_report(user: User, report: AnnualReport) -> bool:
    """Whoever works on it, its head too; the state is the workflow's to judge."""
    return works_on_report(user, report)


def can_decide_on_report(user: User, report: AnnualReport) -> bool:
    """Return, agree, reopen, sign, publish: the responsible executor's head or who acts as one."""
    return user.is_active and is_head_of(user, report.program.responsible)


def can_attach_signed(user: User, report: AnnualReport) -> bool:
    """Bring back what was signed: whose signature it is, the certificate says and not the account."""
    return works_on_report(user, report)


def can_record_council_decision(user: User, report: AnnualReport) -> bool:
    return works_on_report(user, report) or can_manage_programs(user)


def can_edit_report_heading(user: User, report: AnnualReport) -> bool:
    """Texts, deadlines and signatories: those who enter figures, and programme administrators."""
    return can_edit_figures(user, report) or (
        can_manage_program(user, report.program) and report.accepts_figures
    )


# --- people and accounts -----------------------------------------------------------------


def can_manage_appointments(user: User) -> bool:
    return user.is_active and (user.is_program_admin or user.is_system_admin)


def can_manage_accounts(user: User) -> bool:
    return user.is_active and user.is_system_admin


def needs_second_factor(user: User) -> bool:
    """Heads and both administrators sign in with a one-time code, where the setting asks for it."""
    return (
        settings.SECOND_FACTOR_REQUIRED
        and not (user.is_demo and settings.DEMO)
        and (
            user.is_program_admin
            or user.is_system_admin
            or user.appointments.current().filter(role__in=HEADS).exists()
        )
    )

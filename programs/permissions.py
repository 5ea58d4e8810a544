"""Who may do what. Each rule is one predicate named as a sentence; every path asks these.

Rights come from current appointments and the three global roles; nothing else grants any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .enums import AppointmentRole

if TYPE_CHECKING:
    from .models import AnnualReport, Executor, Program, User

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


def can_edit_figures(user: User, report: AnnualReport) -> bool:
    """The printed rows: people of the responsible executor, while the report is a draft."""
    return (
        user.is_active
        and report.report_state.accepts_figures
        and speaks_for(user, report.program.responsible)
    )


def can_edit_report_heading(user: User, report: AnnualReport) -> bool:
    """Texts, deadlines and signatories: those who enter figures, and programme administrators."""
    return can_edit_figures(user, report) or (
        can_manage_programs(user) and report.report_state.accepts_figures
    )


def can_manage_appointments(user: User) -> bool:
    return user.is_active and (user.is_program_admin or user.is_system_admin)


def can_manage_accounts(user: User) -> bool:
    return user.is_active and user.is_system_admin

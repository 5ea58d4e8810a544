from .contributions import ContributedAmount, Contribution, ExecutorPart
from .editions import (
    Edition,
    FrozenFile,
    FrozenReport,
    Publication,
    Signature,
    SignedFile,
    with_edition_facts,
)
from .evidence import Evidence
from .imports import StagedImport
from .journal import Event, JournalHead
from .people import Appointment, Executor, ExecutorAlias, User
from .programs import Decision, FundingSource, Measure, Participation, PlannedFunding, Program, Task
from .public_copies import PublicCopyFile, Withholding
from .reminders import Reminder
from .reports import NARRATIVE_LIMIT, Amount, AnnualReport, MeasureResult, Signatory
from .submissions import CouncilDecision, Remark, Submission

__all__ = [
    "NARRATIVE_LIMIT",
    "Amount",
    "AnnualReport",
    "Appointment",
    "ContributedAmount",
    "Contribution",
    "CouncilDecision",
    "Decision",
    "Edition",
    "Event",
    "Evidence",
    "Executor",
    "ExecutorAlias",
    "ExecutorPart",
    "FrozenFile",
    "FrozenReport",
    "FundingSource",
    "JournalHead",
    "Measure",
    "MeasureResult",
    "Participation",
    "PlannedFunding",
    "Program",
    "PublicCopyFile",
    "Publication",
    "Remark",
    "Reminder",
    "Signatory",
    "Signature",
    "SignedFile",
    "StagedImport",
    "Submission",
    "Task",
    "User",
    "Withholding",
    "with_edition_facts",
]

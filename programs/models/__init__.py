from .people import Appointment, Executor, ExecutorAlias, User
from .programs import Decision, FundingSource, Measure, Participation, PlannedFunding, Program, Task
from .reports import Amount, AnnualReport, MeasureResult, Signatory

__all__ = [
    "Amount",
    "AnnualReport",
    "Appointment",
    "Decision",
    "Executor",
    "ExecutorAlias",
    "FundingSource",
    "Measure",
    "MeasureResult",
    "Participation",
    "PlannedFunding",
    "Program",
    "Signatory",
    "Task",
    "User",
]

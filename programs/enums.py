"""The fixed choices of the field: states, roles, reasons. A leaf: imports nothing of ours."""

from __future__ import annotations

from django.db.models import TextChoices


class ExecutorKind(TextChoices):
    COUNCIL_BODY = "council_body", "виконавчий орган ради"
    COMMUNAL_INSTITUTION = "communal_institution", "комунальна установа"
    EXTERNAL_BODY = "external_body", "зовнішня організація"
    COLLECTIVE = "collective", "збірний виконавець"


class AppointmentRole(TextChoices):
    RESPONSIBLE_PERSON = "responsible_person", "відповідальна особа"
    HEAD = "head", "керівник"
    ACTING_HEAD = "acting_head", "в. о. керівника"


class DecisionKind(TextChoices):
    APPROVES = "approves", "затверджує програму"
    AMENDS = "amends", "вносить зміни"


class PercentBase(TextChoices):
    """What «відсоток виконання» is a percentage of: a choice of each programme."""

    PLANNED = "planned", "річний план"
    ACTUAL = "actual", "річний факт"


class ReportState(TextChoices):
    DRAFT = "draft", "Чернетка"
    ON_APPROVAL = "on_approval", "На погодженні"
    RETURNED = "returned", "Повернуто на доопрацювання"
    AGREED = "agreed", "Погоджено до підписання"

    @property
    def accepts_figures(self) -> bool:
        return self in (ReportState.DRAFT, ReportState.RETURNED)


# For filters: the states of reports in which figures are still entered.
OPEN_STATES = [state for state in ReportState if state.accepts_figures]


class ExecutionState(TextChoices):
    """What became of the work itself. Independent of money; not printed on the official form."""

    DONE = "done", "виконано"
    PARTIAL = "partial", "частково"
    NOT_DONE = "not_done", "не виконано"
    NOT_PLANNED = "not_planned", "не передбачено у звітному році"


class ZeroReason(TextChoices):
    """Why a measure shows no financing."""

    NOT_PLANNED = "not_planned", "не планувалося цього року"
    NOT_FINANCED = "not_financed", "не профінансовано"
    WITHOUT_FINANCING = "without_financing", "виконано без фінансування"
    DONORS = "donors", "профінансовано донорами"
    MOVED = "moved", "перенесено на інший рік"


class EventKind(TextChoices):
    """Steps that the journal keeps."""

    OPENED = "opened", "Звіт створено"
    PART_SUBMITTED = "part_submitted", "Інформацію подано"
    PART_RECALLED = "part_recalled", "Інформацію відкликано для змін"
    SUBMITTED = "submitted", "Подано на погодження"
    RETURNED = "returned", "Повернуто на доопрацювання"
    AGREED = "agreed", "Погоджено до підписання"
    SIGNED = "signed", "Підписано"
    COPY_ADDED = "copy_added", "Додано копію підписаного"
    PUBLISHED = "published", "Оприлюднено"
    REOPENED = "reopened", "Відкрито для уточнення"
    COUNCIL_DECIDED = "council_decided", "Записано рішення ради щодо звіту"
    PROGRAM_PROPOSED = "program_proposed", "Програму внесено з файлу"
    PROGRAM_CONFIRMED = "program_confirmed", "Програму підтверджено"
    PROGRAM_REJECTED = "program_rejected", "Програму відхилено"
    PLAN_AMENDED = "plan_amended", "Змінено план фінансування"
    IMPORTED = "imported", "Внесено з файлу"
    EXTRACTED = "extracted", "Вивантажено дані"


class FrozenForm(TextChoices):
    """The forms in which an agreed document is kept."""

    JSON = "json", "JSON"
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"


class SignedKind(TextChoices):
    """How a file that came back carries its signature."""

    PADES = "pades", "підписаний PDF (PAdES)"
    CADES = "cades", "підпис окремим файлом (CAdES, .p7s)"
    ASICE = "asice", "контейнер ASiC-E"
    PAPER = "paper", "скан підписаного на папері"
    RESAVED = "resaved", "файл із системи документообігу"

    @classmethod
    def copies(cls) -> list[SignedKind]:
        """Whose signatures nobody has verified."""
        return [cls.PAPER, cls.RESAVED]


class CouncilOutcome(TextChoices):
    """What the council does with a report."""

    NOTED = "noted", "взято до відома"
    OFF_CONTROL = "off_control", "знято з контролю"


class EvidenceKind(TextChoices):
    FILE = "file", "файл"
    LINK = "link", "посилання"


class DeadlineKind(TextChoices):
    COEXECUTORS = "coexecutors", "строк для співвиконавців"
    DEPARTMENT = "department", "строк для відповідального виконавця"


class ReminderMoment(TextChoices):
    BEFORE = "before", "наближається строк"
    ON_DAY = "on_day", "строк сьогодні"
    OVERDUE = "overdue", "строк минув"
    ASKED = "asked", "попросив відповідальний виконавець"


class SensitiveKind(TextChoices):
    """What a text should not tell everybody without a thought."""

    FEW_PEOPLE = "few_people", "мала кількість осіб"
    HEALTH = "health", "стан здоров’я поруч із людиною"
    PERSON = "person", "ім’я людини"
    PHONE = "phone", "номер телефону"
    EMAIL = "email", "електронна адреса"
    ADDRESS = "address", "поштова адреса"
    SHELTER = "shelter", "де розташовано притулок чи кризову кімнату"
    BIRTH = "birth", "дата народження"
    TAX_NUMBER = "tax_number", "номер платника податків"
    IDENTITY_PAPER = "identity_paper", "паспорт чи інше посвідчення"
    BANK_ACCOUNT = "bank_account", "банківський рахунок чи картка"


class WithheldScope(TextChoices):
    """What of a row the public copy leaves out; its sums stay in any case."""

    INFORMATION = "information", "лише «Інформацію про виконання»"
    TEXTS = "texts", "усі тексти рядка"


class WithholdingGround(TextChoices):
    """By which law; printed in the public copy, followed by the reason in words."""

    PERSONAL_DATA = "personal_data", "персональні дані (Закон України «Про захист персональних даних»)"
    CONFIDENTIAL = (
        "confidential",
        "конфіденційна інформація (стаття 7 Закону України «Про доступ до публічної інформації»)",
    )
    SAFETY = (
        "safety",
        "безпека постраждалих осіб (Закон України «Про запобігання та протидію домашньому насильству»)",
    )
    OFFICIAL = (
        "official",
        "службова інформація (стаття 9 Закону України «Про доступ до публічної інформації»)",
    )
    OTHER = "other", "інша підстава, передбачена законом"


class PublicForm(TextChoices):
    """The forms of a public copy, all kept: none is made while somebody waits for it."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"

"""Editions: frozen documents, the files that came back signed, signatures, publication. All append-only.

What is agreed is frozen whole: bytes that are never rendered again. A frozen document becomes an edition
with the first file that comes back signed; one that is withdrawn before that never was an edition.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ..enums import FrozenForm, ReportState, SignedKind
from .journal import Event
from .reports import AnnualReport, AnnualReportQuerySet
from .submissions import Submission


class FrozenReport(models.Model):
    """Погоджений документ: a report's bytes as the head agreed to sign them."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="frozen_reports", verbose_name="звіт"
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="+", verbose_name="подання"
    )
    edition_number = models.PositiveSmallIntegerField(
        "номер редакції", help_text="Надрукований у документі; стає редакцією з першим підписом."
    )
    fingerprint = models.CharField("відбиток (SHA-256 report.json)", max_length=64, db_index=True)
    frozen_at = models.DateTimeField("погоджено")
    frozen_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто погодив"
    )
    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="+", verbose_name="подія журналу"
    )

    class Meta:
        verbose_name = "погоджений документ"
        verbose_name_plural = "погоджені документи"
        ordering = ["report", "pk"]

    def __str__(self) -> str:
        return f"{self.report}, погоджено {self.frozen_at:%d.%m.%Y}"

    def content(self, form: FrozenForm) -> bytes:
        """The stored bytes, as they were frozen."""
        return bytes(self.files.get(form=form).content)


class FrozenFile(models.Model):
    """One of the forms in which a frozen document stands, byte for byte."""

    frozen = models.ForeignKey(
        FrozenReport, on_delete=models.PROTECT, related_name="files", verbose_name="погоджений документ"
    )
    form = models.CharField("вид", max_length=10, choices=FrozenForm)
    content = models.BinaryField("вміст")
    size = models.PositiveBigIntegerField("розмір, байтів")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    class Meta:
        verbose_name = "файл погодженого документа"
        verbose_name_plural = "файли погодженого документа"
        ordering = ["frozen", "form"]
        constraints = [models.UniqueConstraint(fields=["frozen", "form"], name="frozen_form_once")]

    def __str__(self) -> str:
        return f"{self.frozen}: {self.get_form_display()}"


class Edition(models.Model):
    """Редакція звіту: a frozen document that has been signed, whatever the way."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="editions", verbose_name="звіт"
    )
    number = models.PositiveSmallIntegerField("номер редакції")
    frozen = models.OneToOneField(
        FrozenReport, on_delete=models.PROTECT, related_name="edition", verbose_name="погоджений документ"
    )
    signed_at = models.DateTimeField("перший підпис")

    class Meta:
        verbose_name = "редакція звіту"
        verbose_name_plural = "редакції звітів"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="edition_number_once_per_report")
        ]

    def __str__(self) -> str:
        return f"{self.report}, редакція {self.number}"


class SignedFile(models.Model):
    """A file that came back for an edition: signed electronically, or a copy of what was signed elsewhere."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="signed_files", verbose_name="редакція"
    )
    kind = models.CharField("вид", max_length=10, choices=SignedKind)
    content = models.BinaryField("вміст")
    content_type = models.CharField("тип", max_length=100)
    size = models.PositiveBigIntegerField("розмір, байтів")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    received_at = models.DateTimeField("отримано")
    received_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто додав"
    )
    is_made_here = models.BooleanField(
        "підписано на сервері", default=False, help_text="Ключем із файлу, наданого на один раз."
    )
    signed_on = models.DateField("дата підписання", null=True, help_text="Лише для копії.")
    signed_by = models.CharField("хто підписав", max_length=300, blank=True, default="")
    registry_number = models.CharField("реєстраційний індекс", max_length=100, blank=True, default="")
    registered_on = models.DateField("дата реєстрації", null=True)

    class Meta:
        verbose_name = "підписаний файл"
        verbose_name_plural = "підписані файли"
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "sha256"], name="signed_file_once_per_edition"),
            models.CheckConstraint(
                name="signed_file_copy_says_who_and_when",
                condition=~models.Q(kind__in=SignedKind.copies())
                | (models.Q(signed_on__isnull=False) & ~models.Q(signed_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_kind_display()}"

    @property
    def is_copy(self) -> bool:
        return self.kind in SignedKind.copies()


class Signature(models.Model):
    """One electronic signature in a signed file, with what was found out about it when it came."""

    file = models.ForeignKey(
        SignedFile, on_delete=models.PROTECT, related_name="signatures", verbose_name="файл"
    )
    position = models.PositiveSmallIntegerField(
        "порядок підписувача", help_text="Чий це підпис за порядком підписувачів звіту."
    )
    signer = models.CharField("підписувач за сертифікатом", max_length=300)
    is_accepted = models.BooleanField(
        "прийнято", help_text="Вміст збігається, підписав той, хто мав, і ніщо цьому не суперечить."
    )
    is_computed = models.BooleanField(
        "обчислено", help_text="Чи портал обчислив сам підпис; інакше його алгоритм порталові невідомий."
    )
    verdict = models.JSONField("висновок перевірки", encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "електронний підпис"
        verbose_name_plural = "електронні підписи"
        ordering = ["file", "pk"]

    def __str__(self) -> str:
        return f"{self.signer} ({self.file})"


class Publication(models.Model):
    """An edition was made public. It stays so until a later one is."""

    edition = models.OneToOneField(
        Edition, on_delete=models.PROTECT, related_name="publication", verbose_name="редакція"
    )
    published_at = models.DateTimeField("оприлюднено")
    published_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто оприлюднив"
    )

    class Meta:
        verbose_name = "оприлюднення"
        verbose_name_plural = "оприлюднення"
        ordering = ["edition"]

    def __str__(self) -> str:
        return f"{self.edition}, оприлюднено {self.published_at:%d.%m.%Y}"


def with_edition_facts(reports: AnnualReportQuerySet) -> AnnualReportQuerySet:
    """With `is_signed` and `is_published`, of the document agreed last; false of a report not agreed.

    And with `public_number`, of the edition that everybody sees, whatever has become of the report since.
    """
    frozen = FrozenReport.objects.filter(report=models.OuterRef("pk")).order_by("-pk").values("pk")[:1]
    last = models.OuterRef("last_frozen")
    agreed = models.Q(state=ReportState.AGREED)
    return reports.alias(last_frozen=models.Subquery(frozen)).annotate(
        is_signed=agreed & models.Q(models.Exists(Edition.objects.filter(frozen=last))),
        is_published=agreed & models.Q(models.Exists(Publication.objects.filter(edition__frozen=last))),
        public_number=models.Subquery(
            Edition.objects.filter(report=models.OuterRef("pk"), publication__isnull=False)
            .order_by("-number")
            .values("number")[:1]
        ),
    )

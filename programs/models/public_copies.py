"""What an edition's public copy leaves out, and on what ground; and the copy itself. Append-only.

The signed edition stays whole: only what everybody reads and downloads is without the withheld texts.
"""

from __future__ import annotations

from django.db import models

from ..enums import PublicForm, WithheldScope, WithholdingGround
from .editions import Edition


class Withholding(models.Model):
    """A row whose texts were not published with the edition."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="withholdings", verbose_name="редакція"
    )
    place = models.PositiveSmallIntegerField("рядок", help_text="Який за порядком у документі, від 1.")
    number = models.CharField("номер заходу", max_length=20, help_text="Як його надруковано.")
    scope = models.CharField("що приховано", max_length=20, choices=WithheldScope)
    ground = models.CharField("підстава", max_length=20, choices=WithholdingGround)
    text = models.CharField("пояснення", max_length=500, help_text="Друкується в публічній копії.")

    class Meta:
        verbose_name = "неоприлюднений рядок"
        verbose_name_plural = "неоприлюднені рядки"
        ordering = ["edition", "place"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "place"], name="withheld_row_once_per_edition"),
            models.CheckConstraint(name="withheld_row_says_why", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, захід {self.number}: {self.get_scope_display()}"


class PublicCopyFile(models.Model):
    """One of the forms of the public copy, byte for byte as it was made at publication."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="public_files", verbose_name="редакція"
    )
    form = models.CharField("вид", max_length=10, choices=PublicForm)
    content = models.BinaryField("вміст")
    size = models.PositiveBigIntegerField("розмір, байтів")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    class Meta:
        verbose_name = "файл публічної копії"
        verbose_name_plural = "файли публічних копій"
        ordering = ["edition", "form"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "form"], name="public_form_once_per_edition")
        ]

    def __str__(self) -> str:
        return f"{self.edition}, публічна копія: {self.get_form_display()}"

"""Where the steps begin that carry a document: it is put together here, and `workflow` moves the report.

Under the report's lock, so that what is written down is what the control checks judge and what everybody
else sees at that moment: a figure saved a moment earlier is in it, one saved a moment later is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection

from django.db import transaction

from programs import workflow
from programs.enums import FrozenForm
from programs.models import AnnualReport, FrozenReport, Submission, User

from . import renderers
from .assemble import assemble
from .document import ReportDocument, from_json


def document_text(report: AnnualReport) -> tuple[str, str]:
    """The report's document as it stands, in canonical JSON, and the SHA-256 of its UTF-8 bytes."""
    content = renderers.render(_document(report), "json")
    return content.decode(), hashlib.sha256(content).hexdigest()


@transaction.atomic
def submit_report(report: AnnualReport, *, by: User, seen: int, acknowledged: Collection[str]) -> Submission:
    """«Подати на погодження». Raises as `workflow.submit` does."""
    locked = workflow.lock(report)
    document, sha256 = document_text(locked)
    return workflow.submit(
        locked, by=by, seen=seen, document=document, sha256=sha256, acknowledged=acknowledged
    )


def agree_report(report: AnnualReport, *, by: User, seen: int) -> FrozenReport:
    """«Погодити до підписання»: print what was submitted and freeze it.

    Printed outside the transaction, for it takes its time; then, under the lock, assembled once more:
    only what still is the same to the letter is kept. Raises as `workflow.agree` does, and
    PrintingUnavailable.
    """
    fetched = workflow.fetch(report)
    workflow.require_agreeable(fetched, by=by, seen=seen)
    document = _document(fetched)
    _require_same_seal(fetched, document)
    files = {form: renderers.render(document, form.value) for form in FrozenForm}
    with transaction.atomic():
        locked = workflow.lock(report)
        text, _ = document_text(locked)
        if text.encode() != files[FrozenForm.JSON]:
            raise workflow.NotNow(
                f"Поки документ друкувався, у звіті щось змінилося. {workflow.NOTHING_CHANGED} "
                "Спробуйте ще раз."
            )
        return workflow.agree(locked, by=by, seen=seen, files=files)


def _require_same_seal(report: AnnualReport, document: ReportDocument) -> None:
    """Names the reason that nobody would guess: only what the footer says has changed. Raises NotNow."""
    submitted = from_json(workflow.last_submission(report).document.encode())
    if submitted != document and dataclasses.replace(submitted, seal=document.seal) == document:
        raise workflow.NotNow(
            "Відтоді, як звіт подали, змінилися адреса порталу або слова, що друкуються внизу сторінок. "
            f"Поверніть звіт, щоб подали ще раз: погоджують лише те, що подано. {workflow.NOTHING_CHANGED}"
        )


def _document(report: AnnualReport) -> ReportDocument:
    """As it is submitted, agreed, signed."""
    return assemble(report, draft_at=None, sealed=True)

"""Where the steps begin that carry a document: it is put together here, and `workflow` moves the report.

Under the report's lock, so that what is written down is what the control checks judge and what everybody
else sees at that moment: a figure saved a moment earlier is in it, one saved a moment later is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.db import transaction

from programs import workflow
from programs.models import AnnualReport, Submission, User

from . import renderers
from .assemble import assemble


def document_text(report: AnnualReport) -> tuple[str, str]:
    """The report's document as it stands, in canonical JSON, and the SHA-256 of its UTF-8 bytes."""
    content = renderers.render(assemble(report, draft_at=None), "json")
    return content.decode(), hashlib.sha256(content).hexdigest()


@transaction.atomic
def submit_report(report: AnnualReport, *, by: User, seen: int, acknowledged: Collection[str]) -> Submission:
    """«Подати на погодження». Raises as `workflow.submit` does."""
    locked = workflow.lock(report)
    document, sha256 = document_text(locked)
    return workflow.submit(
        locked, by=by, seen=seen, document=document, sha256=sha256, acknowledged=acknowledged
    )


@transaction.atomic
def agree_report(report: AnnualReport, *, by: User, seen: int) -> Submission:
    """«Погодити до підписання» what was submitted. Raises as `workflow.agree` does."""
    locked = workflow.lock(report)
    _, sha256 = document_text(locked)
    return workflow.agree(locked, by=by, seen=seen, sha256=sha256)

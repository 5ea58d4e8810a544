"""The journal: every step of every report on record, each event sealed with the hash of the one before.

`record` is the only way in. Database triggers refuse changes (`append_only`); whoever removes those
and edits a row is still found by `verify`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from .enums import EventKind
from .models import AnnualReport, Event, JournalHead, User

HEAD = 1


@transaction.atomic
def record(kind: EventKind, *, by: User, report: AnnualReport | None = None, **details: Any) -> Event:
    """Add one event to the end of the chain, in the caller's transaction: with the step or not at all."""
    JournalHead.objects.get_or_create(pk=HEAD)
    head = JournalHead.objects.select_for_update().get(pk=HEAD)
    event = Event(
        number=head.number + 1,
        kind=kind,
        happened_at=timezone.now(),
        by=by,
        report=report,
        # As the database will give it back, so that the seal can be computed again.
        details=json.loads(json.dumps(details, cls=DjangoJSONEncoder)),
        previous_hash=head.hash,
    )
    event.hash = seal(event)
    event.save(force_insert=True)
    head.number, head.hash = event.number, event.hash
    head.save()
    return event


def seal(event: Event) -> str:
    """SHA-256 of all that the event says, and of the seal before it."""
    said = {
        "number": event.number,
        "kind": str(event.kind),
        "happened_at": event.happened_at.isoformat(timespec="microseconds"),
        "by": event.by_id,
        "report": event.report_id,
        "details": event.details,
        "previous_hash": event.previous_hash,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

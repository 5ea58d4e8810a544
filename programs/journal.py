"""The journal: every step of every report on record, each event sealed with the hash of the one before.

`record` is the only way in. Database triggers refuse changes (`append_only`); whoever removes those
and edits a row is still found by `verify`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .enums import EventKind
from .models import AnnualReport, Event, JournalHead, User

HEAD = 1


@transaction.atomic
def record(kind: EventKind, *, by: User, report: AnnualReport | None = None, **details: Any) -> Event:
    """Add one event to the end of the chain, in the caller's transaction: with the step or not at all."""
    head, _ = JournalHead.objects.select_for_update().get_or_create(pk=HEAD)
    event = Event(
        number=head.number + 1,
        kind=kind,
        happened_at=timezone.now(),
        by=by,
        report=report,
        details=_as_kept(details),
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
        "happened_at": event.happened_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "by": event.by_id,
        "report": event.report_id,
        "details": event.details,
        "previous_hash": event.previous_hash,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _as_kept(details: dict[str, Any]) -> Any:
    """As either database gives it back, so that the seal can be computed again.

    Fractions become text, as the encoder writes Decimals already: PostgreSQL returns 1e16 as an integer.
    """
    return json.loads(json.dumps(details, cls=DjangoJSONEncoder), parse_float=str)


# --- verifying ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """The first event that is not as it was written, by its number, and why, in a Ukrainian sentence."""

    number: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    good: int
    """How many events, from the first on, stand as they were written."""
    fault: Fault | None


def verify() -> Verdict:
    """Reads the whole chain, event by event, while others go on adding to it."""
    good, fault = _follow(Event.objects.all(), Event(number=0, hash=""))
    if fault is None:
        # Nobody adds another until those that came meanwhile are read and the end is compared.
        with transaction.atomic():
            head = JournalHead.objects.select_for_update().filter(pk=HEAD).first() or JournalHead()
            good, fault = _follow(Event.objects.filter(number__gt=good.number), good)
            fault = fault or _fault_at_the_end(good, head)
    return Verdict(fault.number - 1 if fault else good.number, fault)


def _follow(events: QuerySet[Event], good: Event, *, at_once: int = 2000) -> tuple[Event, Fault | None]:
    """The last good event of these that continue a good one, and what is wrong with the next."""
    try:
        for event in events.order_by("number").iterator(at_once):
            if reason := _reason_against(event, good):
                return good, Fault(good.number + 1, reason)
            good = event
    except (AttributeError, TypeError, ValueError):
        # What converters make of a value that the portal never wrote, the driver's own of a whole piece.
        if at_once > 1:
            return _follow(events.filter(number__gt=good.number), good, at_once=1)
        return good, Fault(good.number + 1, "Її запис не читається: значення не того виду.")
    return good, None


def _reason_against(event: Event, before: Event) -> str:
    """Nothing for an event as it was written."""
    if event.number != before.number + 1:
        return f"Її немає, а далі стоїть подія {event.number}."
    if event.hash != seal(event):
        return "Її змінено після запису: вміст не відповідає відбитку."
    if event.previous_hash != before.hash:
        return f"Вона не продовжує подію {before.number}: одну з них змінено після запису."
    return ""


def _fault_at_the_end(last: Event, head: JournalHead) -> Fault | None:
    if head.number > last.number:
        return Fault(last.number + 1, f"Її немає, а журнал закінчується подією {head.number}.")
    if head.number < last.number:
        return Fault(head.number + 1, f"Її дописано повз портал: журнал закінчується подією {head.number}.")
    if head.hash != last.hash:
        return Fault(max(last.number, 1), "Її відбиток не той, що записано в кінці журналу.")
    return None

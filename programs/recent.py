"""What has happened to reports since a moment, as the journal tells it to those who see them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from .models import AnnualReport, Event, User


@dataclass(frozen=True)
class Recent:
    events: list[Event]
    """The newest first, no more than were asked for."""
    count: int
    """Of all there are."""

    @property
    def more(self) -> int:
        return self.count - len(self.events)


def events_since(user: User, since: datetime.datetime, *, most: int) -> Recent:
    """Steps of visible reports after that moment: two queries."""
    seen = Event.objects.filter(
        report__in=AnnualReport.objects.visible_to(user).filter(program__public_id__isnull=False),
        happened_at__gt=since,
    )
    newest = seen.select_related("by", "report__program").order_by("-number")[:most]
    return Recent(list(newest), seen.count())

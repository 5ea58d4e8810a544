"""Entries of the ZIPs that leave: without a clock, so that the same content gives the same bytes."""

from __future__ import annotations

import datetime
import zipfile

from django.utils import timezone

# What `zipfile` gives an entry of which nothing is said.
OWNERS_ONLY = 0o600
READABLE = 0o644


def entry(
    name: str, *, moment: datetime.datetime | None = None, mode: int = OWNERS_ONLY, stored: bool = False
) -> zipfile.ZipInfo:
    """`moment` has an offset and stands in the portal's own time; without one it is where ZIP's clock begins.

    `mode` is what Unix lets people do with the file once it is taken out; `stored` is not compressed.
    """
    # The format knows neither zones nor years before 1980, which is where ZipInfo begins by itself.
    made = (
        zipfile.ZipInfo(name, timezone.localtime(moment).timetuple()[:6]) if moment else zipfile.ZipInfo(name)
    )
    made.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    made.external_attr = mode << 16
    return made

"""Search: one box, what it finds by kind, a page at a time. All that is asked stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs import permissions
from programs.models import AnnualReport, User
from programs.search_hits import Hit, hits
from programs.search_words import LONGEST_QUERY, read_words
from programs.searching import COUNTED, Found, Search, SearchKind
from programs.textforms import NO_BREAK_SPACE, TextFormError, clean_text
from programs.views.reach import signed_in

BESIDE_OTHERS = 5
"""Hits of a kind on the page of all kinds."""
ON_PAGE = 20
PAGES = 25
"""As many as show what is counted."""


@dataclass(frozen=True)
class Asked:
    """What the address says; of what it cannot mean, nothing is left."""

    text: str
    kind: SearchKind | None
    year: int | None
    page: int

    def address(self, **changed: Any) -> str:
        """The part after «?»."""
        said = {"q": self.text, "kind": self.kind, "year": self.year, "page": self.page, **changed}
        said["page"] = said["page"] if said["page"] != 1 else None
        return "?" + urlencode({name: str(value) for name, value in said.items() if value})


@dataclass(frozen=True)
class Group:
    """One kind of what was found."""

    kind: SearchKind
    found: Found
    hits: Sequence[Hit]
    first: int
    """Number of the first hit shown, from 1."""
    asked: Asked

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1

    @property
    def count(self) -> str:
        return str(self.found.count) if self.found.is_counted else f"понад{NO_BREAK_SPACE}{COUNTED}"

    @property
    def alone(self) -> str:
        """Address of the page of this kind alone."""
        return self.asked.address(kind=self.kind.value, page=1)

    @property
    def before(self) -> str:
        page = self.asked.page
        return self.asked.address(page=page - 1) if self.asked.kind and page > 1 else ""

    @property
    def after(self) -> str:
        return self.asked.address(page=self.asked.page + 1) if self.last < self.found.count else ""

    @property
    def is_cut(self) -> bool:
        """There is more, but no page shows it."""
        return self.last >= self.found.count and not self.found.is_counted


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    years = list(
        AnnualReport.objects.visible_to(user).order_by("-year").values_list("year", flat=True).distinct()
    )
    asked = read_address(request, years)
    context: dict[str, Any] = {
        "asked": asked,
        "years": years,
        "kinds": SearchKind,
        "longest": LONGEST_QUERY,
        "may_read": permissions.can_read_programs(user),
        "manages_accounts": permissions.can_manage_accounts(user),
    }
    if asked.text and context["may_read"]:
        try:
            words = read_words(asked.text)
        except TextFormError as error:
            context["complaint"] = str(error)
        else:
            context |= found_by(words, asked, user)
    return render(request, "search/page.html", context)


def read_address(request: HttpRequest, years: Sequence[int]) -> Asked:
    kind, page = request.GET.get("kind", ""), request.GET.get("page", "")
    year = request.GET.get("year", "")
    return Asked(
        text=clean_text(request.GET.get("q", "")).strip(),
        kind=SearchKind(kind) if kind in SearchKind.values else None,
        year=int(year) if year in map(str, years) else None,
        page=int(page) if page in map(str, range(2, PAGES + 1)) else 1,
    )


def found_by(words: Sequence[str], asked: Asked, user: User) -> dict[str, Any]:
    """The kinds with their counts, and the hits of those that are shown."""
    looked_for = Search(words, user, asked.year)
    length = ON_PAGE if asked.kind else BESIDE_OTHERS
    groups = []
    for kind, found in looked_for.found().items():
        is_shown = asked.kind in (None, kind)
        start = (asked.page - 1) * ON_PAGE if asked.kind else 0
        shown = hits(looked_for, kind, found, start, length) if is_shown else []
        groups.append(Group(kind, found, shown, start + 1, asked))
    return {
        "groups": groups,
        "shown": [group for group in groups if group.hits],
        "is_found": any(group.found.count for group in groups),
        "everything": asked.address(kind=None, page=1),
        "from_start": asked.address(page=1),
        "any_year": asked.address(year=None, page=1),
    }

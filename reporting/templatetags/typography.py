"""Headings set as a careful printer would: no short word left alone at the end of a line."""

from __future__ import annotations

import re

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from programs.textforms import NO_BREAK_SPACE

register = template.Library()

SHORT_WORDS = "а|б|без|бо|в|від|до|для|з|за|зі|із|й|і|на|над|не|ні|о|об|по|під|при|про|та|то|у|чи|що|як"
_AFTER_SHORT_WORD = re.compile(rf"(?<![\w’'-])((?:{SHORT_WORDS})) +(?=\S)", re.IGNORECASE)
_BEFORE_UNIT = re.compile(r"(?<=\d) +(?=(?:%|рік|року|роки|років|р\.|тис\.|грн|МБ|КБ)(?!\w))")
_BEFORE_DASH = re.compile(r" +(?=–(?: |$))")
# Browsers break a line after the hyphen; as letters it stays what the council wrote.
_YEARS = re.compile(r"(?<![\w-])\d{4}[-–]\d{4}(?![\w-])")
_AFTER_NUMBER_SIGN = re.compile(r"№ *(?=[\w{])")
_HEADING = re.compile(r"(<h([1-3])\b[^>]*>)(.*?)(</h\2>)", re.DOTALL)
# Word by word as on paper.
_OFFICIAL_FORM = re.compile(r'(<article class="form">.*?</article>)', re.DOTALL)
_TAG = re.compile(r"(<[^>]*>)")


def no_orphans(text: str) -> str:
    """The text with no-break spaces after short words and «№», before units and dashes."""
    # Twice: of «і в школах» the first match swallows the space before the second word.
    for _ in range(2):
        text = _AFTER_SHORT_WORD.sub(rf"\1{NO_BREAK_SPACE}", text)
    text = _BEFORE_UNIT.sub(NO_BREAK_SPACE, text.replace("тис. грн", f"тис.{NO_BREAK_SPACE}грн"))
    return _AFTER_NUMBER_SIGN.sub(f"№{NO_BREAK_SPACE}", _BEFORE_DASH.sub(NO_BREAK_SPACE, text))


def set_headings(html: str) -> str:
    """A page in which the texts of h1, h2 and h3 are set so, and «2020-2025» is kept in one piece.

    The official form is left alone.
    """

    def heading(found: re.Match[str]) -> str:
        parts = _TAG.split(found[3])
        parts[::2] = [
            _YEARS.sub(r'<span class="whole">\g<0></span>', no_orphans(part)) for part in parts[::2]
        ]
        return found[1] + "".join(parts) + found[4]

    parts = _OFFICIAL_FORM.split(html)
    parts[::2] = [_HEADING.sub(heading, part) for part in parts[::2]]
    return "".join(parts)


class _Headings(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return mark_safe(set_headings(self.nodelist.render(context)))


@register.tag
def headings(parser: Parser, token: Token) -> template.Node:
    """{% headings %}…{% endheadings %} around a page: one place for the headings of them all."""
    nodelist = parser.parse(("endheadings",))
    parser.delete_first_token()
    return _Headings(nodelist)

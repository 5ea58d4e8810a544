"""Start-up checks: what printing needs from the machine, named with the command that installs it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .fonts import (
    INSTALL_FONT,
    INSTALL_PANGO,
    PrintingUnavailable,
    form_font,
    is_preferred,
    missing_libraries,
)
from .opendata.schema import SchemaError, dataset
from .wordings import WordingError, form_wording


@register()
def printing(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if missing := missing_libraries():
        found.append(
            Error(
                f"Для друку PDF бракує бібліотек: {', '.join(missing)}.",
                hint=f"Встановіть їх: {INSTALL_PANGO}",
                id="zvit.E001",
            )
        )
    try:
        font = form_font()
    except PrintingUnavailable as error:
        found.append(Error(str(error), id="zvit.E002"))
    else:
        if not is_preferred(font):
            found.append(
                Warning(
                    f"Шрифту Tinos немає, форма друкуватиметься шрифтом {font.family}: він ширший.",
                    hint=f"Встановіть Tinos: {INSTALL_FONT}",
                    id="zvit.W001",
                )
            )
    return found


@register()
def wording(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        form_wording(settings.FORM_WORDING)
    except WordingError as error:
        return [Error(str(error), hint="Файл називає змінна FORM_WORDING.", id="zvit.E004")]
    return []


@register()
def opendata_schema(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        dataset()
    except SchemaError as error:
        return [Error(str(error), hint="Файл називає змінна OPENDATA_SCHEMA.", id="zvit.E006")]
    return []


@register(Tags.security, deploy=True)
def demonstration_mode(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Error(
            "Увімкнено демонстраційний режим: увійти може будь-хто без пароля.",
            hint="На робочому сервері приберіть змінну DEMO.",
            id="zvit.E003",
        )
    ]


@register(Tags.security, deploy=True)
def second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR_REQUIRED:
        return []
    return [
        Warning(
            "Керівники й адміністратори входять лише за паролем.",
            hint="Приберіть SECOND_FACTOR_REQUIRED=0: тоді вони вводитимуть ще й одноразовий код.",
            id="zvit.W002",
        )
    ]


@register(Tags.security, deploy=True)
def portal_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What is signed carries the address for ever."""
    if urlsplit(settings.PORTAL_URL).hostname not in ("127.0.0.1", "localhost", "::1"):
        return []
    return [
        Error(
            f"Квадратний код у підписаних звітах вестиме на {settings.PORTAL_URL}, тобто нікуди.",
            hint="Задайте PORTAL_URL: адресу порталу, якою її відкривають люди, з https://.",
            id="zvit.E005",
        )
    ]

"""WeasyPrint with the form's font loaded and everything else locked out.

Needs neither settings nor database. Import it where something is printed: WeasyPrint is heavy.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from . import fonts

_FONT_URL = "form-font:"
# Pango's font map is not safe for threads, and printing keeps a processor busy anyway.
one_at_a_time = threading.Lock()

Files = Mapping[str, tuple[str, bytes]]
"""Content type and bytes by address."""


class Press:
    """Made once a process, see `press`; use it under `one_at_a_time`."""

    def __init__(self, font: fonts.FormFont) -> None:
        from weasyprint.text.fonts import FontConfiguration

        self.font = font
        self.font_config = FontConfiguration()
        self._font_files: Files = {
            f"{_FONT_URL}{face}": ("font/ttf", file.read_bytes())
            for face, file in (("regular", font.regular), ("bold", font.bold))
        }
        faces = "".join(
            f"@font-face{{font-family:{self.family};src:url({_FONT_URL}{face});font-weight:{weight}}}"
            for face, weight in (("regular", 400), ("bold", 700))
        )
        self.faces = self._style(faces, _fetcher(self._font_files))

    @property
    def family(self) -> str:
        """The CSS font-family value."""
        return f"'{self.font.family}'"

    def set(self, page: str, *styles: str, variant: str, files: Files | None = None) -> Any:
        """An HTML page, laid out by WeasyPrint. `files` is all that page and styles may fetch."""
        from weasyprint import HTML

        fetcher = _fetcher({**self._font_files, **(files or {})})
        stylesheets = [self.faces, *(self._style(text, fetcher) for text in styles)]
        return HTML(string=page, url_fetcher=fetcher).render(
            stylesheets=stylesheets, font_config=self.font_config, pdf_variant=variant
        )

    def _style(self, text: str, fetcher: Any) -> Any:
        from weasyprint import CSS

        return CSS(string=text, font_config=self.font_config, url_fetcher=fetcher)


@cache
def press() -> Press:
    """Raises fonts.PrintingUnavailable when the machine lacks the form's font."""
    return Press(fonts.form_font())


# Left to the interpreter's last moments, WeasyPrint's fonts complain that nothing is there any more.
atexit.register(press.cache_clear)


def require_libraries() -> None:
    """Raises fonts.PrintingUnavailable when the machine lacks Pango."""
    if missing := fonts.missing_libraries():
        raise fonts.PrintingUnavailable(
            f"Для друку PDF бракує бібліотек: {', '.join(missing)}. Встановіть їх: {fonts.INSTALL_PANGO}"
        )


def _fetcher(files: Files) -> Any:
    """Fetches these and nothing else, whatever a text may smuggle in."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ListedOnly(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in files:
                raise FatalURLFetchingError(f"What is printed may not fetch {url}")
            content_type, content = files[url]
            return URLFetcherResponse(url, content, {"Content-Type": content_type})

    return ListedOnly()

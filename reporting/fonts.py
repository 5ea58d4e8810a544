"""The printed form's font: Tinos from the system, else PT Serif from its package. Never a random one."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from importlib import util
from pathlib import Path

# Where Debian, Ubuntu, Fedora and Arch put Tinos. Web-font subsets will not do: joined by
# unicode-range they print wrong digits while the text layer stays right.
TINOS_FOLDERS = (
    Path("/usr/share/fonts/truetype/croscore"),
    Path("/usr/share/fonts/google-croscore-tinos"),
    Path("/usr/share/fonts/google-tinos-fonts"),
    Path("/usr/share/fonts/TTF"),
)
INSTALL_FONT = "apt-get install fonts-croscore"
# WeasyPrint loads these three when it prints.
PANGO_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
INSTALL_PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PrintingUnavailable(RuntimeError):
    """This machine cannot print the form; the message is a Ukrainian sentence with the remedy."""


@dataclass(frozen=True)
class FormFont:
    family: str
    regular: Path
    bold: Path

    @property
    def files(self) -> tuple[Path, Path]:
        return self.regular, self.bold


def form_font() -> FormFont:
    """Raises PrintingUnavailable when neither font is whole."""
    for font in (_tinos(), _pt_serif()):
        if font is not None:
            return font
    raise PrintingUnavailable(
        f"Немає шрифту для друкованої форми: ні Tinos, ні PT Serif. Встановіть його: {INSTALL_FONT}"
    )


def is_preferred(font: FormFont) -> bool:
    return font.family == "Tinos"


def missing_libraries() -> list[str]:
    missing = []
    for library in PANGO_LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    return missing


def _tinos() -> FormFont | None:
    for folder in TINOS_FOLDERS:
        font = FormFont("Tinos", folder / "Tinos-Regular.ttf", folder / "Tinos-Bold.ttf")
        if all(file.is_file() for file in font.files):
            return font
    return None


def _pt_serif() -> FormFont | None:
    spec = util.find_spec("fontpkg_pt_serif")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "files"
    font = FormFont("PT Serif", folder / "PT_Serif-Web-Regular.ttf", folder / "PT_Serif-Web-Bold.ttf")
    return font if all(file.is_file() for file in font.files) else None

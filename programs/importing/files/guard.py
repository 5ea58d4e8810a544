"""The archive that a workbook or a text document is: looked through before anything in it is read.

Whoever reads on may trust that every part is whole and small enough, that nothing runs, nothing is fetched
from elsewhere and nothing is hidden inside.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...file_types import CHUNK, MAX_PARTS, MAX_RATIO, RATIO_MATTERS_FROM, FileRefused, fits, leads_out
from . import limits
from .markup import HAS_DOCTYPE, Attributes, Handler, Scanner, by_local_name

ACCEPTED_IN_WORDS = "таблицю Excel (XLSX), LibreOffice (ODS), CSV або таблицю у файлі Word (DOCX)"
PASSWORD = (
    "Файл захищено паролем. Зніміть пароль: відкрийте файл, виберіть «Зберегти як» без шифрування – "
    "і завантажте знову."
)
MACROS = (
    "У файлі є макроси або елементи керування. Збережіть його без них (XLSX, ODS або DOCX) "
    "і завантажте знову."
)
OUTSIDE = (
    "Файл бере дані з іншого файла або з бази, і тих даних тут немає. У програмі, де його створено, "
    "розірвіть зв’язки (в Excel – «Дані» → «Змінити зв’язки» → «Розірвати зв’язок») і збережіть ще раз."
)
EMBEDDED = "У файл вставлено інші файли чи об’єкти. Вилучіть їх, залиште лише таблицю і збережіть ще раз."
TOO_MANY_PARTS = "У файлі забагато частин або вони названі так, як Excel, Word і LibreOffice не називають."
SWOLLEN = (
    f"Розпакований файл завеликий (найбільше – {limits.MAX_INFLATED_MB} МБ). Залиште в ньому лише таблицю, "
    "без порожніх оформлених рядків і картинок, і збережіть ще раз."
)


def not_accepted(seems: str) -> FileRefused:
    return FileRefused(f"За вмістом це {seems}, а внести можна лише {ACCEPTED_IN_WORDS}.")


@dataclass(frozen=True)
class Relation:
    """From one part of an OOXML package to another; `target` is the name of that part."""

    kind: str
    target: str


@dataclass
class Package:
    """An archive that was looked through; `kind` is «xlsx», «docx» or «ods», `main` its first part."""

    archive: zipfile.ZipFile
    scanner: Scanner = field(default_factory=Scanner)
    kind: str = ""
    main: str = ""

    def __contains__(self, part: str) -> bool:
        return part in self.archive.namelist()

    def chunks(self, part: str) -> Iterator[bytes]:
        with self.archive.open(part) as content:
            while chunk := content.read(CHUNK):
                yield chunk

    def scan(self, part: str, handler: Handler) -> None:
        self.scanner.scan(self.chunks(part), handler)

    def relations(self, part: str) -> Mapping[str, Relation]:
        """By id; those that lead outside are not among them."""
        folder, name = posixpath.split(part)
        found = _Relations(folder)
        index = posixpath.join(folder, "_rels", f"{name}.rels")
        if index in self:
            self.scan(index, found)
        return found.inside


def open_package(content: bytes) -> Package:
    """Raises FileRefused; of what is damaged also BadZipFile and the like (`reading.DAMAGED`)."""
    # Read one by one before anything could count them.
    if content.count(b"PK\1\2") > MAX_PARTS:
        raise FileRefused(TOO_MANY_PARTS)
    package = Package(zipfile.ZipFile(io.BytesIO(content)))
    _check_index(package.archive)
    names = {part.filename.casefold() for part in package.archive.infolist()}
    if "[content_types].xml" in names:
        _check_office_package(package, names)
    elif "mimetype" in names or "meta-inf/manifest.xml" in names:
        _check_open_document(package, names)
    else:
        raise not_accepted("архів ZIP")
    for part in package.archive.infolist():
        _inflate(package, part)
    return package


def _check_index(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.casefold() for part in parts}
    if len(parts) > MAX_PARTS or len(names) < len(parts) or any(leads_out(name) for name in names):
        raise FileRefused(TOO_MANY_PARTS)
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(PASSWORD)
    swollen = any(part.file_size > max(RATIO_MATTERS_FROM, part.compress_size * MAX_RATIO) for part in parts)
    if swollen or not fits([part.file_size for part in parts], limits.MAX_INFLATED):
        raise FileRefused(SWOLLEN)
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise zipfile.BadZipFile("a way of packing that office programs do not use")


def _inflate(package: Package, part: zipfile.ZipInfo) -> None:
    """To its end: `zipfile` gives no byte more than the index says, and compares the checksum."""
    is_markup = part.filename.casefold().endswith((".xml", ".rels", ".vml", ".rdf"))
    before = b""
    for chunk in package.chunks(part.filename):
        if is_markup:
            # Without zeros UTF-16 reads alike.
            text = before + chunk.replace(b"\0", b"")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise FileRefused(HAS_DOCTYPE)
            before = text[-len(b"<!DOCTYPE") :]


# --- Excel and Word ----------------------------------------------------------------------

_MAIN = "application/vnd.openxmlformats-officedocument."
_KINDS = {
    f"{_MAIN}spreadsheetml.sheet.main+xml": "xlsx",
    f"{_MAIN}wordprocessingml.document.main+xml": "docx",
}
_OTHER_KINDS = {
    "application/vnd.ms-excel.sheet.binary": "двійкова книга Excel (XLSB)",
    f"{_MAIN}presentationml": "презентація PowerPoint (PPTX)",
    f"{_MAIN}spreadsheetml.template": "шаблон Excel (XLTX)",
    f"{_MAIN}wordprocessingml.template": "шаблон Word (DOTX)",
}
_ACTIVE = ("vbaproject", "macroenabled", "activex", "xl/macrosheets/", "xl/dialogsheets/")
_FROM_ELSEWHERE = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
_EMBEDDED = ("xl/embeddings/", "word/embeddings/", "word/afchunk")
# A hyperlink waits for a click, a template and a linked picture are not looked at.
_HARMLESS_OUTSIDE = ("/hyperlink", "/attachedTemplate", "/image")
_EMBEDDING_RELATIONS = ("/oleObject", "/package", "/aFChunk", "/subDocument")


class _ContentTypes(Handler):
    namespaces = {"http://schemas.openxmlformats.org/package/2006/content-types": ""}

    def __init__(self) -> None:
        self.of_parts: dict[str, str] = {}
        self.of_extensions: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        declared = attributes.get("ContentType", "")
        if name == "Override":
            self.of_parts[attributes.get("PartName", "").lstrip("/")] = declared
        elif name == "Default":
            self.of_extensions[attributes.get("Extension", "").casefold()] = declared

    def __getitem__(self, part: str) -> str:
        extension = part.rpartition(".")[2].casefold()
        return self.of_parts.get(part, self.of_extensions.get(extension, ""))


class _Relations(Handler):
    namespaces = {"http://schemas.openxmlformats.org/package/2006/relationships": ""}

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.inside: dict[str, Relation] = {}
        self.outside: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name != "Relationship":
            return
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if attributes.get("TargetMode", "").casefold() == "external":
            self.outside.append(kind)
        else:
            whole = posixpath.normpath(posixpath.join("/", self.folder, target)).lstrip("/")
            self.inside[attributes.get("Id", "")] = Relation(kind, whole)


def _check_office_package(package: Package, names: set[str]) -> None:
    types = _ContentTypes()
    package.scan("[Content_Types].xml", types)
    main = next(
        (
            relation.target
            for relation in package.relations("").values()
            if relation.kind.endswith("/relationships/officeDocument")
        ),
        "",
    )
    for start, seems in _OTHER_KINDS.items():
        if types[main].startswith(start):
            raise not_accepted(seems)
    declared = {kind.casefold() for kind in (*types.of_parts.values(), *types.of_extensions.values())}
    if any(word in text for word in _ACTIVE for text in (*names, *declared)):
        raise FileRefused(MACROS)
    kind = _KINDS.get(types[main])
    if kind is None or main not in package:
        raise not_accepted("архів ZIP")
    if any(name.startswith(_FROM_ELSEWHERE) for name in names):
        raise FileRefused(OUTSIDE)
    if any(name.startswith(_EMBEDDED) for name in names):
        raise FileRefused(EMBEDDED)
    for name in package.archive.namelist():
        if name.casefold().endswith(".rels"):
            _check_relations(package, name)
    package.kind, package.main = kind, main


def _check_relations(package: Package, name: str) -> None:
    found = _Relations("")
    package.scan(name, found)
    if any(not kind.endswith(_HARMLESS_OUTSIDE) for kind in found.outside):
        raise FileRefused(OUTSIDE)
    if any(relation.kind.endswith(_EMBEDDING_RELATIONS) for relation in found.inside.values()):
        raise FileRefused(EMBEDDED)


# --- OpenDocument ------------------------------------------------------------------------

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_CONTENT = "content.xml"
_SCRIPTS = ("basic/", "scripts/", "dialogs/")
# Charts, which are no data of others, and LibreOffice's own tool bars.
_HARMLESS_FOLDERS = ("", f"{_OPEN_DOCUMENT}chart", "application/vnd.sun.xml.ui.configuration")


class _Manifest(Handler):
    namespaces = {"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0": ""}

    def __init__(self) -> None:
        self.is_encrypted = False
        self.types: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "encryption-data":
            self.is_encrypted = True
        elif name == "file-entry":
            entry = by_local_name(attributes)
            self.types[entry.get("full-path", "")] = entry.get("media-type", "")


def _check_open_document(package: Package, names: set[str]) -> None:
    manifest = _Manifest()
    if "META-INF/manifest.xml" in package:
        package.scan("META-INF/manifest.xml", manifest)
    whole = manifest.types.pop("/", "")
    if "mimetype" in package:
        whole = next(package.chunks("mimetype"), b"").decode("ascii", "replace").strip()
    if whole != f"{_OPEN_DOCUMENT}spreadsheet":
        is_ours = whole.startswith(_OPEN_DOCUMENT)
        raise not_accepted("інший документ OpenDocument (не таблиця ODS)" if is_ours else "архів")
    if manifest.is_encrypted or "encrypted-package" in names:
        raise FileRefused(PASSWORD)
    if any(name.startswith(_SCRIPTS) for name in names):
        raise FileRefused(MACROS)
    for path, kind in manifest.types.items():
        if (path.endswith("/") and kind not in _HARMLESS_FOLDERS) or kind.endswith("oleobject"):
            raise FileRefused(EMBEDDED)
    if _CONTENT not in package:
        raise KeyError(_CONTENT)
    package.kind, package.main = "ods", _CONTENT

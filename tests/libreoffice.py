"""LibreOffice opens files and saves them as others."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def converted(
    files: Mapping[str, bytes], kind: str, folder: Path, *, recalculated: bool = False
) -> dict[str, bytes]:
    """Files by name with its ending, all by one start, by name without it; `recalculated`: no kept values.

    `kind` is the new ending, perhaps with LibreOffice's own filter after a colon.

    Skips the test where LibreOffice is missing, and fails it where the tools are required.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        reason = "LibreOffice is not installed: apt-get install libreoffice-calc"
        if os.environ.get("CI") == "true" or os.environ.get("REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    if recalculated:
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    paths = [folder / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", kind, "--outdir", folder / "saved", *paths],
        check=True,
        capture_output=True,
        timeout=180,
    )
    ending = kind.partition(":")[0]
    return {path.stem: (folder / "saved" / f"{path.stem}.{ending}").read_bytes() for path in paths}


def saved_again(workbook: bytes, kind: str, folder: Path) -> bytes:
    """One .xlsx, opened and saved as another file."""
    return converted({"sent.xlsx": workbook}, kind, folder)["sent"]

"""A PDF signed by make.js: `python pades.py WHO FILE.pdf OUT.pdf [FIELD]`, as README.md beside it tells."""

import asyncio
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import TextStampStyle

# Of the signature, in hexadecimal digits: ours take about four thousand.
ROOM = 8192


async def signed(who: str, document: bytes, field: str | None) -> bytes:
    """The document with the signature in its `field`, or in a new one nobody sees."""
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field or "Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        signer=ExternalSigner(signing_cert=None, cert_registry=None, signature_value=ROOM),
        # pyHanko's own words would ask for the name of a signer it does not know.
        stamp_style=TextStampStyle(stamp_text="signed"),
    )
    prepared, _, output = await signer.async_digest_doc_for_signing(
        IncrementalPdfFileWriter(io.BytesIO(document)),
        existing_fields_only=field is not None,
        bytes_reserved=ROOM,
    )
    content = output.getvalue()
    covered = content[: prepared.reserved_region_start] + content[prepared.reserved_region_end :]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "covered"), Path(folder, "covered.p7s")
        source.write_bytes(covered)
        make = Path(__file__).with_name("make.js")
        subprocess.run(["node", str(make), "sign", who, str(source), str(target)], check=True)
        prepared.fill_with_cms(output, target.read_bytes())
    return output.getvalue()


if __name__ == "__main__":
    who, source, target, *field = sys.argv[1:]
    Path(target).write_bytes(asyncio.run(signed(who, Path(source).read_bytes(), *(field or [None]))))

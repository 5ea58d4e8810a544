"""Files as answers: their names, and what a browser may do with them."""

import io
from urllib.parse import quote

import pytest

from programs.views.downloads import attachment, streamed_attachment

CONTENT = b"%PDF-1.7 ..."
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("is_streamed", [False, True])
@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("Zvit_2024.pdf", 'attachment; filename="Zvit_2024.pdf"'),
        ("Звіт «2024».pdf", f"attachment; filename*=utf-8''{quote('Звіт «2024».pdf')}"),
        ('a"b\\c.pdf', 'attachment; filename="a\\"b\\\\c.pdf"'),
        ("a\r\nb.pdf", "attachment; filename*=utf-8''a%0D%0Ab.pdf"),
    ],
)
def test_a_file_is_only_ever_saved(name: str, disposition: str, is_streamed: bool) -> None:
    response = (
        streamed_attachment(io.BytesIO(CONTENT), "application/pdf", name)
        if is_streamed
        else attachment(CONTENT, "application/pdf", name)
    )

    assert (b"".join(response), dict(response.items())) == (
        CONTENT,
        {
            "Content-Type": "application/pdf",
            "Content-Disposition": disposition,
            "Content-Length": str(len(CONTENT)),
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        },
    )

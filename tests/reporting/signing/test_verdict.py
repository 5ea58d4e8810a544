"""Verdicts go into the database as plain values and come back equal, also those of years ago."""

import json

from reporting.signing.examination import examine
from reporting.signing.verdict import (
    Certificate,
    Container,
    Examination,
    Outcome,
    SignatureFacts,
    Tier,
    from_plain,
    to_plain,
)
from tests.reporting.signing.authority import NOW
from tests.reporting.signing.signed_files import p7s

# As the first version wrote it.
KEPT = """{"container": "cades", "content": {"outcome": "passed", "sentence": "Та сама."}, "signatures": [
{"certificate": {"name": "Ковальчук Ірина", "family_name": "Ковальчук", "given_name": "Ірина",
"tax_number": "1234567890", "organization": "Управління", "edrpou": "12345678", "serial": "1f",
"issuer": "Надавач", "valid_from": "2025-01-01T00:00:00+00:00", "valid_until": "2027-01-01T00:00:00+00:00",
"algorithm": "ДСТУ 4145"}, "claimed_at": "2026-02-05T09:30:00+00:00", "time_stamped": false,
"mathematics": {"outcome": "unknown", "sentence": "Не обчислено."},
"trust": {"outcome": "failed", "sentence": "Не веде."}}]}"""


def test_what_was_kept_is_read_again() -> None:
    certificate = Certificate(
        "Ковальчук Ірина",
        "Ковальчук",
        "Ірина",
        "1234567890",
        "Управління",
        "12345678",
        "1f",
        "Надавач",
        "2025-01-01T00:00:00+00:00",
        "2027-01-01T00:00:00+00:00",
        "ДСТУ 4145",
    )
    facts = SignatureFacts(
        certificate,
        "2026-02-05T09:30:00+00:00",
        False,
        Tier(Outcome.UNKNOWN, "Не обчислено."),
        Tier(Outcome.FAILED, "Не веде."),
    )
    assert from_plain(json.loads(KEPT)) == Examination(
        Container.CADES, Tier(Outcome.PASSED, "Та сама."), (facts,)
    )


def test_an_examination_comes_back_equal() -> None:
    examination = examine(b"Zvit", p7s(b"Zvit"), trust_folder=None, now=NOW)
    assert from_plain(json.loads(json.dumps(to_plain(examination)))) == examination

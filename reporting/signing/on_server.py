"""Signs our PDF with a key from a PKCS#12 file that somebody gave for this one signature.

File, password and key live in memory for as long as it takes. When something goes wrong, the error that
leaves this module carries a sentence and nothing else: neither a cause nor a frame with any of the three,
which a page of errors or a log would print.
"""

from __future__ import annotations

import datetime
import functools
import json
import logging
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

from asn1crypto import x509

from . import certificates, key_files, stamp
from .key_files import NotSigned
from .levels import Level, Signed
from .pipe import Parts
from .sandbox import Limits, TookTooLong, run_apart

__all__ = ["Level", "NotSigned", "Signed", "sign", "sign_apart"]

logger = logging.getLogger(__name__)

P = ParamSpec("P")

FAILED = (
    "Підписати не вдалося через помилку в самому порталі. Документ лишився, яким був. Спробуйте ще раз, "
    "а якщо знову не вийде, скажіть системному адміністратору: подробиці – в журналі сервера."
)
TOO_LONG = (
    "Підписання тривало задовго, тому його зупинено. Документ лишився, яким був. Спробуйте пізніше "
    "або підпишіть «Оригінал без підпису» у своїй програмі й надішліть підписаний файл."
)


def _without_a_trace(signing: Callable[P, Signed]) -> Callable[P, Signed]:
    """Lets nothing out of it but NotSigned, raised where no frame holds a secret any more."""

    @functools.wraps(signing)
    def signed(*args: P.args, **kwargs: P.kwargs) -> Signed:
        try:
            return signing(*args, **kwargs)
        except NotSigned as error:
            refusal = str(error)
        except TookTooLong:
            refusal = TOO_LONG
        except (KeyboardInterrupt, SystemExit):
            raise
        # What a library says may quote what it was given: only its kind and its place are logged. Libraries
        # written in Rust may also panic, which is no Exception.
        except BaseException as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{os.path.basename(place.filename)}:{place.lineno}"
            logger.error("Signing failed: %s at %s", type(error).__name__, where)
            refusal = FAILED
        # Out of the `except`, so that the error has no context, and without the secrets in this frame.
        kwargs.clear()
        raise NotSigned(refusal)

    return signed


@_without_a_trace
def sign(
    pdf: bytes,
    *,
    field: str,
    key_file: bytes,
    password: str,
    now: datetime.datetime,
    tsa_url: str = "",
    trust_folder: Path | None = None,
    fetch: bool = False,
) -> Signed:
    """The PDF with one revision more, in which the empty `field` holds a visible signature. Raises NotSigned.

    `tsa_url`: a time-stamp authority, http or https; without it, or when it is away, PAdES B-B.
    `trust_folder`: see `trust`; with it and a time stamp, PAdES B-LT where lists of revoked certificates
    lie in the folder or, with `fetch`, at the addresses that the trusted certificates name.
    """
    # Heavy: only what signs pays for it.
    from . import pades

    key = key_files.read(key_file, password)
    key_files.require_fit(key.certificate, now)
    mark = stamp.draw(certificates.describe(key.certificate), now)
    job = pades.Job(pdf, field, mark, now)
    return pades.sign(job, key, tsa_url=tsa_url, trust_folder=trust_folder, fetch=fetch)


@_without_a_trace
def sign_apart(
    pdf: bytes,
    *,
    field: str,
    key_file: bytes,
    password: str,
    now: datetime.datetime,
    tsa_url: str = "",
    trust_folder: Path | None = None,
    fetch: bool = False,
    limits: Limits | None = None,
) -> Signed:
    """`sign` as the portal calls it: the key is opened and used in processes of their own, see `sandbox`.

    Between the two the mark is drawn here: the printer keeps its fonts on the disk, and they may not write.
    """
    limits = limits or Limits()
    secrets: Parts = {"key_file": key_file, "password": password, "now": now.isoformat()}
    certificate = x509.Certificate.load(_answer("read_key", secrets, limits)["certificate"])
    task: Parts = {
        "pdf": pdf,
        "field": field,
        "mark": stamp.draw(certificates.describe(certificate), now),
        "tsa_url": tsa_url,
        "trust_folder": str(trust_folder.resolve()) if trust_folder else "",
        "fetch": "yes" if fetch else "",
    }
    answer = _answer("sign", {**secrets, **task}, limits)
    signed = answer["pdf"]
    assert isinstance(signed, bytes)
    return Signed(signed, Level(str(answer["level"])), tuple(json.loads(answer["notes"])))


def _answer(task: str, payload: Parts, limits: Limits) -> Parts:
    answer = run_apart(task, payload, limits=limits)
    if "refused" in answer:
        raise NotSigned(answer["refused"])
    return answer

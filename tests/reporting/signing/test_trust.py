"""Chains of certificates: to the list of trust, or with a sentence why not."""

import datetime
import logging
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding

from reporting.signing import trust
from reporting.signing.cms import Signer
from reporting.signing.examination import examine
from reporting.signing.trust import NO_LIST, NONE_REVOKED, REVOCATION_UNKNOWN, TrustList
from reporting.signing.verdict import Outcome, Tier
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DAY, HEAD, NOW, Holder
from tests.reporting.signing.signed_files import p7s

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"
OURS = "Ланцюг сертифікатів веде до «Тестовий кореневий центр» з переліку довіри порталу."
NOWHERE = (
    "Ланцюг сертифікатів не веде до переліку довіри порталу: видавця «{issuer}» він не підтверджує. "
    "Такий самий вигляд має сертифікат, який хтось зробив собі сам."
)


def day(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(trust.KYIV):%d.%m.%Y}"


def tier(holder: Holder, folder: Path | None, stamper: object = None) -> Tier:
    content = b"Zvit"
    (signature,) = examine(
        content, p7s(content, holder, stamper=stamper), trust_folder=folder, now=NOW
    ).signatures
    return signature.trust


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return authority.fill_trust_folder(tmp_path)


# --- the list ----------------------------------------------------------------------------


def test_without_a_list_nothing_is_said_of_trust(tmp_path: Path) -> None:
    unknown = Tier(Outcome.UNKNOWN, NO_LIST)
    assert [tier(authority.person(), place) for place in (None, tmp_path, tmp_path / "none")] == [unknown] * 3


def test_a_list_without_roots_is_none(tmp_path: Path) -> None:
    (tmp_path / "issuing.cer").write_bytes(authority.issuing().der)
    assert tier(authority.person(), tmp_path) == Tier(Outcome.UNKNOWN, NO_LIST)


def test_a_damaged_file_is_left_out_and_named(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "broken.cer").write_bytes(authority.root().der[:-1])
    (folder / "read me.txt").write_text("Перелік довіри")
    assert tier(authority.person(), folder).outcome is Outcome.PASSED
    assert caplog.record_tuples == [
        (
            "reporting.signing.trust",
            logging.WARNING,
            "In the trust folder broken.cer cannot be read: ValueError",
        )
    ]


# --- the chain ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_a_chain_leads_to_the_list(kind: str, folder: Path) -> None:
    assert tier(authority.person(kind=kind), folder) == Tier(Outcome.PASSED, f"{OURS} {NONE_REVOKED}")


def test_a_stranger_of_the_same_list_is_trusted_too(folder: Path) -> None:
    """Who it is belongs to another tier."""
    assert tier(authority.person(authority.STRANGER), folder).outcome is Outcome.PASSED


def test_a_chain_of_others_leads_nowhere(folder: Path) -> None:
    other = authority.issuing(authority.root("Інший кореневий центр"))
    assert tier(authority.person(issuer=other), folder) == Tier(
        Outcome.FAILED, NOWHERE.format(issuer="Тестовий надавач послуг")
    )


def test_a_root_that_only_calls_itself_ours_leads_nowhere(folder: Path) -> None:
    """It comes with the signature and has our root's name, and another key."""
    false = authority.root.__wrapped__()
    assert tier(authority.person(issuer=false), folder) == Tier(
        Outcome.FAILED, NOWHERE.format(issuer="Тестовий кореневий центр")
    )


def test_a_certificate_that_signs_itself_leads_nowhere(folder: Path) -> None:
    alone = authority.root(HEAD)
    assert tier(alone, folder).outcome is Outcome.FAILED


def test_a_person_is_no_authority(folder: Path) -> None:
    """A certificate issued with somebody's own one, which is good for signing only."""
    issued = authority.person(issuer=authority.person(authority.STRANGER))
    assert tier(issued, folder) == Tier(
        Outcome.FAILED, "Ланцюг сертифікатів не сходиться: один із них видано не за правилами."
    )


def test_a_certificate_for_encryption_does_not_sign(folder: Path) -> None:
    assert tier(authority.person(signs=False), folder) == Tier(
        Outcome.FAILED, "Сертифікат не для підпису: його видано для шифрування або інших потреб."
    )


def in_a_circle(count: int) -> tuple[x509.Certificate, ...]:
    """Certificates of one name and one key: each certifies itself and all others."""
    key, name = authority.new_key("P-256"), authority._named("Коло")
    made = [authority._issue(name, key, None, key, authority=True) for _ in range(count)]
    return tuple(x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in made)


def test_certificates_that_all_certify_each_other_are_not_followed_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[object] = []

    def is_signed_by(one: object, _: object) -> bool:
        checks.append(one)
        return True

    circle = in_a_circle(50)
    monkeypatch.setattr(trust, "_is_signed_by", is_signed_by)
    with pytest.raises(trust.ChainFails):
        trust.follow(circle[0], circle[1:], trust.read_folder(folder), NOW)
    assert len(checks) == trust.MOST_CHECKS


def test_of_two_certificates_of_one_authority_either_will_do(tmp_path: Path) -> None:
    """As after one was renewed: the expired one has the same name and key."""
    root, key = authority.root(), authority.new_key("P-256")
    terms = ({"valid_from": NOW - 9 * DAY, "valid_until": NOW - 5 * DAY}, {})
    old, new = (
        authority._issue(authority._named("Надавач"), key, root, root.key, authority=True, **term)
        for term in terms
    )
    (tmp_path / "root.cer").write_bytes(root.der)
    (tmp_path / "issuing.pem").write_bytes(old.public_bytes(Encoding.PEM) + new.public_bytes(Encoding.PEM))
    holder = authority.person(issuer=Holder(old, key))
    assert tier(holder, tmp_path) == Tier(Outcome.PASSED, f"{OURS} {REVOCATION_UNKNOWN}")


def test_an_authority_of_many_keys_is_found_by_the_key(tmp_path: Path) -> None:
    """More of them than signatures would be checked."""
    root, name = authority.root(), authority._named("Надавач")
    keys = [authority.new_key("P-256") for _ in range(trust.MOST_CHECKS + 5)]
    issued = [authority._issue(name, key, root, root.key, authority=True) for key in keys]
    (tmp_path / "root.cer").write_bytes(root.der)
    (tmp_path / "all.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in issued))
    holder = authority.person(issuer=Holder(issued[-1], keys[-1]))
    assert tier(holder, tmp_path).outcome is Outcome.PASSED


# --- time --------------------------------------------------------------------------------

EXPIRED = {"valid_from": NOW - 20 * DAY, "valid_until": NOW - 2 * DAY, "kind": "RSA"}


def out_of_term(start: datetime.datetime, end: datetime.datetime) -> Tier:
    return Tier(
        Outcome.FAILED,
        f"Строк чинності сертифіката – з {day(start)} до {day(end)}, а підпис перевірено станом на "
        f"{day(NOW)}: надійної позначки часу в межах строку підпис не має.",
    )


def test_an_expired_certificate_is_refused_with_its_dates(folder: Path) -> None:
    assert tier(authority.person(**EXPIRED), folder) == out_of_term(NOW - 20 * DAY, NOW - 2 * DAY)


def test_a_certificate_of_tomorrow_is_refused_with_its_dates(folder: Path) -> None:
    start, end = NOW + DAY, NOW + 2 * DAY
    assert tier(authority.person(valid_from=start, valid_until=end), folder) == out_of_term(start, end)


def test_a_trusted_time_stamp_keeps_a_signature_alive(folder: Path) -> None:
    stamper = authority.time_stamper(NOW - 5 * DAY)
    assert tier(authority.person(**EXPIRED), folder, stamper).outcome is Outcome.PASSED


def test_a_time_stamp_of_others_keeps_nothing_alive(folder: Path) -> None:
    """Anybody could state any time."""
    other = authority.issuing(authority.root("Інший кореневий центр"))
    stamper = authority.time_stamper(NOW - 5 * DAY, authority.time_stamping(other))
    assert tier(authority.person(**EXPIRED), folder, stamper) == out_of_term(NOW - 20 * DAY, NOW - 2 * DAY)


def test_a_time_stamp_by_a_person_keeps_nothing_alive(folder: Path) -> None:
    """Of our list, but not for time stamps."""
    stamper = authority.time_stamper(NOW - 5 * DAY, authority.person(authority.STRANGER, "RSA"))
    assert tier(authority.person(**EXPIRED), folder, stamper) == out_of_term(NOW - 20 * DAY, NOW - 2 * DAY)


# --- revocation --------------------------------------------------------------------------


def revoked(on: datetime.datetime) -> Tier:
    return Tier(Outcome.FAILED, f"Сертифікат «{HEAD}» відкликано {day(on)}: підпис ним не приймається.")


def test_a_revoked_certificate_is_refused(folder: Path) -> None:
    holder = authority.person()
    (folder / "issuing.crl").write_bytes(authority.crl(authority.issuing(), holder))
    assert tier(holder, folder) == revoked(NOW - DAY)


def test_even_an_outdated_list_tells_who_was_revoked(folder: Path) -> None:
    holder = authority.person()
    outdated = authority.crl(authority.issuing(), holder, until=NOW - DAY)
    (folder / "issuing.crl").write_bytes(outdated)
    assert tier(holder, folder) == revoked(NOW - DAY)


def test_what_was_stamped_before_the_revocation_stays_good(folder: Path) -> None:
    holder = authority.person(kind="RSA")
    (folder / "issuing.crl").write_bytes(authority.crl(authority.issuing(), holder))
    assert tier(holder, folder, authority.time_stamper(NOW - 2 * DAY)).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(None, id="no list"),
        pytest.param(authority.crl(authority.issuing(), until=NOW - DAY), id="an outdated one"),
        pytest.param(authority.crl(authority.root.__wrapped__()), id="one of a false root"),
    ],
)
def test_without_a_list_in_force_revocation_is_not_checked(folder: Path, left: bytes | None) -> None:
    (folder / "issuing.crl").unlink()
    if left:
        (folder / "issuing.crl").write_bytes(left)
    assert tier(authority.person(), folder) == Tier(Outcome.PASSED, f"{OURS} {REVOCATION_UNKNOWN}")


# --- ДСТУ --------------------------------------------------------------------------------


def sample(name: str) -> x509.Certificate:
    return x509.Certificate.load((SAMPLES / name).read_bytes())


def sample_tier(folder: Path) -> Tier:
    content, upload = (SAMPLES / "document.pdf").read_bytes(), (SAMPLES / "head.p7s").read_bytes()
    (signature,) = examine(content, upload, trust_folder=folder, now=NOW).signatures
    return signature.trust


def test_a_ukrainian_chain_leads_to_the_list(folder: Path) -> None:
    (folder / "demo.cer").write_bytes((SAMPLES / "authority.cer").read_bytes())
    assert sample_tier(folder) == Tier(
        Outcome.PASSED,
        "Ланцюг сертифікатів веде до «Демонстраційний надавач» з переліку довіри порталу. "
        f"{REVOCATION_UNKNOWN}",
    )


def test_a_ukrainian_chain_of_others_leads_nowhere(folder: Path) -> None:
    (folder / "czo.cer").write_bytes((SAMPLES / "czo-2017.cer").read_bytes())
    assert sample_tier(folder) == Tier(Outcome.FAILED, NOWHERE.format(issuer="Демонстраційний надавач"))


NOT_BY_DEMO = NOWHERE.format(issuer="Демонстраційний надавач")


def signed_with(algorithm: str) -> Signer:
    """Of a certificate that names the authority and this algorithm, and was signed by nobody."""
    certificate = sample("head.cer").copy()
    certificate["tbs_certificate"]["signature"] = {"algorithm": algorithm}
    certificate["signature_algorithm"] = {"algorithm": algorithm}
    made = x509.Certificate.load(certificate.dump(force=True))
    return Signer(made, (), None, None, Tier(Outcome.PASSED, ""))


@pytest.mark.parametrize(
    ("algorithm", "sentence"),
    [
        pytest.param("1.2.804.2.1.1.1.1.3.6.2.1", trust.UNCONFIRMED, id="one that is not computed"),
        pytest.param(
            "1.2.804.2.1.1.1.1.3.1.2",
            NOWHERE.format(issuer="Демонстраційний надавач"),
            id="one of other keys",
        ),
    ],
)
def test_a_chain_that_anybody_can_have_made_does_not_hold(
    algorithm: str, sentence: str, folder: Path
) -> None:
    (folder / "demo.cer").write_bytes((SAMPLES / "authority.cer").read_bytes())
    tier = trust.signer_tier(signed_with(algorithm), trust.read_folder(folder), NOW)
    assert tier == Tier(Outcome.FAILED, sentence)


def test_a_real_chain_is_followed_to_its_root() -> None:
    """Of the central authority and a provider of 2015; at a moment when both were valid."""
    root, provider = sample("czo-2012.cer"), sample("justice-2015.cer")
    at = datetime.datetime(2016, 6, 1, tzinfo=datetime.UTC)
    assert trust.follow(provider, (), TrustList((root,)), at) == [provider, root]


def test_a_real_chain_ends_with_its_term() -> None:
    root, provider = sample("czo-2012.cer"), sample("justice-2015.cer")
    with pytest.raises(trust.ChainFails):
        trust.follow(provider, (), TrustList((root,)), NOW)

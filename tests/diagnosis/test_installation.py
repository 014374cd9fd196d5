"""Program, settings, database, clock, hours and mails: good where they are, and told with what to do where they are not."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.clock import JST, SettableClock, jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.diagnosis import installation, look_at_office
from ebidadmin.domain import permits as domain_permits
from ebidadmin.domain.diagnosis import Found, Helper, Item, Verdict
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.services import permits
from tests.desks import KIND, by_hand, several_work_at
from tests.diagnosis.conftest import set_up

WORKDAY = datetime(2026, 11, 27, 10, 0, tzinfo=JST)


def look(place: Path, at: datetime = WORKDAY) -> dict[Item, Found]:
    return {found.item: found for found in look_at_office(place, clock=SettableClock(at))}


def opened(place: Path, at: datetime = WORKDAY) -> Desk:
    return open_desk(place, clock=SettableClock(at))


def verdicts(found: dict[Item, Found]) -> dict[Item, str]:
    return {item: one.verdict.value for item, one in found.items()}


def test_a_sound_desk_is_good_but_for_its_empty_register(place: Path) -> None:
    found = look(place)
    assert found[Item.DATABASE].code == "register-empty"
    assert found[Item.DATABASE].verdict is Verdict.ATTENTION
    others = {item: one for item, one in found.items() if item is not Item.DATABASE}
    assert {one.verdict for one in others.values()} == {Verdict.GOOD}
    assert list(found) == [item for item in Item if item in found]


def test_settings_that_cannot_be_read_leave_the_rest_unseen(place: Path) -> None:
    (place / CONFIG_NAME).write_text("office = [", encoding="utf-8")
    found = look(place)
    assert found[Item.SETTINGS].verdict is Verdict.FAULT
    assert found[Item.SETTINGS].helper is Helper.ADMINISTRATOR
    for item in (Item.SECOND_PERSON, Item.DATABASE, Item.CLOCK, Item.HOURS, Item.MAIL):
        assert (found[item].verdict, found[item].facts["needs"]) == (Verdict.UNSEEN, "settings")


@pytest.mark.sqlite_only("a file is missing or damaged")
def test_a_missing_database_is_told_and_not_made(place: Path) -> None:
    (place / "ebidadmin.sqlite").unlink()
    found = look(place)
    assert found[Item.DATABASE].verdict is Verdict.FAULT
    assert found[Item.MAIL].facts["needs"] == "database"
    assert not (place / "ebidadmin.sqlite").exists()


@pytest.mark.sqlite_only("a file is missing or damaged")
def test_a_damaged_database_is_told(place: Path) -> None:
    file = place / "ebidadmin.sqlite"
    file.write_bytes(b"SQLite format 3\0" + b"x" * (file.stat().st_size - 16))
    assert look(place)[Item.DATABASE].verdict is Verdict.FAULT


def test_a_database_that_lacks_a_table_is_told(place: Path) -> None:
    by_hand(place, f"DROP TABLE audit_events {'CASCADE' if KIND == 'postgresql' else ''}")
    found = look(place)
    assert found[Item.DATABASE].verdict is Verdict.FAULT


@pytest.mark.parametrize("year", [1999, 2150])
def test_a_clock_of_an_impossible_year_is_told(place: Path, year: int) -> None:
    found = look(place, WORKDAY.replace(year=year))
    assert (found[Item.CLOCK].code, found[Item.CLOCK].verdict) == ("clock-wrong", Verdict.FAULT)
    assert found[Item.DATABASE].facts["needs"] == "clock"


def test_a_clock_behind_the_trail_is_told(place: Path) -> None:
    with closing(opened(place)) as desk:
        permits.record(
            desk.office,
            staff=desk.staff,
            supplier_number="190000092",
            received=WORKDAY.date(),
            channel=PaperChannel.FAX,
        )
    assert look(place, WORKDAY - timedelta(minutes=4))[Item.CLOCK].verdict is Verdict.GOOD
    behind = look(place, WORKDAY - timedelta(minutes=6))[Item.CLOCK]
    assert (behind.code, behind.verdict) == ("clock-behind", Verdict.FAULT)
    assert datetime.fromisoformat(str(behind.facts["last"])) == WORKDAY


def test_a_closed_door_is_no_fault_and_says_when_it_opens(place: Path) -> None:
    saturday = look(place, WORKDAY + timedelta(days=1))[Item.HOURS]
    assert (saturday.code, saturday.verdict) == ("door-closed-now", Verdict.ATTENTION)
    opening = datetime.fromisoformat(str(saturday.facts["next_opening"]))
    assert opening == datetime(2026, 11, 30, 8, 30, tzinfo=JST)


def write_mail(place: Path, at: datetime) -> int:
    """A mail in the outbox, written at a moment; its number."""
    with closing(opened(place, at)) as desk, desk.office.uow() as unit:
        draft = MailDraft(MailKind.ID_SUBMITTED, ("office@example.jp",), "件名", "本文\n")
        recorded = domain_permits.record(
            permit_id=PermitId("P000001"),
            supplier_number=SupplierNumber("190000092"),
            received=jst_date(at),
            channel=PaperChannel.FAX,
            by=desk.staff.login,
            at=at,
        )
        unit.record(recorded, mails=[draft])
        unit.commit()
    with closing(opened(place, at)) as desk, desk.office.uow() as unit:
        return unit.mails.list()[0].id


def test_mails_that_nobody_sends_are_told(place: Path) -> None:
    write_mail(place, WORKDAY)
    assert look(place, WORKDAY + timedelta(minutes=59))[Item.MAIL].code == "mail-good"
    late = look(place, WORKDAY + timedelta(minutes=61))[Item.MAIL]
    assert (late.code, late.verdict, late.facts["waiting"]) == ("mails-lie", Verdict.ATTENTION, 1)


@pytest.mark.parametrize(
    ("state", "attempts", "code", "verdict"),
    [
        ("waiting", 2, "mails-deferred", Verdict.ATTENTION),
        ("gave-up", 5, "mails-gave-up", Verdict.FAULT),
        ("sent", 1, "mail-good", Verdict.GOOD),
    ],
)
def test_mails_that_do_not_go_are_told(
    place: Path, state: str, attempts: int, code: str, verdict: Verdict
) -> None:
    number = write_mail(place, WORKDAY)
    sent = "written_at" if state == "sent" else "NULL"
    by_hand(
        place,
        f"UPDATE mail_outbox SET state = '{state}', attempts = {attempts}, sent_at = {sent} WHERE id = {number}",
    )
    found = look(place, WORKDAY + timedelta(hours=2))[Item.MAIL]
    assert (found.code, found.verdict) == (code, verdict)


def test_a_mail_folder_that_is_a_file_is_told(place: Path) -> None:
    set_up(place, 'folder = "mail"', 'folder = "ebidadmin.toml"')
    found = look(place)[Item.MAIL]
    assert (found.code, found.verdict) == ("mail-folder-unwritable", Verdict.FAULT)


def test_where_another_sends_the_mail_folder_is_not_this_persons(place: Path) -> None:
    set_up(place, 'folder = "mail"', 'folder = "ebidadmin.toml"')
    set_up(place, "send_at_once = true", "send_at_once = false")
    assert look(place)[Item.MAIL].code == "mail-good"


def test_missing_parts_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "SCREEN_PACKAGES", ("ipywidgets", "no-such-package"))
    found = look(place)[Item.COMPONENTS]
    assert (found.verdict, found.facts["missing"]) == (Verdict.FAULT, "no-such-package")


def test_an_old_python_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "OLDEST_PYTHON", (99, 0))
    assert look(place)[Item.PROGRAM].code == "python-old"


def say(place: Path, old: str, new: str) -> None:
    settings = place / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.sqlite_only("one person works alone on SQLite only")
def test_a_desk_that_is_taken_for_one_persons_is_noted(place: Path) -> None:
    assert look(place)[Item.SECOND_PERSON].code == "nobody-confirms"
    settings = (place / CONFIG_NAME).read_text(encoding="utf-8")
    before, section, after = settings.partition("[permit]\n")
    after = after.replace("second_person = false", "second_person = true", 1)
    (place / CONFIG_NAME).write_text(before + section + after, encoding="utf-8")
    noted = look(place)[Item.SECOND_PERSON]
    assert (noted.code, noted.verdict, noted.helper) == (
        *("typed-confirmation-unsaid", Verdict.ATTENTION),
        Helper.ADMINISTRATOR,
    )
    assert noted.facts == {"settings": "permit.second_person"}
    for said, code in (("true", "typed-confirmation"), ("false", "another-confirms")):
        say(place, "[database]\n", f"[database]\none_person = {said}\n")
        found = look(place)[Item.SECOND_PERSON]
        assert (found.code, found.verdict) == (code, Verdict.GOOD)
        say(place, f"\none_person = {said}\n", "\n")


def test_where_several_work_another_person_confirms(place: Path) -> None:
    several_work_at(place)
    say(place, "second_person = false", "second_person = true")
    found = look(place)[Item.SECOND_PERSON]
    assert (found.code, found.verdict) == ("another-confirms", Verdict.GOOD)
    assert found.facts["settings"] == ", ".join(
        f"{section}.second_person" for section in ("import", "permit", "review", "registration")
    )

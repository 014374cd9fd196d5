"""A desk's settings: what is shipped is sound, and every mistake is named with its section and key."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.config_mail import KIND_KEYS
from ebidadmin.domain.doors import DEFAULT_HOURS, Door
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import ConfigurationError

SHIPPED = (bundled("data") / "desk" / CONFIG_NAME).read_text(encoding="utf-8")

ON_SQLITE = 'url = "sqlite:///ebidadmin.sqlite"'


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / CONFIG_NAME).write_text(SHIPPED, encoding="utf-8")
    return tmp_path


def edit(desk: Path, old: str, new: str) -> Path:
    text = (desk / CONFIG_NAME).read_text(encoding="utf-8")
    assert old in text
    (desk / CONFIG_NAME).write_text(text.replace(old, new, 1), encoding="utf-8")
    return desk


SECTIONS = ("review", "registration", "import", "permit")
"""Those that may want a second person."""


def within(desk: Path, section: str, old: str, new: str) -> Path:
    """``edit`` in that section."""
    text = (desk / CONFIG_NAME).read_text(encoding="utf-8")
    before, head, after = text.partition(f"\n[{section}]\n")
    own, following, rest = after.partition("\n[")
    assert old in own + "\n"
    changed = (own + "\n").replace(old, new, 1).removesuffix("\n")
    (desk / CONFIG_NAME).write_text(before + head + changed + following + rest, encoding="utf-8")
    return desk


def test_the_shipped_settings_are_the_manuals(desk: Path) -> None:
    config = load_config(desk)
    settings = config.settings()
    assert settings.hours == DEFAULT_HOURS
    assert settings.target_days == 5
    assert settings.lease == timedelta(minutes=15)
    assert settings.enterprise_prefix == "13521"
    assert settings.findings.permit_blocks is True
    assert settings.auto_approve is False
    assert config.closures == (((12, 29), (1, 3)),)
    assert config.extra_closed == ()


def test_places_are_relative_to_the_desk(desk: Path) -> None:
    config = load_config(desk)
    assert config.database_url == f"sqlite:///{desk.resolve() / 'ebidadmin.sqlite'}"
    assert config.mail_folder == desk.resolve() / "mail"
    assert config.inbox == desk.resolve() / "inbox"


def test_another_database_is_taken_as_it_stands(desk: Path) -> None:
    edit(desk, 'url = "sqlite:///ebidadmin.sqlite"', 'url = "postgresql+psycopg://server/office"')
    assert load_config(desk).database_url == "postgresql+psycopg://server/office"


def test_hours_and_closures_are_read(desk: Path) -> None:
    edit(desk, 'opens = "08:30"', 'opens = "09:15"')
    edit(desk, '["12-29/01-03"]', '["12-28/01-04", "08-13/08-15"]')
    edit(desk, "extra_closed = []", 'extra_closed = ["2026-02-10"]')
    config = load_config(desk)
    assert config.settings().hours[Door.BIDDING].opens == time(9, 15)
    assert config.closures == (((12, 28), (1, 4)), ((8, 13), (8, 15)))
    assert config.extra_closed == (date(2026, 2, 10),)


def test_an_address_of_a_database_that_cannot_work_is_not_repeated(desk: Path) -> None:
    """It may hold the password of the database."""
    edit(desk, "sqlite:///ebidadmin.sqlite", "postgresql:/ebid:Canary-pass-93x!@db/ebid")
    with pytest.raises(ConfigurationError, match="setting-invalid") as refused:
        load_config(desk)
    assert refused.value.facts["setting"] == "database.url"
    assert "Canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "code", "setting"),
    [
        ("target_days = 5", "target_dais = 5", "setting-unknown", "review.target_dais"),
        ("[review]", "[revue]", "setting-unknown", "revue"),
        ("target_days = 5\n", "", "setting-missing", "review.target_days"),
        ("target_days = 5", 'target_days = "5"', "setting-wrong-type", "review.target_days"),
        ("target_days = 5", "target_days = true", "setting-wrong-type", "review.target_days"),
        ("target_days = 5", "target_days = 0", "setting-invalid", "review.target_days"),
        ("target_days = 5", "target_days = 999999", "setting-invalid", "review.target_days"),
        ("lease_minutes = 15", "lease_minutes = 99999999999999", "setting-invalid", "review.lease_minutes"),
        ("idle_lock_minutes = 0", "idle_lock_minutes = -1", "setting-invalid", "desk.idle_lock_minutes"),
        ("idle_lock_minutes = 0", "idle_lock_minutes = 1441", "setting-invalid", "desk.idle_lock_minutes"),
        ("idle_lock_minutes = 0", 'idle_lock_minutes = "x"', "setting-wrong-type", "desk.idle_lock_minutes"),
        ('["12-29/01-03"]', '["01-01/12-31"]', "setting-invalid", "calendar.closures"),
        ('opens = "08:30"', 'opens = "08:30+09:00"', "setting-invalid", "hours.bidding"),
        ('url = "sqlite:///ebidadmin.sqlite"', 'url = "ebidadmin.sqlite"', "setting-invalid", "database.url"),
        ("lease_minutes = 15", "lease_minutes = 0", "setting-invalid", "review.lease_minutes"),
        ("permit_blocks = true", "permit_blocks = 1", "setting-wrong-type", "review.permit_blocks"),
        ('transport = "folder"', 'transport = "pigeon"', "setting-invalid", "mail.transport"),
        ('transport = "folder"', 'transport = "smtp"', "setting-invalid", "mail.smtp.host"),
        ("send_at_once = true", 'send_at_once = "no"', "setting-wrong-type", "mail.send_at_once"),
        ("retries = 8", "retries = 0", "setting-invalid", "mail.retries"),
        ('host = ""', 'host = "smtp://mail.example.jp"', "setting-invalid", "mail.smtp.host"),
        ('host = ""', 'host = "me@mail.example.jp"', "setting-invalid", "mail.smtp.host"),
        ("port = 587", "port = 0", "setting-invalid", "mail.smtp.port"),
        ("port = 587", 'port = "587"', "setting-wrong-type", "mail.smtp.port"),
        ('security = "starttls"', 'security = "ssl"', "setting-invalid", "mail.smtp.security"),
        ("timeout = 20", "timeout = 61", "setting-invalid", "mail.smtp.timeout"),
        ('ca_file = ""', "ca_file = false", "setting-wrong-type", "mail.smtp.ca_file"),
        ("port = 587", 'port = 587\npassword = "Canary-pass-93x!"', "setting-unknown", "mail.smtp.password"),
        (ON_SQLITE, f'{ON_SQLITE}\none_person = "no"', "setting-wrong-type", "database.one_person"),
        ("scale_share = 0.05", "scale_share = 5", "setting-invalid", "import.scale_share"),
        ("[permit]\n", "[permit]\nrequest_dais = 5\n", "setting-unknown", "permit.request_dais"),
        (
            'enterprise_prefix = "13521"',
            'enterprise_prefix = "13-21"',
            "setting-invalid",
            "registration.enterprise_prefix",
        ),
        ('["12-29/01-03"]', '["12-29"]', "setting-invalid", "calendar.closures"),
        ('["12-29/01-03"]', '["12-32/01-03"]', "setting-invalid", "calendar.closures"),
        ('["12-29/01-03"]', "[1229]", "setting-wrong-type", "calendar.closures"),
        ("extra_closed = []", 'extra_closed = ["2026-02-30"]', "setting-invalid", "calendar.extra_closed"),
        ('opens = "08:30"', 'opens = "8 o"', "setting-invalid", "hours.bidding.opens"),
        ('closes = "20:00"', 'closes = "08:00"', "setting-invalid", "hours.bidding.closes"),
        ('module = "simulated"', 'module = " "', "setting-invalid", "card.module"),
        ("time_limit = 15", "time_limit = 0", "setting-invalid", "card.time_limit"),
        ("time_limit = 15", 'time_limit = "15"', "setting-wrong-type", "card.time_limit"),
    ],
)
def test_a_mistake_is_named_with_section_and_key(
    desk: Path, old: str, new: str, code: str, setting: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(edit(desk, old, new))
    assert caught.value.code == code
    assert caught.value.facts["setting"] == setting
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("second_person = false", "second_person = 1", "setting-wrong-type", "second_person"),
        ("second_person = false", "two_persons = true", "setting-unknown", "two_persons"),
        ("request_days = 5", "request_days = 0", "setting-invalid", "request_days"),
        ("request_days = 5", 'request_days = "5"', "setting-wrong-type", "request_days"),
    ],
)
def test_a_mistake_about_a_second_person_is_named_in_each_section(
    desk: Path, section: str, old: str, new: str, code: str, key: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(within(desk, section, old, new))
    assert (caught.value.code, caught.value.facts["setting"]) == (code, f"{section}.{key}")


def test_a_share_may_be_a_whole_number(desk: Path) -> None:
    assert load_config(edit(desk, "scale_share = 0.05", "scale_share = 1")).settings().scale_share == 1.0


def test_cards_are_simulated_unless_a_module_is_named(desk: Path) -> None:
    assert load_config(desk).card_module is None
    section = 'module = "simulated"\n# カードの一つの操作を待つ時間(秒)\ntime_limit = 15\n'
    assert load_config(edit(desk, section, "")).card_module is None


def test_a_desk_made_before_mail_servers_came_writes_into_its_folder(desk: Path) -> None:
    text = (desk / CONFIG_NAME).read_text(encoding="utf-8")
    before, _, after = text.partition("\n[mail.smtp]\n")
    (desk / CONFIG_NAME).write_text(before + "\n[review]" + after.partition("[review]")[2], encoding="utf-8")
    config = load_config(desk)
    assert (config.mail.transport, config.mail.smtp.host, config.smtp_ca_file) == ("folder", "", None)


def test_every_kind_of_mail_has_its_setting_and_is_sent_unless_it_says_no(desk: Path) -> None:
    assert set(KIND_KEYS.values()) == {kind.value for kind in MailKind}
    assert set(KIND_KEYS.values()) <= {line.partition(" =")[0] for line in SHIPPED.splitlines()}
    assert load_config(desk).settings().unmailed == frozenset()
    edit(desk, "id-suspended = true", "id-suspended = false")
    assert load_config(edit(desk, "card-expires = true\n", "")).settings().unmailed == {MailKind.ID_SUSPENDED}


@pytest.mark.parametrize(
    ("new", "code", "setting"),
    [
        ('id-suspended = "no"', "setting-wrong-type", "mail.kinds.id-suspended"),
        ("id-suspended = 0", "setting-wrong-type", "mail.kinds.id-suspended"),
        ("id_suspended = false", "setting-unknown", "mail.kinds.id_suspended"),
    ],
)
def test_a_mistake_in_the_kinds_is_named(desk: Path, new: str, code: str, setting: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(edit(desk, "id-suspended = true", new))
    assert (caught.value.code, caught.value.facts["setting"]) == (code, setting)


def test_a_mail_server_is_read(desk: Path) -> None:
    edit(desk, 'transport = "folder"', 'transport = "smtp"')
    edit(desk, 'host = ""', 'host = "mail.city.example.jp"')
    config = load_config(edit(desk, 'ca_file = ""', 'ca_file = "data/ca.pem"'))
    assert (config.mail.smtp.host, config.mail.smtp.port, config.mail.smtp.security) == (
        *("mail.city.example.jp", 587, "starttls"),
    )
    assert config.smtp_ca_file == desk.resolve() / "data" / "ca.pem"


def test_the_module_of_the_cards_is_found_from_the_desk(desk: Path) -> None:
    named = load_config(edit(desk, 'module = "simulated"', 'module = "/usr/lib/opensc-pkcs11.so"'))
    assert named.card_module == Path("/usr/lib/opensc-pkcs11.so")
    assert named.simulated_cards.parent == named.folder


def test_a_second_person_is_wanted_only_where_it_says_so(desk: Path) -> None:
    shipped = load_config(desk).settings()
    assert (shipped.second_person, shipped.request_days) == (False, 5)
    within(desk, "import", "second_person = false", "second_person = true")
    asked = load_config(within(desk, "import", "request_days = 5", "request_days = 3")).settings()
    assert (asked.second_person, asked.request_days) == (True, 3)


def test_one_person_works_alone_on_sqlite_unless_it_says_otherwise(desk: Path) -> None:
    assert load_config(desk).settings().one_person is True
    edit(desk, ON_SQLITE, f"{ON_SQLITE}\none_person = false")
    assert load_config(desk).settings().one_person is False
    edit(desk, "one_person = false", "one_person = true")
    assert load_config(desk).settings().one_person is True


def test_several_work_on_postgresql_and_it_cannot_say_otherwise(desk: Path) -> None:
    several = 'url = "postgresql+psycopg://server/office"'
    edit(desk, ON_SQLITE, several)
    assert load_config(desk).settings().one_person is False
    edit(desk, several, f"{several}\none_person = true")
    with pytest.raises(ConfigurationError, match="one-person-on-server") as caught:
        load_config(desk)
    assert dict(caught.value.facts) == {"setting": "database.one_person"}


def permit_section(desk: Path, content: str) -> Path:
    """Put these lines in place of the section about permits."""
    text = (desk / CONFIG_NAME).read_text(encoding="utf-8")
    before, _, after = text.partition("[permit]\n")
    (desk / CONFIG_NAME).write_text(
        f"{before}{content}\n[card]\n{after.partition('[card]')[2]}", encoding="utf-8"
    )
    return desk


def test_a_second_person_for_permits_is_a_setting_of_its_own(desk: Path) -> None:
    shipped = load_config(desk).settings()
    assert (shipped.permit_second_person, shipped.permit_request_days) == (False, 5)
    asked = load_config(permit_section(desk, "[permit]\nsecond_person = true\nrequest_days = 2")).settings()
    assert (asked.permit_second_person, asked.permit_request_days) == (True, 2)
    assert asked.second_person is False
    old = load_config(permit_section(desk, "[permit]\n")).settings()
    assert (old.permit_second_person, old.permit_request_days) == (False, 5)


def test_a_desk_made_before_permits_had_settings_means_their_defaults(desk: Path) -> None:
    text = (desk / CONFIG_NAME).read_text(encoding="utf-8")
    before, _, after = text.partition("[permit]\n")
    (desk / CONFIG_NAME).write_text(f"{before}[card]{after.partition('[card]')[2]}", encoding="utf-8")
    assert load_config(desk).settings().permit_second_person is False


def test_no_lifetime_of_a_proposal_is_nothing(desk: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(permit_section(desk, "[permit]\nrequest_days = 0"))
    assert caught.value.facts["setting"] == "permit.request_days"


def test_a_desk_made_before_a_setting_came_means_its_default(desk: Path) -> None:
    for section in SECTIONS:
        within(desk, section, "second_person = false\n", "")
        within(desk, section, "request_days = 5\n", "")
    settings = load_config(desk).settings()
    assert (settings.second_person, settings.request_days) == (False, 5)
    assert (settings.permit_second_person, settings.permit_request_days) == (False, 5)
    assert (settings.bulk_second_person, settings.bulk_request_days) == (False, 5)
    assert (settings.cancel_second_person, settings.cancel_request_days) == (False, 5)


def test_a_folder_without_settings_is_no_desk(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="desk-missing"):
        load_config(tmp_path)


@pytest.mark.parametrize("content", [b"[office\n", '[office]\nname = "下関"'.encode("cp932")])
def test_a_file_that_is_not_toml_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONFIG_NAME).write_bytes(content)
    with pytest.raises(ConfigurationError, match="setting-not-toml"):
        load_config(tmp_path)


def test_idle_screens_are_locked_only_where_the_office_wants_it(desk: Path) -> None:
    assert load_config(desk).settings().idle_lock is None
    edit(desk, "[desk]\n", "[desk]\n# ten minutes\n")
    edit(desk, "idle_lock_minutes = 0", "idle_lock_minutes = 10")
    assert load_config(desk).settings().idle_lock == timedelta(minutes=10)


def test_a_desk_of_before_the_lock_has_none(desk: Path) -> None:
    text = SHIPPED.replace("[desk]\n", "").replace("idle_lock_minutes = 0\n", "")
    (desk / CONFIG_NAME).write_text(text, encoding="utf-8")
    assert load_config(desk).settings().idle_lock is None

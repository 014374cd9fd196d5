"""Desk work on an ID at the terminal, and the letter with the one-time code: in the PDF, and nowhere else."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from ebidadmin.bootstrap import open_desk
from ebidadmin.domain.ids import UserId
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.services import id_credentials
from ebidadmin.services.id_credentials import NewPassword
from tests.acceptance.conftest import Ebid
from tests.canary import found_in

IDENTITY = ("--identity", "counter", "--document", "driving-licence")


@pytest.fixture(scope="module")
def template(demo_desk: Callable[[str], Path]) -> Path:
    return demo_desk("id-desk")


@pytest.fixture
def office(template: Path) -> Path:
    return template


def first(folder: Path, state: RegistrationState = RegistrationState.ACTIVE) -> Registration:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return next(one for one in uow.registrations.all() if one.state is state)


def again(folder: Path, one: Registration) -> Registration:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return uow.registrations.get(one.application)


def test_an_id_is_suspended_resumed_and_cancelled_by_the_version_that_was_seen(
    office: Path, ebid: Ebid
) -> None:
    one = first(office)
    shown = ebid("registration", "show", one.supplier_number, "--desk", office, "--json").value
    assert [each["version"] for each in shown["ids"]] == [one.version]
    version = one.version
    for verb, state in (("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled")):
        arguments = ("registration", verb, one.application, "--reason", "指名停止", "--desk", office)
        dry = ebid(*arguments, "--version", version, "--dry-run", "--json")
        assert (dry.code, again(office, one).version) == (0, version)
        stale = ebid(*arguments, "--version", version + 5)
        assert stale.code == 1
        done = ebid(*arguments, "--version", version, "--json").value
        version += 1
        assert (done["state"], done["version"]) == (state, version)
    assert (
        ebid(
            "registration", "resume", one.application, "--version", version, "--reason", "x", "--desk", office
        ).code
        == 1
    )


def test_what_the_front_end_reports_locks_and_the_desk_unlocks(office: Path, ebid: Ebid) -> None:
    one = first(office)
    for _ in range(3):
        assert ebid("registration", "login-failed", one.user_id.upper(), "--desk", office).code == 0
    assert ebid("registration", "login-failed", "daremo0000", "--desk", office).code == 0
    locked = again(office, one)
    assert locked.state is RegistrationState.LOCKED
    command = ("registration", "unlock", one.application, "--version", locked.version, "--desk", office)
    assert ebid(*command).code == 2
    assert ebid(*command, *IDENTITY, "--json").value["state"] == "active"


def letter_of(office: Path, one: Registration, *more: str) -> subprocess.CompletedProcess[bytes]:
    command = ["registration", "reset-code", one.application, "--version", str(one.version), *IDENTITY, *more]
    return subprocess.run(
        [sys.executable, "-m", "ebidadmin", *command, "--desk", str(office)],
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_the_letter_holds_a_code_that_sets_a_new_id_and_no_file_holds_it(office: Path) -> None:
    one = first(office)
    assert letter_of(office, one, "--dry-run").stdout == b""
    assert again(office, one).code is None
    done = letter_of(office, one)
    assert (done.returncode, done.stderr) == (0, b"")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(done.stdout)).pages)
    assert one.supplier_number in text
    assert "御中" in text
    code = next(line for line in text.splitlines() if line.count("-") == 3 and line.isascii()).strip()
    assert len(code) == 19
    files = [path for path in office.rglob("*") if path.is_file()]
    for word in (code, code.replace("-", "")):
        assert [path for path in files if found_in(path.read_bytes(), word)] == []
    with closing(open_desk(office)) as desk:
        password = b"Atarashii77"
        after = id_credentials.reset(
            desk.office,
            staff=desk.staff,
            supplier_number=one.supplier_number,
            code=bytearray(code.lower().encode()),
            user_id="shinki9999",
            new=NewPassword(bytearray(password), bytearray(password)),
        )
        assert after.user_id == UserId("shinki9999")
        signed = id_credentials.sign_in(
            desk.office, staff=desk.staff, user_id="shinki9999", password=bytearray(password)
        )
    assert signed.application == one.application


def test_a_stale_version_makes_no_letter(office: Path) -> None:
    one = first(office)
    stale = subprocess.run(
        [
            *(sys.executable, "-m", "ebidadmin", "registration", "reset-code", one.application),
            *("--version", str(one.version + 9), *IDENTITY, "--desk", str(office)),
        ],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (stale.returncode, stale.stdout) == (1, b"")
    assert b"Traceback" not in stale.stderr

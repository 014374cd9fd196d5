"""A real JupyterHub on this machine, with two members of staff who have accounts and log-ins of the database of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.furnish import furnish
from ebidadmin.clock import jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.staff import Role
from ebidadmin.services import permits
from tests.browser.counter import NAME, SUPPLIER
from tests.browser.hub.accounts import Accounts, accounts
from tests.browser.hub.opened import opened
from tests.needs import ROOT, require_component
from tests.postgres import PostgresServer, running_server
from tests.waiting import wait_until

PASSWORD = "tests-on-loopback-only"
"""What the hub of the tests takes from everybody in its list; an office's hub asks the machine."""

SECONDS = 120

DATABASE = "ebidadmin"

NEEDED = (Path(sys.base_prefix), ROOT, Path(sys.prefix))
"""What people's programs consist of."""

CONFIG = """
load_subconfig({deployed!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allowed_users = {users!r}
c.Authenticator.delete_invalid_users = False
c.Spawner.args = ["--LabApp.expose_app_in_browser=True"]
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
"""


@dataclass(frozen=True)
class Office:
    """An office on PostgreSQL whose server knows local people by their accounts. ``env`` is what the scripts of ``deploy`` are told."""

    folder: Path
    people: Accounts
    server: PostgresServer
    env: dict[str, str]

    def login(self, name: str) -> str:
        return self.people.members[name]

    def home(self, name: str) -> Path:
        return self.folder.parent.parent / "home" / name

    def aside(self) -> Path:
        made = self.folder.parent.parent / "aside"
        made.mkdir(exist_ok=True)
        return made

    def script(self, name: str, *arguments: str) -> None:
        """Run one of the scripts by which an administrator sets the office up."""
        command = opened([str(ROOT / "deploy" / name), *arguments], NEEDED, aside=self.aside())
        done = subprocess.run(command, env=self.env, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def desk(self, name: str) -> Iterator[Desk]:
        """The office as that person's program has it, behind the screens' back."""
        mine = self.folder.parent.parent / f"desk-{name}"
        text = self.folder.joinpath(CONFIG_NAME).read_text(encoding="utf-8")
        shared, own = self.server.peer_url(DATABASE), self.server.peer_url(DATABASE, self.login(name))
        mine.mkdir(exist_ok=True)
        mine.joinpath(CONFIG_NAME).write_text(text.replace(shared, own), encoding="utf-8")
        for part in ("data", "notebooks", "reports", "mail", "inbox"):
            if not mine.joinpath(part).exists():
                mine.joinpath(part).symlink_to(self.folder / part)
        with closing(open_desk(mine)) as desk:
            yield desk


@dataclass(frozen=True)
class Hub:
    address: str
    office: Office
    log: Path


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that other accounts can pass: pytest's own is closed to them."""
    made = Path(tempfile.mkdtemp(prefix="ebid-hub-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def people(place: Path) -> Iterator[Accounts]:
    require_component("root")
    homes = place / "home"
    homes.mkdir(mode=0o755)
    with accounts(homes, "sato", "suzuki", "owner", "tanaka", "jobs", "before") as made:
        yield made


@pytest.fixture(scope="module")
def peer_server(people: Accounts) -> Iterator[PostgresServer]:
    require_component("postgres")
    with running_server() as server:
        server.ask_peers(people.members["owner"], people.members["before"])
        yield server


@pytest.fixture(scope="module")
def hub_office(place: Path, people: Accounts, peer_server: PostgresServer) -> Office:
    """The demo office, set up by the scripts that an administrator runs; sato reviews, suzuki reviews and approves."""
    require_component("hub-proxy")
    office = Office(place / "srv" / "desk", people, peer_server, _told(place, people, peer_server))
    office.script("set-up.sh")
    # Whoever did the work until today.
    office.script("add-person.sh", people.members["before"], "前任者", *(role.value for role in Role))
    with office.desk("before") as desk:
        furnish(desk.folder)
        permits.record(
            desk.office,
            staff=desk.staff,
            supplier_number=SUPPLIER,
            received=jst_date(desk.office.clock.now()),
            channel=PaperChannel.FAX,
            applicant=NAME,
        )
    office.script("add-person.sh", people.members["sato"], "佐藤花子", "reviewer")
    office.script("add-person.sh", people.members["suzuki"], "鈴木一郎", "reviewer", "approver")
    office.script("add-person.sh", people.members["tanaka"], "田中次郎", "help-desk")
    settings = office.folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    for one in ("second_person", "always"):
        text = text.replace(f"{one} = false", f"{one} = true")
    settings.write_text(text, encoding="utf-8")
    # A second time: everything is there, and what came since is opened to whom it is for.
    office.script("set-up.sh")
    return office


def _told(place: Path, people: Accounts, server: PostgresServer) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "EBIDADMIN_PREFIX": sys.prefix,
        "EBIDADMIN_OFFICE": str(place / "srv" / "desk"),
        "EBIDADMIN_HUB_STATE": str(place / "state"),
        "EBIDADMIN_UNITS": str(place / "units"),
        "EBIDADMIN_ETC": str(place / "etc"),
        "EBIDADMIN_STAFF_GROUP": people.group,
        "EBIDADMIN_READERS_GROUP": people.readers,
        "EBIDADMIN_OWNER": people.members["owner"],
        "EBIDADMIN_JOBS": people.members["jobs"],
        "EBIDADMIN_DATABASE": DATABASE,
        "EBIDADMIN_URL": server.peer_url(DATABASE),
        "EBIDADMIN_PSQL": server.psql(),
    }


@pytest.fixture(scope="module")
def hub(place: Path, hub_office: Office) -> Iterator[Hub]:
    require_component("hub-proxy")
    with running_hub(place, hub_office) as made:
        yield made


@contextmanager
def running_hub(place: Path, office: Office) -> Iterator[Hub]:
    state = place / "state"
    ports = _free_ports(3)
    config = state / "config.py"
    config.write_text(
        CONFIG.format(
            deployed=str(place / "etc" / "jupyterhub_config.py"), password=PASSWORD, users=set(office.people.members.values()),
            hub_port=ports[1], api_port=ports[2],
        ),
        encoding="utf-8",
    )  # fmt: skip
    address = f"http://127.0.0.1:{ports[0]}"
    env = office.env | {"EBIDADMIN_HUB_URL": address}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(config)]
    log = state / "hub.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            opened(command, NEEDED, aside=office.aside()),
            env=env, cwd=state, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(
            lambda: _answers(ports[0]) or process.poll() is not None, what="the hub answers", seconds=SECONDS
        )
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield Hub(address, office, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(SECONDS)
        finally:
            _end_group(process.pid)


def _end_group(leader: int) -> None:
    """What the hub left behind, were it killed."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _answers(port: int) -> bool:
    """Not the proxy alone, which comes before the hub."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/hub/health")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()

"""A real server: notebooks are clean on disk, the page knows the screens, a taken port is no obstacle, core dumps are off."""

from __future__ import annotations

import json
import selectors
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ebidadmin.lab.serverext import listed_notebooks, page_config_hook
from ebidadmin.text.notebooks import STAFF_NOTEBOOKS
from tests.needs import ROOT

SERVE = """
import sys
from pathlib import Path
from ebidadmin.lab.launch import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]), open_browser=False)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, int, int]]:
    """Folder, address, process id of a server whose wished port was taken, and that port."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "notebooks", desk / "notebooks")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(desk), str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(60), "the server said nothing for a minute"
        line = process.stdout.readline()
        yield desk, line.removeprefix("ebidadmin: ").strip(), process.pid, port
    process.terminate()
    rest = process.stdout.read()
    process.wait(20)
    process.stdout.close()
    assert rest == "", "exactly one line is printed"


def ask(
    address: str, method: str, path: str, body: dict[str, Any] | None = None, *, token: bool = True
) -> tuple[int, str]:
    parts = urlsplit(address)
    headers = {"Authorization": f"token {parse_qs(parts.query)['token'][0]}"} if token else {}
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_address_is_local_carries_a_token_and_avoids_a_taken_port(server: tuple[Path, str, int, int]) -> None:
    _, address, _, taken = server
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1"
    assert parts.port != taken
    assert parts.path == "/lab/tree/00_home.ipynb"
    assert len(parse_qs(parts.query)["token"][0]) == 48
    assert ask(address, "GET", "/api/contents", token=False)[0] == 403


def test_saving_through_the_server_leaves_no_output_in_the_file(server: tuple[Path, str, int, int]) -> None:
    desk, address, _, _ = server
    path = desk / "notebooks" / "00_home.ipynb"
    dirty = json.loads(path.read_text(encoding="utf-8"))
    dirty["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "himitsu"}]
    dirty["cells"][1]["execution_count"] = 5
    dirty["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": "himitsu"}}}
    status, _ = ask(
        address,
        "PUT",
        "/api/contents/00_home.ipynb",
        {"type": "notebook", "format": "json", "content": dirty},
    )
    assert status == 200
    assert "himitsu" not in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][1]["execution_count"] is None


def test_a_notebook_that_cannot_be_cleaned_is_refused_and_not_written(
    server: tuple[Path, str, int, int],
) -> None:
    desk, address, _, _ = server
    body = {"type": "file", "format": "text", "content": '{"nbformat": 3, "himitsu": 1}'}
    status, answer = ask(address, "PUT", "/api/contents/old.ipynb", body)
    assert status == 400
    assert "Traceback" not in answer
    assert not (desk / "notebooks" / "old.ipynb").exists()


def test_the_guide_is_there_for_those_who_are_let_in(server: tuple[Path, str, int, int]) -> None:
    _, address, _, _ = server
    status, page = ask(address, "GET", "/ebidadmin/guide")
    assert (status, 'lang="ja"' in page, 'id="review"' in page) == (200, True, True)
    for path in ("/ebidadmin/guide", "/ebidadmin/guide/home.png"):
        assert ask(address, "GET", path, token=False)[0] in {302, 403}
    for wrong in ("no_such.png", "index.md", "home.txt", "..%2f..%2fpyproject.toml"):
        assert ask(address, "GET", f"/ebidadmin/guide/{wrong}")[0] == 404


def test_a_picture_of_the_guide_comes_as_one(server: tuple[Path, str, int, int]) -> None:
    _, address, _, _ = server
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(
        "GET",
        "/ebidadmin/guide/home.png",
        headers={"Authorization": f"token {parse_qs(parts.query)['token'][0]}"},
    )
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.read() == (ROOT / "docs" / "guide" / "home.png").read_bytes()
    connection.close()


def test_page_names_the_screens_and_speaks_japanese(server: tuple[Path, str, int, int]) -> None:
    _, address, _, _ = server
    _, page = ask(address, "GET", "/lab")
    config = json.loads(
        page.partition('id="jupyter-config-data"')[2].partition(">")[2].partition("</script>")[0]
    )
    listed = json.loads(config["ebidadmin"])["notebooks"]
    assert [item["name"] for item in listed] == [item.name for item in STAFF_NOTEBOOKS]
    assert "ebidadmin-lab" in [item["name"] for item in config["federated_extensions"]]


@pytest.mark.parametrize(
    ("plugin", "key", "value"),
    [
        ("@jupyterlab/translation-extension:plugin", "locale", "ja_JP"),
        ("@jupyter-widgets/jupyterlab-manager:plugin", "saveState", False),
        ("@jupyterlab/docmanager-extension:plugin", "autosave", False),
        ("@jupyterlab/apputils-extension:notification", "fetchNews", "false"),
        ("@jupyterlab/apputils-extension:themes", "adaptive-theme", True),
        ("@jupyterlab/notebook-extension:tracker", "kernelShutdown", True),
        ("@jupyterlab/notebook-extension:tracker", "windowingMode", "none"),
    ],
)
def test_settings_of_the_interface_are_ours(
    server: tuple[Path, str, int, int], plugin: str, key: str, value: object
) -> None:
    _, answer = ask(server[1], "GET", f"/lab/api/settings/{plugin}")
    assert json.loads(answer)["schema"]["properties"][key]["default"] == value


@pytest.mark.parametrize("name", ["EBIDADMIN_DESK", "JUPYTER_CONFIG_DIR"])
def test_process_became_the_server_of_this_desk_without_core_dumps(
    server: tuple[Path, str, int, int], name: str
) -> None:
    desk, address, pid, _ = server
    proc = Path("/proc") / str(pid)
    environment = dict(
        entry.split("=", 1) for entry in (proc / "environ").read_text().split("\0") if "=" in entry
    )
    assert environment[name].startswith(str(desk.resolve()))
    token = parse_qs(urlsplit(address).query)["token"][0]
    assert token not in (proc / "cmdline").read_text()
    limits = (proc / "limits").read_text()
    assert next(line for line in limits.splitlines() if "core file" in line).split()[4:6] == ["0", "0"]
    assert (proc / "exe").samefile(sys.executable)


def test_staff_notebooks_hold_a_title_and_exactly_the_listed_call() -> None:
    for item in STAFF_NOTEBOOKS:
        notebook = json.loads((ROOT / "notebooks" / item.name).read_text(encoding="utf-8"))
        title, code = notebook["cells"]
        assert "".join(title["source"]).startswith(f"# {item.title}\n")
        assert "".join(code["source"]) == item.code
        assert (code["outputs"], code["execution_count"]) == ([], None)
        assert "widgets" not in notebook["metadata"]


@pytest.mark.parametrize("extra", [{"name": "x"}, ["x"], [{"name": "x", "title": "t"}], 5])
def test_misspelt_configuration_of_further_screens_is_an_error(extra: object) -> None:
    with pytest.raises(ValueError, match="EbidadminLab"):
        listed_notebooks(extra)


def test_page_settings_come_last_and_keep_an_earlier_hook() -> None:
    hook = page_config_hook({"notebooks": []}, lambda handler, config: config | {"other": "1"})
    assert hook(None, {"ebidadmin": "from a file"}) == {"ebidadmin": '{"notebooks": []}', "other": "1"}

"""The part of ebidadmin that lives in the Jupyter server.

It cleans every notebook before it is saved, and tells JupyterLab which notebooks are screens that may run by themselves.
That list comes from here and from the server's own configuration only (``EbidadminLab.notebooks``), never from a
notebook: otherwise any notebook sent by mail would run when it is opened.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tornado.web import HTTPError

from ebidadmin.lab.cleaning import JsonObject, clean_model
from ebidadmin.lab.guide_handlers import guide_handlers
from ebidadmin.text import notebooks as staff
from ebidadmin.text.guide import GUIDE_ADDRESS

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

ANNOUNCE = "EBIDADMIN_ANNOUNCE"
"""Environment variable by which ``launch`` asks for one line with the address once the server answers."""

PAGE_CONFIG_KEY = "ebidadmin"
SECTION = "EbidadminLab"
_WANTED_KEYS = frozenset({"name", "title", "caption", "code"})


def clean_before_save(model: JsonObject, path: str, **_: object) -> None:
    """Pre-save hook. Whatever goes wrong refuses the save: Jupyter would only log another exception, and save."""
    try:
        clean_model(model, path)
    except Exception as error:  # the named edge of the server
        raise HTTPError(
            400, "ebidadmin: this notebook cannot be cleaned and was not saved", reason="not saved"
        ) from error


def listed_notebooks(extra: object = ()) -> list[dict[str, str]]:
    """The notebooks that run when opened: those of the staff and those of the server's configuration.

    Raises ``ValueError`` for an entry of the configuration that does not name exactly name, title, caption and code.
    """
    listed = [
        {"name": item.name, "title": item.title, "caption": item.caption, "code": item.code}
        for item in staff.STAFF_NOTEBOOKS
    ]
    if not isinstance(extra, list | tuple):
        raise ValueError(f"{SECTION}.notebooks is not a list")
    for entry in extra:
        if not isinstance(entry, Mapping) or set(entry) != _WANTED_KEYS:
            raise ValueError(f"{SECTION}.notebooks: each entry has exactly {sorted(_WANTED_KEYS)}")
        listed.append({key: str(value) for key, value in entry.items()})
    return listed


def page_settings(extra: object = ()) -> JsonObject:
    """What the JupyterLab extension reads."""
    return {
        "notebooks": listed_notebooks(extra),
        "guide": GUIDE_ADDRESS,
        "words": {
            "category": staff.LAUNCHER_CATEGORY,
            "starting": staff.SCREEN_STARTING,
            "changed": staff.SCREEN_CHANGED,
            "restarted": staff.SCREEN_RESTARTED,
            "lost": staff.SCREEN_LOST,
        },
    }


PageConfigHook = Callable[[Any, JsonObject], JsonObject]


def page_config_hook(settings: JsonObject, previous: PageConfigHook | None) -> PageConfigHook:
    """A hook that sets our page settings last, so that no file in a user's configuration can replace them."""
    text = json.dumps(settings, ensure_ascii=False)

    def hook(handler: object, page_config: JsonObject) -> JsonObject:
        if previous is not None:
            page_config = previous(handler, page_config)
        page_config[PAGE_CONFIG_KEY] = text
        return page_config

    return hook


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "ebidadmin.lab.serverext"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    serverapp.contents_manager.register_pre_save_hook(clean_before_save)  # type: ignore[no-untyped-call]  # Jupyter has no types here
    _tell_pages(serverapp)
    serverapp.web_app.add_handlers(".*$", guide_handlers(serverapp.base_url))  # type: ignore[no-untyped-call]  # nor here


def _tell_pages(serverapp: ServerApp) -> None:
    settings = serverapp.web_app.settings
    section = serverapp.config.get(SECTION, {})
    previous = settings.get("page_config_hook")
    if getattr(previous, "__module__", "") != __name__:
        settings["page_config_hook"] = page_config_hook(page_settings(section.get("notebooks", [])), previous)


async def _start_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Runs when the server listens and its loop turns."""
    # JupyterHub's own extension comes after this one's and puts its hook in the place of all others.
    _tell_pages(serverapp)
    if os.environ.get(ANNOUNCE) == "1":
        sys.stdout.write(f"ebidadmin: {address(serverapp)}\n")
        sys.stdout.flush()


def address(serverapp: ServerApp) -> str:
    """The address of the first screen, with the token that opens the door."""
    path = serverapp.default_url.removeprefix(serverapp.base_url)
    query = urlencode({"token": serverapp.identity_provider.token})
    return f"{serverapp.connection_url}{path}?{query}"

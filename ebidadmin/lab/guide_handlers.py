"""The server's answers to whoever opens the staff guide: the page and its pictures, for those only who are let into the server."""

from __future__ import annotations

from functools import cache
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from ebidadmin.bundled import bundled
from ebidadmin.lab.guide import guide_page
from ebidadmin.text.guide import GUIDE_ADDRESS


@cache
def _page() -> str:
    return guide_page(bundled("guide"))


class GuideHandler(JupyterHandler):
    """The page."""

    @authenticated
    def get(self) -> None:
        """Answer with it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(_page())


class GuidePictureHandler(JupyterHandler):
    """A picture; the address lets names of the guide's own files through only."""

    @authenticated
    def get(self, name: str) -> None:
        """Answer with it, or that there is none."""
        picture = bundled("guide") / name
        if not picture.is_file():
            raise HTTPError(404)
        self.set_header("Content-Type", "image/png")
        self.finish(picture.read_bytes())


def guide_handlers(base_url: str) -> list[tuple[str, type[Any]]]:
    """What the server has to be told, for the address that it lives at."""
    page = url_path_join(base_url, GUIDE_ADDRESS)
    return [(page, GuideHandler), (rf"{page}/(\w+\.png)", GuidePictureHandler)]

"""What the steps of a supplier's story share: fresh screens, what the desk has of the supplier, and what came by mail and as PDF."""

from __future__ import annotations

import email
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page
from pypdf import PdfReader

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.registrations import Registration
from tests.browser.conftest import ServedDesk, wait_for_front, wait_for_kernel, wait_for_screen
from tests.browser.counter import SUPPLIER, TYPED
from tests.mail_server import MailServer


@dataclass
class Story:
    """What a step needs; every screen is opened anew, as by somebody who sits down to do just that."""

    served: ServedDesk
    desk: Desk
    context: BrowserContext
    server: MailServer
    shot: Callable[[Page, str], Path]

    @contextmanager
    def screen(self, notebook: str, ready: str) -> Iterator[Page]:
        """A notebook once the part of its screen with that test id has its content."""
        page = self.context.new_page()
        page.goto(f"{self.served.notebook(notebook)}&reset")
        wait_for_front(page, notebook)
        wait_for_kernel(page)
        wait_for_screen(page, ready)
        yield page
        page.close()

    @property
    def number(self) -> str:
        """Of the supplier's newest application."""
        with self.desk.office.uow() as uow:
            return uow.applications.of_supplier(SupplierNumber(SUPPLIER))[0].number

    def state(self) -> ApplicationState:
        with self.desk.office.uow() as uow:
            return uow.applications.of_supplier(SupplierNumber(SUPPLIER))[0].state

    @property
    def registration(self) -> Registration:
        with self.desk.office.uow() as uow:
            found = uow.registrations.live_of(SupplierNumber(SUPPLIER))
        assert found is not None
        return found

    def tried(self, times: int) -> bool:
        """Whether so many wrong passwords in a row are counted."""
        return self.registration.failures == times

    def mail(self) -> EmailMessage:
        """The mail that came last, as the supplier gets it."""
        received = self.server.received[-1]
        assert received.recipients == (TYPED["email"],)
        message = email.message_from_bytes(received.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


def part(page: Page, testid: str) -> Locator:
    return page.get_by_test_id(testid).locator("visible=true")


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def plain(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    said: str = body.get_content()
    return said.replace("\r\n", "\n")

"""State of the bulk approval: the list that is shown before it is confirmed, and what became of each case of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, InputError, StorageError
from ebidadmin.presenters.desk_requests import told, wanted
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.request_list import Step, last_day
from ebidadmin.services import bulk_approval, desk_requests
from ebidadmin.services.bulk_approval import BulkList
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery, QueueReader
from ebidadmin.services.second_person import asks_word, is_of_typing
from ebidadmin.text import bulk_approval as words
from ebidadmin.text import desk_request_screen as request_words
from ebidadmin.text import undo as undo_words
from ebidadmin.text.queue import OTHER_CONFIRMATION
from ebidadmin.text.typed_confirmation import at_field


class BulkApproval:
    """``listed`` is the list under confirmation, ``None`` while there is none; ``notice`` what there is to say, ``errors`` what is wrong
    with the typed confirmation."""

    def __init__(self, office: Office, *, staff: Staff, reader: QueueReader) -> None:
        self._office, self._staff, self._reader = office, staff, reader
        self.listed: BulkList | None = None
        self.notice: Notice | None = None
        self.errors: Mapping[str, str] = {}
        self._lists = count(1)
        self.asked = ""
        """Which list this is: its yes names it, so that the yes of another list, pressed before the page had changed, does nothing."""

    @property
    def asks(self) -> bool:
        """Whether another person is asked instead of approving at once."""
        return wanted(self._office, DeskAct.BULK_APPROVE)

    @property
    def types(self) -> bool:
        """Whether the number of cases is typed, because nobody else is there."""
        return asks_word(self._office, self._office.settings.bulk_second_person)

    @property
    def offered(self) -> bool:
        """Whether the person may decide at all."""
        return self._staff.may(Permission.REVIEW)

    def begin(self, query: QueueQuery) -> None:
        """List what can be approved of that part of the queue."""
        self.listed, self.notice, self.errors = None, None, {}
        try:
            found = bulk_approval.ready(self._office, staff=self._staff, query=query, reader=self._reader)
        except EbidError as error:
            self.notice = refusal(error)
            return
        if found.cases:
            self._list(found)
        else:
            self.notice = Notice("info", words.NONE)

    def drop(self, number: str) -> None:
        """Take a case out of the list; it stays as it is. With the last one the list is gone."""
        if self.listed is None:
            return
        cases = tuple(case for case in self.listed.cases if case.number != number)
        self.notice = None
        if cases:
            self._list(BulkList(cases=cases, more=self.listed.more))
        else:
            self.listed = None

    def answers(self, asked: str) -> bool:
        """Whether a yes is that of the list which is shown; that it is another's is told."""
        if self.listed is None or self.asked == asked:
            return True
        self.notice = Notice("warning", OTHER_CONFIRMATION)
        return False

    def cancel(self) -> None:
        """Approve nothing."""
        self.listed, self.notice, self.errors = None, None, {}

    def confirm(self, typed: str | None = None) -> bool:
        """Approve what is listed, hand over the mails and tell what became of each, or ask another person for it; whether there was
        anything to do. ``typed`` is the typed confirmation; what is wrong with it leaves the list open, and so does a database that cannot
        be used while nothing is approved yet."""
        listed = self.listed
        if listed is None:
            return False
        try:
            self.notice = self._asked(listed) if self.asks else self._approved(listed, typed)
        except InputError as error:
            if is_of_typing(error):
                self.errors = {"typed": at_field(error)}
                return False
            self.notice = refusal(error)
        except StorageError as error:
            self.notice, self.errors = refusal(error), {}
            return False
        except EbidError as error:
            self.notice = refusal(error)
        self.listed, self.errors = None, {}
        return True

    def _list(self, listed: BulkList) -> None:
        self.listed, self.asked = listed, str(next(self._lists))

    def _asked(self, listed: BulkList) -> Notice:
        made = desk_requests.request_bulk(self._office, staff=self._staff, cases=listed.cases)
        return done(
            request_words.requested(made.id, last_day(made), DeskAct.BULK_APPROVE),
            undo=Undo(Step.WITHDRAW, made.id, undo_words.REQUEST),
        )

    def _approved(self, listed: BulkList, typed: str | None) -> Notice:
        outcomes = bulk_approval.approve_all(self._office, staff=self._staff, cases=listed.cases, typed=typed)
        first = outcomes[0].refused
        if isinstance(first, StorageError) and first.code not in bulk_approval.OF_ONE_CASE:
            raise first
        return told(self._office, self._staff, outcomes)

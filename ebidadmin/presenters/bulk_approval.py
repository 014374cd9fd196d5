"""State of the bulk approval: the list that is shown before it is confirmed, and what became of each case of it."""

from __future__ import annotations

from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.outgoing import send_waiting
from ebidadmin.services import bulk_approval
from ebidadmin.services.bulk_approval import BulkList, BulkOutcome
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery, QueueReader
from ebidadmin.text import bulk_approval as words
from ebidadmin.text import messages
from ebidadmin.text.queue import case_title


class BulkApproval:
    """``listed`` is the list under confirmation, ``None`` while there is none; ``notice`` what there is to say."""

    def __init__(self, office: Office, *, staff: Staff, reader: QueueReader) -> None:
        self._office, self._staff, self._reader = office, staff, reader
        self.listed: BulkList | None = None
        self.notice: Notice | None = None

    @property
    def offered(self) -> bool:
        """Whether the person may decide at all."""
        return self._staff.may(Permission.REVIEW)

    def begin(self, query: QueueQuery) -> None:
        """List what can be approved of that part of the queue."""
        self.listed, self.notice = None, None
        try:
            found = bulk_approval.ready(self._office, staff=self._staff, query=query, reader=self._reader)
        except EbidError as error:
            self.notice = refusal(error)
            return
        if found.cases:
            self.listed = found
        else:
            self.notice = Notice("info", words.NONE)

    def drop(self, number: str) -> None:
        """Take a case out of the list; it stays as it is. With the last one the list is gone."""
        if self.listed is None:
            return
        cases = tuple(case for case in self.listed.cases if case.number != number)
        self.listed = BulkList(cases=cases, more=self.listed.more) if cases else None

    def cancel(self) -> None:
        """Approve nothing."""
        self.listed, self.notice = None, None

    def confirm(self) -> bool:
        """Approve what is listed, hand over the mails and tell what became of each; whether there was anything to do."""
        listed, self.listed = self.listed, None
        if listed is None:
            return False
        try:
            outcomes = bulk_approval.approve_all(self._office, staff=self._staff, cases=listed.cases)
        except EbidError as error:
            self.notice = refusal(error)
            return True
        self.notice = self._told(outcomes)
        return True

    def _told(self, outcomes: tuple[BulkOutcome, ...]) -> Notice:
        undelivered = send_waiting(self._office, self._staff)
        left = tuple(
            words.left(case_title(one.trade_name, one.number), messages.sentence(one.refused))
            for one in outcomes
            if one.refused is not None
        )
        text = words.done(len(outcomes) - len(left), len(left))
        return Notice("warning", text, (*left, *undelivered)) if left else done(text, *undelivered)

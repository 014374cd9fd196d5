"""State of the lists of bulk approvals and cancellations that wait for a second person: what waits, whose it is, and deciding."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.domain.desk_requests import BulkBinding, DeskAct, DeskRequest
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.outgoing import send_newest, send_waiting, written_about
from ebidadmin.presenters.request_list import RequestList, Step, last_day
from ebidadmin.services import desk_requests as service
from ebidadmin.services.bulk_approval import BulkOutcome
from ebidadmin.services.desk_requests import CarriedOut, Listed, ShownRequest
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another
from ebidadmin.text import bulk_approval as bulk_words
from ebidadmin.text import desk_request_screen as words
from ebidadmin.text import formats, messages
from ebidadmin.text import import_requests as request_words
from ebidadmin.text.queue import MAIL_OFF, case_title


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRequestLine:
    """A request as it is shown, and what the person at the keyboard can do about it."""

    number: DeskRequestId
    state: str
    what: str
    by: str
    at: str
    until: str
    hint: str
    steps: tuple[Step, ...]


class DeskRequests(RequestList[DeskRequestLine]):
    """The requests for one kind of act. ``shown`` is all that the open question is about."""

    def __init__(self, office: Office, *, staff: Staff, act: DeskAct) -> None:
        super().__init__()
        self._office, self._staff, self.act = office, staff, act
        self.shown: ShownRequest | None = None

    @property
    def enabled(self) -> bool:
        """Whether the office wants a second person for it."""
        return wanted(self._office, self.act)

    def lines(self) -> tuple[DeskRequestLine, ...]:
        """The requests of which something can still come or that nobody has put away, newest first."""
        if not self.enabled or not self._staff.may(Permission.READ_PERSONAL):
            return ()
        try:
            found = service.list_all(self._office, staff=self._staff, act=self.act)
            return tuple(self._line(one) for one in found)
        except EbidError as error:
            self.notice = refusal(error)
            return ()

    def choose(self, step: str, number: str) -> None:
        """As every list does, and read all that the question is about."""
        super().choose(step, number)
        if self.chosen is None:
            return
        try:
            self.shown = service.shown(self._office, staff=self._staff, number=self.chosen[1].number)
        except EbidError as error:
            self.leave()
            self.notice = refusal(error)

    def leave(self) -> None:
        """Close the question; nothing was done."""
        super().leave()
        self.shown = None

    def confirm(self) -> None:
        """Confirm what the question is about, or carry it out."""
        if self.chosen is None or self.chosen[0] is not Step.CARRY_OUT:
            super().confirm()
            return
        number = self.chosen[1].number
        self._do(lambda: self._carry_out(number))

    def _confirm(self, number: str) -> str:
        service.confirm(self._office, staff=self._staff, number=DeskRequestId(number))
        return words.confirmed(number)

    def _decline(self, number: str, why: str) -> str:
        after = service.decline(self._office, staff=self._staff, number=DeskRequestId(number), reason=why)
        return request_words.declined(number, after.requested_by)

    def _withdraw(self, number: str) -> str:
        return request_words.withdrawn(
            service.withdraw(self._office, staff=self._staff, number=DeskRequestId(number)).id
        )

    def _carry_out(self, number: DeskRequestId) -> Notice:
        asked = service.shown(self._office, staff=self._staff, number=number).registration
        if asked is None:
            return self._approved(service.carry_out(self._office, staff=self._staff, number=number))
        about = Subject(SubjectKind.REGISTRATION, asked.application)
        before = written_about(self._office, self._staff, about)
        service.carry_out(self._office, staff=self._staff, number=number)
        written = written_about(self._office, self._staff, about) - before
        sent = send_newest(self._office, self._staff, about, written) if written else (MAIL_OFF,)
        return done(words.cancelled(asked.user_id), *sent)

    def _approved(self, carried: CarriedOut) -> Notice:
        if carried.request.state is RequestState.CONFIRMED:
            text = words.NOTHING_APPROVED.format(number=carried.request.id)
            return Notice("warning", text, left(carried.outcomes))
        return told(self._office, self._staff, carried.outcomes)

    def _line(self, listed: Listed) -> DeskRequestLine:
        one = listed.request
        return DeskRequestLine(
            number=one.id,
            state=words.state(listed.over or one.state, one.confirmed_by),
            what=self._what(one),
            by=one.requested_by,
            at=formats.moment(one.requested_at),
            until=last_day(one),
            hint=words.OWN
            if listed.own and listed.over is None and one.state is RequestState.REQUESTED
            else "",
            steps=self._steps(listed),
        )

    def _what(self, one: DeskRequest) -> str:
        if isinstance(one.binding, BulkBinding):
            return words.bulk(len(one.binding.cases))
        shown = service.shown(self._office, staff=self._staff, number=one.id)
        user_id = "" if shown.registration is None else shown.registration.user_id
        return words.cancelling(shown.trade_name, one.binding.supplier_number, user_id)

    def _steps(self, listed: Listed) -> tuple[Step, ...]:
        confirmed = listed.request.state is RequestState.CONFIRMED
        carries = listed.over is None and confirmed and self._staff.may(Permission.REVIEW)
        steps = (Step.CARRY_OUT,) if carries else ()
        if listed.own:
            return (*steps, Step.WITHDRAW) if self._staff.may(Permission.REVIEW) else ()
        if not self._staff.may(Permission.CONFIRM_DESK):
            return steps
        decides = listed.over is None and not confirmed
        return (*steps, *((Step.CONFIRM,) if decides else ()), Step.DECLINE)


def wanted(office: Office, act: DeskAct) -> bool:
    """Whether another person is to be asked for it."""
    settings = office.settings
    asked = {
        DeskAct.BULK_APPROVE: settings.bulk_second_person,
        DeskAct.CANCEL: settings.cancel_second_person,
    }
    return asks_another(office, asked[act])


def told(office: Office, staff: Staff, outcomes: tuple[BulkOutcome, ...]) -> Notice:
    """What became of each case of a list, once its mails were handed over."""
    undelivered = send_waiting(office, staff)
    refused = left(outcomes)
    text = bulk_words.done(len(outcomes) - len(refused), len(refused))
    return Notice("warning", text, (*refused, *undelivered)) if refused else done(text, *undelivered)


def left(outcomes: tuple[BulkOutcome, ...]) -> tuple[str, ...]:
    """The cases that were not approved, and why."""
    return tuple(
        bulk_words.left(case_title(one.trade_name, one.number), messages.sentence(one.refused))
        for one in outcomes
        if one.refused is not None
    )

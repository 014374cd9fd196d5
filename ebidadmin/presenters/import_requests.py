"""State of the second person's part of the import screen: what waits, whose it is, and confirming, declining, taking back."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.domain.ids import RequestId
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.request_list import RequestList, Step, last_day
from ebidadmin.services import import_requests as service
from ebidadmin.services.import_requests import Listed
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another
from ebidadmin.text import formats
from ebidadmin.text import import_requests as words
from ebidadmin.text import imports as import_words
from ebidadmin.text import undo as undo_words


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request as it is shown, and what the person at the keyboard can do about it."""

    number: RequestId
    state: str
    what: str
    counts: tuple[tuple[str, str], ...]
    scale: tuple[str, ...]
    note: str
    file_hash: str
    by: str
    at: str
    until: str
    hint: str
    steps: tuple[Step, ...]


class ImportRequests(RequestList[RequestLine]):
    """Requests for large imports and undoings, and what there is to say of the plan that is being looked at."""

    def __init__(self, office: Office, *, staff: Staff) -> None:
        super().__init__()
        self._office, self._staff = office, staff

    @property
    def enabled(self) -> bool:
        """Whether the office asks a second person."""
        return asks_another(self._office, self._office.settings.second_person)

    def lines(self) -> tuple[RequestLine, ...]:
        """The requests of which something can still come or that nobody has put away, newest first."""
        if not self.enabled:
            return ()
        try:
            return tuple(self._line(one) for one in service.list_all(self._office, staff=self._staff))
        except EbidError as error:
            self.notice = refusal(error)
            return ()

    # About the plan that is being looked at

    def standing(self, plan: ImportPlan, layout: Layout) -> ImportRequest | None:
        """The open request for exactly this plan."""
        return service.standing(self._office, plan=plan, layout=layout)

    def bars(self, plan: ImportPlan, layout: Layout) -> bool:
        """Whether the plan may not be applied for want of a second person."""
        if not (self.enabled and plan.scale_warnings):
            return False
        found = self.standing(plan, layout)
        return found is None or found.state is not RequestState.CONFIRMED

    def wanting(self, plan: ImportPlan, layout: Layout) -> bool:
        """Whether nobody has asked for a second person yet, and somebody should."""
        return self.bars(plan, layout) and self.standing(plan, layout) is None

    def verdict(self, plan: ImportPlan, layout: Layout) -> Notice:
        """What a large plan amounts to."""
        listed = tuple(import_words.scale_warning(code, share) for code, share in plan.scale_warnings)
        found = self.standing(plan, layout)
        if found is None:
            return Notice("warning", words.NEEDED, (*listed, words.NEEDED_ITEM))
        if found.confirmed_by is not None:
            return Notice("success", words.CONFIRMED.format(id=found.id, by=found.confirmed_by), listed)
        at = formats.moment(found.requested_at)
        return Notice("warning", words.WAITING.format(id=found.id, by=found.requested_by, at=at), listed)

    def ask(self, plan: ImportPlan, layout: Layout, note: str) -> Notice:
        """Ask for a second person. Raises ``EbidError``."""
        self.notice = None
        made = service.request(self._office, staff=self._staff, plan=plan, layout=layout, note=note)
        return done(
            words.requested(made.id, last_day(made), made.binding.undertaking),
            undo=Undo(Step.WITHDRAW, made.id, undo_words.REQUEST),
        )

    # Inside

    def _confirm(self, number: str) -> str:
        after = service.confirm(self._office, staff=self._staff, number=RequestId(number))
        return words.confirmed(after.id, after.requested_by, after.binding.undertaking)

    def _decline(self, number: str, why: str) -> str:
        after = service.decline(self._office, staff=self._staff, number=RequestId(number), reason=why)
        return words.declined(after.id, after.requested_by)

    def _withdraw(self, number: str) -> str:
        return words.withdrawn(service.withdraw(self._office, staff=self._staff, number=RequestId(number)).id)

    def _line(self, listed: Listed) -> RequestLine:
        one = listed.request
        binding = one.binding
        return RequestLine(
            number=one.id,
            state=words.state(listed.over or one.state, one.confirmed_by),
            what=words.undertaking(
                binding.undertaking, file=binding.file_name, version=binding.register_version
            ),
            counts=(
                (import_words.COUNT_ADDED, import_words.suppliers(binding.added)),
                (import_words.COUNT_CHANGED, import_words.suppliers(binding.changed)),
                (import_words.COUNT_VANISHED, import_words.suppliers(binding.vanished)),
                (import_words.COUNT_UNCHANGED, import_words.suppliers(binding.unchanged)),
            ),
            scale=tuple(import_words.scale_warning(code, share) for code, share in one.scale_warnings),
            note=one.note,
            file_hash=binding.file_hash,
            by=one.requested_by,
            at=formats.moment(one.requested_at),
            until=last_day(one),
            hint=_hint(listed),
            steps=self._steps(listed),
        )

    def _steps(self, listed: Listed) -> tuple[Step, ...]:
        if listed.own:
            return (Step.WITHDRAW,)
        if not self._staff.may(Permission.CONFIRM_IMPORT):
            return ()
        if listed.over is not None or listed.request.state is not RequestState.REQUESTED:
            return (Step.DECLINE,)
        return (Step.CONFIRM, Step.DECLINE)


def _hint(listed: Listed) -> str:
    if not listed.own or listed.over is not None:
        return ""
    if listed.request.state is RequestState.REQUESTED:
        return words.OWN
    return words.OWN_CONFIRMED[listed.request.binding.undertaking]

"""What a step of a permit asks for, and doing it: typed words become values, and refusals sentences at their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ebidadmin.domain.ids import DispatchId, ProposalId
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel, Permit
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.written_dates import parse_date
from ebidadmin.services import permit_dispatch, permit_proposals, permits
from ebidadmin.services.ports import Office
from ebidadmin.text import permit_screen as words

NEEDED: Mapping[str, Mapping[str, str]] = {
    words.RECORD: {"received": words.DATE_MISSING, "channel": words.CHANNEL_MISSING},
    words.DISPATCH: {"channel": words.CHANNEL_MISSING},
    words.CORRECT: {"channel": words.CHANNEL_MISSING},
}
"""Fields that a step cannot do without, with what is said where one is empty; what else is missing the services say."""

ACTS: Mapping[str, PermitAct] = {
    words.GRANT: PermitAct.GRANT,
    words.REFUSE: PermitAct.REFUSE,
    words.WITHDRAW: PermitAct.WITHDRAW,
    words.VOID: PermitAct.VOID,
}
"""Steps that may need a second person."""

DATES = ("received", "valid_from", "valid_to", "withdrawn_from", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody is about to do. ``permit`` is as it was seen (``None``: a paper is being recorded), ``row`` the wrong row of the
    dispatch register, ``proposal`` what waits for a second person; ``checked`` says whether remarks must be ticked off, ``asks`` whether
    a second person is asked instead of deciding at once, ``types`` whether the supplier number is typed again instead; ``values`` are
    what the form begins with."""

    verb: str
    question: str
    permit: Permit | None = None
    row: DispatchId | None = None
    proposal: ProposalId | None = None
    checked: bool = False
    asks: bool = False
    types: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


class Doing:
    """Does steps. ``dates`` are the words of written dates."""

    def __init__(self, office: Office, *, staff: Staff, dates: DateWords) -> None:
        self._office, self._staff, self._dates = office, staff, dates

    def errors(self, step: Step, values: Mapping[str, str]) -> dict[str, str]:
        """What is missing or cannot be read, by field."""
        wrong = {
            key: said for key, said in NEEDED.get(step.verb, {}).items() if not values.get(key, "").strip()
        }
        wrong |= self.day_errors(values)
        if step.checked and values.get("checked") != "1":
            wrong["checked"] = words.CHECK_MISSING
        return wrong

    def day_errors(self, values: Mapping[str, str]) -> dict[str, str]:
        """Which days cannot be read, by field."""
        wrong = {}
        for key in DATES:
            try:
                self.day_of(values, key)
            except ValueError:
                wrong[key] = words.DATE_WRONG
        return wrong

    def day_of(self, values: Mapping[str, str], key: str) -> date | None:
        """The day in a field; ``None`` for an empty one. Raises ``ValueError`` for what is no date."""
        written = values.get(key, "").strip()
        return parse_date(written, self._dates) if written else None

    def do(self, step: Step, values: Mapping[str, str]) -> Permit:
        """Do it as it was named; the permit afterwards. Raises what the service raises."""
        if step.permit is None:
            return self._record(values)
        if step.proposal is not None:
            return self._second(step, step.permit, step.proposal, values)
        if step.asks:
            self._propose(step.verb, step.permit, values)
            return step.permit
        verbs: dict[str, Callable[[Permit, Mapping[str, str]], Permit]] = {
            words.GRANT: self._grant,
            words.REFUSE: self._refuse,
            words.WITHDRAW: self._withdraw,
            words.VOID: self._void,
        }
        if step.verb in verbs:
            return verbs[step.verb](step.permit, values)
        self._dispatch(step, step.permit, values)
        return step.permit

    def _record(self, values: Mapping[str, str]) -> Permit:
        reply = values.get("reply_channel", "")
        received = self.day_of(values, "received")
        if received is None:
            raise ValueError("the day of receipt was asked for")
        return permits.record(
            self._office,
            staff=self._staff,
            supplier_number=values.get("supplier_number", ""),
            received=received,
            channel=PaperChannel(values["channel"]),
            applicant=values.get("applicant", ""),
            note=values.get("note", ""),
            reply_channel=PaperChannel(reply) if reply else None,
        )

    def _grant(self, seen: Permit, values: Mapping[str, str]) -> Permit:
        return permits.grant(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            version=seen.version,
            valid_from=self.day_of(values, "valid_from"),
            valid_to=self.day_of(values, "valid_to"),
            typed=values.get("typed"),
        )

    def _refuse(self, seen: Permit, values: Mapping[str, str]) -> Permit:
        return permits.refuse(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            version=seen.version,
            reasons=_codes(values),
            note=values.get("note", ""),
            typed=values.get("typed"),
        )

    def _withdraw(self, seen: Permit, values: Mapping[str, str]) -> Permit:
        return permits.withdraw(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            version=seen.version,
            reason=values.get("reason", ""),
            withdrawn_from=self.day_of(values, "withdrawn_from"),
            typed=values.get("typed"),
        )

    def _void(self, seen: Permit, values: Mapping[str, str]) -> Permit:
        return permits.void(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            version=seen.version,
            reason=values.get("reason", ""),
            typed=values.get("typed"),
        )

    def _propose(self, verb: str, seen: Permit, values: Mapping[str, str]) -> None:
        permit_proposals.propose(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            act=ACTS[verb],
            version=seen.version,
            valid_from=self.day_of(values, "valid_from"),
            valid_to=self.day_of(values, "valid_to"),
            reasons=_codes(values),
            wording=values.get("note", "") if verb == words.REFUSE else values.get("reason", ""),
            withdrawn_from=self.day_of(values, "withdrawn_from"),
        )

    def _second(self, step: Step, seen: Permit, number: ProposalId, values: Mapping[str, str]) -> Permit:
        if step.verb == words.CONFIRM:
            return permit_proposals.confirm(self._office, staff=self._staff, number=number)[1]
        if step.verb == words.DECLINE:
            permit_proposals.decline(
                self._office, staff=self._staff, number=number, reason=values.get("reason", "")
            )
        else:
            permit_proposals.withdraw(self._office, staff=self._staff, number=number)
        return seen

    def _dispatch(self, step: Step, seen: Permit, values: Mapping[str, str]) -> None:
        note = values.get("note", "")
        if step.verb == words.CANCEL and step.row is not None:
            permit_dispatch.cancel(
                self._office, staff=self._staff, permit_id=seen.id, wrong=step.row, note=note
            )
            return
        permit_dispatch.dispatch(
            self._office,
            staff=self._staff,
            permit_id=seen.id,
            channel=PaperChannel(values["channel"]),
            day=self.day_of(values, "day"),
            recipient=values.get("recipient", ""),
            note=note,
            corrects=step.row,
        )


def _codes(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(code for code in values.get("reasons", "").split(",") if code)

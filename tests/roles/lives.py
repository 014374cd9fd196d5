"""Which steps of states the domain has: found by trying every verb on a record in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ebidadmin.domain import (
    applications,
    card_sessions,
    cards,
    desk_requests,
    followups,
    id_desk_work,
    import_requests,
    mails,
    permit_proposals,
    permits,
    registrations,
    report_runs,
    staff_members,
)
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.card_sessions import CardSession, CardStep, SessionState
from ebidadmin.domain.cards import CardState
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.followups import About, FollowUp, FollowUpCode, FollowUpState, RegistrationKind
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import CardId, EnterpriseId, FollowUpId, ProposalId, RequestId, UserId
from ebidadmin.domain.import_requests import Binding, ImportRequest, Undertaking
from ebidadmin.domain.mails import MailDraft, MailKind, MailState, OutboxMail
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.registrations import OneTimeCode, Registration, RegistrationState
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, RunState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Role
from ebidadmin.domain.staff_members import StaffState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import EbidError
from tests import builders
from tests.builders import NOON, SAMPLE_HASH
from tests.cards.builders import kept, registered
from tests.cards.builders import session as walk
from tests.domain import test_desk_requests as tests_of_requests

Step = tuple[str, str]
Verb = Callable[[Any], Transition[Any] | None]

LATER = NOON + timedelta(days=30)
ASKED, OTHER = "tanaka", "suzuki"
DONE: dict[str, Any] = {"by": OTHER, "at": NOON}
SEEN = IdentityCheck(IdentityMeans.COUNTER, IdentityDocument.DRIVING_LICENCE)


@dataclass(frozen=True)
class Life:
    """``one`` is a record; ``told`` what it has to say beside its state in a state; ``verbs`` all that there are; ``made`` the states in
    which records begin."""

    states: type[StrEnum]
    one: Any
    verbs: Sequence[Verb]
    made: frozenset[str]
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def steps(self) -> frozenset[Step]:
        return frozenset(self._steps())

    def _steps(self) -> Iterator[Step]:
        for state in self.states:
            one = replace(self.one, state=state, **self.told.get(state.value, {}))
            for verb in self.verbs:
                try:
                    moved = verb(one)
                except EbidError:
                    continue
                if moved is not None and moved.after.state is not state:
                    yield (state.value, moved.after.state.value)


def _registration() -> Registration:
    application = builders.application()
    return registrations.create(
        application=application.number,
        supplier_number=application.supplier_number,
        enterprise_id=EnterpriseId("1352100000000001"),
        user_id=UserId("oi25io14"),
        password_hash=SAMPLE_HASH,
        main_contact=builders.contact(),
        applicant_contact=builders.contact(),
        **DONE,
    ).after


def _mail() -> OutboxMail:
    draft = MailDraft(MailKind.ID_APPROVED, ("a@example.jp",), "x", "x\n")
    about = Subject(SubjectKind.APPLICATION, "A1")
    return OutboxMail(id=1, message_id="x", draft=draft, about=about, written_at=NOON, not_before=NOON)


BINDING = Binding(
    undertaking=Undertaking.IMPORT,
    file_name="x.csv",
    file_hash="0" * 64,
    layout="ebidadmin",
    layout_digest="0" * 64,
    register_version=builders.batch_id(1),
    added=1,
    changed=0,
    unchanged=0,
    vanished=0,
    refused=0,
)


def _request() -> ImportRequest:
    return import_requests.request(
        number=RequestId("R000001"),
        binding=BINDING,
        scale_warnings=(("many-vanished", "0.5"),),
        note="",
        expires_at=LATER,
        by=ASKED,
        at=NOON,
    ).after


_PERMIT = builders.permit(granted=False)
_PROPOSED = permit_proposals.bound(_PERMIT, PermitAct.GRANT, valid_from=NOON.date())
_CONFIRMED = {"confirmed_by": OTHER, "confirmed_at": NOON}
_PERIOD = Period(report=ReportName.DAILY_REVIEW, key="2026-04-01", due=NOON)
_CODE = OneTimeCode(SAMPLE_HASH, LATER, 0)


def _follow_up() -> FollowUp:
    return FollowUp(
        id=FollowUpId("F00000001"),
        code=FollowUpCode.EXPIRED,
        about=About(RegistrationKind.CARD, "K1"),
        supplier_number=builders.supplier_number(),
        facts={},
        opened_at=NOON,
    )


def _settled(one: FollowUp) -> Transition[FollowUp] | None:
    """What a look at its cause makes of it when that went away."""
    moved = followups.reconcile(
        (),
        [one] if one.state is FollowUpState.OPEN else [],
        about=one.about,
        supplier_number=one.supplier_number,
        new_id=lambda: FollowUpId("F2"),
        **DONE,
    )
    return next(iter(moved), None)


def _finished(one: CardSession) -> Transition[CardSession]:
    return card_sessions.finish(one, registration=None, enterprise_id=None, by=one.person, at=NOON)


LIVES: Mapping[str, Life] = {
    "id_applications": Life(
        ApplicationState,
        builders.application(),
        (
            lambda one: applications.inquire(one, text="x", **DONE),
            lambda one: applications.answer(one, text="x", **DONE),
            lambda one: applications.approve(one, accepted={}, **DONE),
            lambda one: applications.reject(one, reasons=("other",), note="x", **DONE),
            lambda one: applications.withdraw(one, **DONE),
        ),
        made=frozenset({builders.application().state.value}),
        told={
            "inquired": {
                "inquiries": applications.inquire(builders.application(), text="x", **DONE).after.inquiries
            }
        },
    ),
    "permits": Life(
        PermitState,
        _PERMIT,
        (
            lambda one: permits.grant(
                one, document=builders.document(), valid_from=NOON.date(), valid_to=None, **DONE
            ),
            lambda one: permits.refuse(
                one, document=builders.document(), reasons=("other",), note="x", **DONE
            ),
            lambda one: permits.withdraw(one, reason="x", **DONE),
            lambda one: permits.void(one, reason="x", **DONE),
        ),
        made=frozenset({_PERMIT.state.value}),
        told={
            state: {
                "valid_from": NOON.date(),
                "document": builders.document(),
                "decided_at": NOON,
                "decided_by": ASKED,
            }
            for state in ("granted", "refused", "withdrawn")
        },
    ),
    "registrations": Life(
        RegistrationState,
        _registration(),
        (
            lambda one: id_desk_work.failed(one, limit=1, **DONE),
            lambda one: id_desk_work.succeeded(one, password_hash=None, **DONE),
            lambda one: id_desk_work.unlock(one, identity=SEEN, **DONE),
            lambda one: id_desk_work.suspend(one, reason="x", **DONE),
            lambda one: id_desk_work.resume(one, reason="x", **DONE),
            lambda one: id_desk_work.cancel(one, reason="x", **DONE),
            lambda one: id_desk_work.issue_code(
                one, code_hash=SAMPLE_HASH, expires_at=LATER, identity=SEEN, **DONE
            ),
            lambda one: id_desk_work.code_failed(replace(one, code=_CODE), **DONE),
            lambda one: id_desk_work.use_code(
                replace(one, code=_CODE), user_id=UserId("mattaku1"), password_hash=SAMPLE_HASH, **DONE
            ),
        ),
        made=frozenset({_registration().state.value}),
    ),
    "mail_outbox": Life(
        MailState,
        _mail(),
        (
            lambda one: mails.sent(one, **DONE),
            lambda one: mails.deferred(one, error="x", wait=timedelta(1), **DONE),
            lambda one: mails.gave_up(one, error="x", **DONE),
            lambda one: mails.retried(one, **DONE),
        ),
        made=frozenset({_mail().state.value}),
    ),
    "card_registrations": Life(
        CardState,
        registered(),
        (
            lambda one: cards.renew(
                one,
                card_id=CardId("K2"),
                certificate=kept(93),
                der=b"x",
                revocation=one.revocation,
                register_seen=None,
                **DONE,
            )[0],
            lambda one: cards.change_contact(one, contact=builders.contact(93), **DONE),
            lambda one: cards.suspend(one, reason="x", **DONE),
            lambda one: cards.resume(one, reason="x", **DONE),
            lambda one: cards.cancel(one, reason="x", **DONE),
        ),
        made=frozenset({registered().state.value}),
    ),
    "card_sessions": Life(
        SessionState,
        walk(),
        (_finished, lambda one: card_sessions.abandon(one, by=one.person, at=NOON)),
        made=frozenset({walk().state.value}),
        told={"open": {"step": CardStep.CONFIRM}},
    ),
    "follow_ups": Life(
        FollowUpState,
        _follow_up(),
        (lambda one: followups.resolve(one, note="x", **DONE), _settled),
        made=frozenset({_follow_up().state.value}),
    ),
    "import_requests": Life(
        RequestState,
        _request(),
        (
            lambda one: import_requests.confirm(one, register_version=BINDING.register_version, **DONE),
            lambda one: import_requests.decline(one, reason="x", **DONE),
            lambda one: import_requests.withdraw(one, by=ASKED, at=NOON),
            lambda one: import_requests.expire(
                one, register_version=BINDING.register_version, by=OTHER, at=LATER
            ),
            lambda one: import_requests.apply(one, binding=BINDING, batch=builders.batch_id(2), **DONE),
        ),
        made=frozenset({_request().state.value}),
        told={"confirmed": _CONFIRMED},
    ),
    "permit_proposals": Life(
        RequestState,
        permit_proposals.propose(
            _PERMIT, _PROPOSED, number=ProposalId("Q000001"), expires_at=LATER, by=ASKED, at=NOON
        ).after,
        (
            lambda one: permit_proposals.confirm(one, _PERMIT, document=builders.document(), **DONE)[0],
            lambda one: permit_proposals.decline(one, reason="x", **DONE),
            lambda one: permit_proposals.withdraw(one, by=ASKED, at=NOON),
            lambda one: permit_proposals.expire(one, _PERMIT, by=OTHER, at=LATER),
        ),
        made=frozenset({"requested"}),
        told={"confirmed": _CONFIRMED},
    ),
    "desk_requests": Life(
        RequestState,
        tests_of_requests.asked(by=ASKED, expires_at=LATER).after,
        (
            lambda one: desk_requests.confirm(one, stands=True, **DONE),
            lambda one: desk_requests.decline(one, reason="x", **DONE),
            lambda one: desk_requests.withdraw(one, by=ASKED, at=NOON),
            lambda one: desk_requests.expire(one, stands=True, by=OTHER, at=LATER),
            lambda one: desk_requests.apply(one, **DONE),
        ),
        made=frozenset({"requested"}),
        told={"confirmed": _CONFIRMED},
    ),
    "report_runs": Life(
        RunState,
        report_runs.start(_PERIOD, attempt=1, as_of=NOON, lease_until=LATER, by=OTHER, at=NOON).after,
        (
            lambda one: report_runs.finish(one, folder="x", **DONE),
            lambda one: report_runs.fail(one, failure=Failure.CELL, detail="", folder="", **DONE),
            lambda one: report_runs.declare_dead(one, **DONE),
        ),
        made=frozenset({"running", report_runs.miss(_PERIOD, by=OTHER, at=NOON).after.state.value}),
    ),
    "staff_members": Life(
        StaffState,
        staff_members.add(login="sato", name="", roles=[Role.REVIEWER], known=None, by=OTHER, at=NOON).after,
        (
            lambda one: staff_members.disable(one, **DONE),
            lambda one: staff_members.add(login=one.login, name="", roles=[Role.REVIEWER], known=one, **DONE),
            lambda one: staff_members.change_roles(one, grant=[Role.AUDITOR], revoke=[], **DONE),
        ),
        made=frozenset({"active"}),
        told={"disabled": {"roles": frozenset()}},
    ),
}
"""By the table in which the records are."""

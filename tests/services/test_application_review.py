"""Decisions of a reviewer: all of a decision or nothing, by whom may, on the version that was seen, past nobody's lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.errors import (
    ConcurrentEditError,
    IllegalTransitionError,
    InputError,
    NotEligibleError,
    NotFoundError,
    NotPermittedError,
    RuleError,
    StalePlanError,
    StorageError,
)
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import (
    HELPER,
    NOON,
    SUZUKI,
    TANAKA,
    application_number,
    contact,
    supplier_number,
)
from tests.fakes import MemoryStore, office
from tests.services.helpers import put, tags

Verb = Callable[[Office, IdApplication, Staff], object]

VERBS: dict[str, Verb] = {
    "approve": lambda desk, one, staff: review.approve(
        desk, staff=staff, number=one.number, version=one.version
    ),
    "reject": lambda desk, one, staff: review.reject(
        desk, staff=staff, number=one.number, version=one.version, reasons=("other",)
    ),
    "inquire": lambda desk, one, staff: review.inquire(
        desk, staff=staff, number=one.number, version=one.version, text="資料を送ってください。"
    ),
    "answer": lambda desk, one, staff: review.answer(
        desk, staff=staff, number=one.number, version=one.version, text=""
    ),
    "withdraw": lambda desk, one, staff: review.withdraw(
        desk, staff=staff, number=one.number, version=one.version
    ),
}

LEGAL = {
    ("pending", "approve"): "approved",
    ("pending", "reject"): "rejected",
    ("pending", "inquire"): "inquired",
    ("pending", "withdraw"): "withdrawn",
    ("inquired", "answer"): "pending",
    ("inquired", "withdraw"): "withdrawn",
}


def brought_to(desk: Office, store: MemoryStore, state: str) -> IdApplication:
    one = put(store)
    steps = {"inquired": "inquire", "approved": "approve", "rejected": "reject", "withdrawn": "withdraw"}
    if state in steps:
        VERBS[steps[state]](desk, one, TANAKA)
    return store.tables.applications[one.number]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", list(ApplicationState))
def test_each_verb_goes_from_its_states_only(
    desk: Office, store: MemoryStore, state: ApplicationState, verb: str
) -> None:
    one = brought_to(desk, store, state.value)
    before = store.tables
    if (state.value, verb) in LEGAL:
        after = VERBS[verb](desk, one, TANAKA)
        assert isinstance(after, IdApplication)
        assert after.state.value == LEGAL[state.value, verb]
        assert after.version == one.version + 1
        assert store.tables.applications[one.number] == after
    else:
        with pytest.raises(IllegalTransitionError) as refused:
            VERBS[verb](desk, one, TANAKA)
        assert refused.value.facts["state"] == state.value
        assert store.tables.applications == before.applications
        assert store.tables.mails == before.mails
        assert tags(store)[-1] is EventTag.REFUSED_BY_RULE


def test_approval_makes_registration_enterprise_id_and_mail_in_one_transaction(
    desk: Office, store: MemoryStore
) -> None:
    one = put(store)
    after = review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert after.state is ApplicationState.APPROVED
    registration = store.tables.registrations[one.number]
    assert registration.enterprise_id == "1352100000000001"
    assert registration.user_id == one.form.user_id
    assert registration.password_hash == one.password_hash
    (mail,) = store.tables.mails.values()
    assert mail.draft.kind is MailKind.ID_APPROVED
    assert mail.draft.to == (one.form.applicant_contact.email,)
    assert mail.about.id == one.number
    assert tags(store) == [EventTag.APPLICATION_APPROVED, EventTag.REGISTRATION_CREATED]


def test_a_supplier_keeps_the_enterprise_id_that_it_has(desk: Office, store: MemoryStore) -> None:
    from ebidadmin.domain.ids import EnterpriseId

    store.tables.enterprise_ids[supplier_number(92)] = EnterpriseId("1352100000000777")
    one = put(store)
    review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert store.tables.registrations[one.number].enterprise_id == "1352100000000777"


def test_a_failure_at_the_commit_leaves_nothing(desk: Office, store: MemoryStore) -> None:
    one = put(store)

    def fail() -> None:
        raise StorageError("disk-full")

    store.before_commit = fail
    with pytest.raises(StorageError):
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert store.tables.applications[one.number] == one
    assert not store.tables.registrations
    assert not store.tables.mails
    assert tags(store) == []


def test_a_blocking_finding_forbids_approval_and_the_trail_says_which(
    desk: Office, store: MemoryStore
) -> None:
    one = put(store, 94)
    with pytest.raises(NotEligibleError) as refused:
        review.approve(
            desk, staff=TANAKA, number=one.number, version=1, accepted={"permit-missing": "trust me"}
        )
    assert refused.value.facts["findings"] == (FindingCode.PERMIT_MISSING.value,)
    assert store.tables.applications[one.number] == one
    (entry,) = [entry for entry in store.tables.audit if entry.event.tag is EventTag.REFUSED_BY_RULE]
    assert entry.event.facts["findings"] == ["permit-missing"]
    assert entry.event.facts["verb"] == "approve"
    assert entry.event.by == "tanaka"


def test_a_permit_setting_turns_the_block_into_a_warning_to_be_accepted(store: MemoryStore) -> None:
    from ebidadmin.domain.findings import FindingPolicy
    from ebidadmin.services.settings import Settings

    desk = office(store, settings=Settings(findings=FindingPolicy(permit_blocks=False)))
    one = put(store, 94)
    with pytest.raises(InputError) as refused:
        review.approve(desk, staff=TANAKA, number=one.number, version=1, accepted={"permit-missing": "  "})
    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("permit-missing", "warning-not-accepted")
    ]
    after = review.approve(
        desk,
        staff=TANAKA,
        number=one.number,
        version=1,
        accepted={"permit-missing": " 紙で確認 ", "name-differs": "x"},
    )
    assert after.decision is not None
    assert after.decision.accepted == {"permit-missing": "紙で確認"}


def test_the_decision_keeps_the_findings_that_it_was_made_on(desk: Office, store: MemoryStore) -> None:
    one = put(store, main_contact=contact(92, person="別人"))
    review.approve(desk, staff=TANAKA, number=one.number, version=1)
    (entry,) = [entry for entry in store.tables.audit if entry.event.tag is EventTag.APPLICATION_APPROVED]
    findings = entry.event.facts["findings"]
    assert isinstance(findings, list)
    assert {"code": "representative-differs", "severity": "note"}.items() <= dict(findings[0]).items()  # type: ignore[arg-type]  # JSON


def test_rejection_needs_reasons_of_the_catalogue(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    for reasons, code in (((), "reason-missing"), (("other", "mood"), "reason-unknown")):
        with pytest.raises(InputError) as refused:
            review.reject(desk, staff=TANAKA, number=one.number, version=1, reasons=reasons)
        assert refused.value.code == code
        with pytest.raises(InputError):
            review.preview_mail(
                desk, staff=TANAKA, number=one.number, kind=MailKind.ID_REJECTED, reasons=reasons
            )
    assert tags(store) == []


def test_rejection_erases_the_hash_and_frees_the_user_id(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    after = review.reject(desk, staff=TANAKA, number=one.number, version=1, reasons=("other",), note=" 補足 ")
    assert after.password_hash is None
    assert after.decision is not None
    assert (after.decision.reasons, after.decision.note) == (("other",), "補足")
    with store() as uow:
        assert not uow.applications.user_id_taken(one.form.user_id)


def test_a_rejection_is_possible_while_a_finding_blocks(desk: Office, store: MemoryStore) -> None:
    one = put(store, 94)
    assert review.reject(
        desk, staff=TANAKA, number=one.number, version=1, reasons=("permit-missing",)
    ).state is (ApplicationState.REJECTED)


PREVIEWS: dict[str, dict[str, Any]] = {
    "reject": {"reasons": ("other",), "note": "補足"},
    "inquire": {"text": "お尋ねします"},
    "approve": {},
}
KINDS = {"reject": MailKind.ID_REJECTED, "inquire": MailKind.ID_INQUIRED, "approve": MailKind.ID_APPROVED}


@pytest.mark.parametrize("verb", PREVIEWS)
def test_the_mail_sent_is_the_mail_previewed(desk: Office, store: MemoryStore, verb: str) -> None:
    one = put(store)
    facts = PREVIEWS[verb]
    draft = review.preview_mail(desk, staff=TANAKA, number=one.number, kind=KINDS[verb], **facts)
    changed = replace(draft, body=draft.body + "x")
    decide = getattr(review, verb)
    with pytest.raises(StalePlanError) as stale:
        decide(desk, staff=TANAKA, number=one.number, version=1, previewed=changed, **facts)
    assert stale.value.code == "mail-changed"
    decide(desk, staff=TANAKA, number=one.number, version=1, previewed=draft, **facts)
    (mail,) = store.tables.mails.values()
    assert mail.draft == draft


def test_an_inquiry_needs_a_text_in_preview_and_decision(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    with pytest.raises(InputError):
        review.preview_mail(desk, staff=TANAKA, number=one.number, kind=MailKind.ID_INQUIRED, text="  ")
    with pytest.raises(InputError):
        review.inquire(desk, staff=TANAKA, number=one.number, version=1, text=" ")
    assert store.tables.applications[one.number] == one


def test_the_loser_of_a_race_learns_who_decided_what_and_when(
    desk: Office, store: MemoryStore, clock: SettableClock
) -> None:
    one = put(store)
    clock.advance(timedelta(minutes=3))
    review.reject(desk, staff=SUZUKI, number=one.number, version=1, reasons=("other",))
    review.note(desk, staff=TANAKA, number=one.number, text="電話あり")
    clock.advance(timedelta(minutes=1))
    with pytest.raises(ConcurrentEditError) as lost:
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
    facts = lost.value.facts
    assert (facts["by"], facts["state"], facts["expected"], facts["found"]) == ("suzuki", "rejected", 1, 2)
    assert facts["at"] == (NOON + timedelta(minutes=3)).isoformat()
    assert len(store.tables.mails) == 1
    assert tags(store)[-1] is EventTag.REFUSED_CONCURRENT


def test_the_winner_is_named_without_reading_the_whole_trail(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    review.withdraw(desk, staff=SUZUKI, number=one.number, version=1)
    with pytest.raises(ConcurrentEditError) as lost:
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert (lost.value.facts["by"], lost.value.facts["state"]) == ("suzuki", "withdrawn")


def test_a_version_from_nowhere_is_refused_even_without_a_trail(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    store.tables.audit.clear()
    with pytest.raises(ConcurrentEditError) as lost:
        review.approve(desk, staff=TANAKA, number=one.number, version=7)
    assert lost.value.facts["by"] is None


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_review_is_refused_and_logged(desk: Office, store: MemoryStore, verb: str) -> None:
    one = put(store)
    with pytest.raises(NotPermittedError):
        VERBS[verb](desk, one, HELPER)
    assert store.tables.applications[one.number] == one
    (entry,) = [entry for entry in store.tables.audit if entry.event.tag is EventTag.REFUSED_NOT_PERMITTED]
    assert (entry.event.by, entry.event.facts["permission"]) == ("yamada", "review")
    assert one.form.trade_name not in repr(entry)
    assert one.form.user_id not in repr(entry)


@pytest.mark.parametrize(
    ("role", "may_review", "may_read"),
    [
        (Role.REVIEWER, True, True),
        (Role.APPROVER, False, True),
        (Role.AUDITOR, False, True),
        (Role.HELP_DESK, False, False),
        (Role.IMPORTER, False, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_roles(desk: Office, store: MemoryStore, role: Role, may_review: bool, may_read: bool) -> None:
    staff, one = Staff("someone", frozenset({role})), put(store)
    for allowed, act in (
        (may_read, lambda: review.dossier(desk, staff=staff, number=one.number)),
        (may_review, lambda: review.note(desk, staff=staff, number=one.number, text="x")),
        (may_review, lambda: review.claim(desk, staff=staff, number=one.number)),
        (may_review, lambda: review.release(desk, staff=staff, number=one.number)),
        (
            may_review,
            lambda: review.preview_mail(desk, staff=staff, number=one.number, kind=MailKind.ID_APPROVED),
        ),
        (may_review, lambda: review.withdraw(desk, staff=staff, number=one.number, version=1)),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(NotPermittedError):
                act()


def test_what_is_not_there_is_said_so(desk: Office) -> None:
    missing = application_number(404)
    for act in (
        lambda: review.dossier(desk, staff=TANAKA, number=missing),
        lambda: review.note(desk, staff=TANAKA, number=missing, text="x"),
        lambda: review.claim(desk, staff=TANAKA, number=missing),
        lambda: review.approve(desk, staff=TANAKA, number=missing, version=1),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_notes_are_kept_in_any_state_and_never_mailed(desk: Office, store: MemoryStore) -> None:
    one = brought_to(desk, store, "rejected")
    mails = dict(store.tables.mails)
    review.note(desk, staff=TANAKA, number=one.number, text=" 窓口で説明 ")
    assert [note.text for note in store.tables.notes] == ["窓口で説明"]
    assert store.tables.mails == mails
    with pytest.raises(InputError):
        review.note(desk, staff=TANAKA, number=one.number, text=" ")


def test_a_second_live_id_is_refused(desk: Office, store: MemoryStore) -> None:
    review.approve(desk, staff=TANAKA, number=put(store).number, version=1)
    again = put(store, number=1)
    with pytest.raises(NotEligibleError) as refused:
        review.approve(desk, staff=TANAKA, number=again.number, version=1)
    assert refused.value.facts["findings"] == ("already-approved",)


def test_a_pending_application_without_a_hash_is_damage(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    store.tables.applications[one.number] = replace(one, password_hash=None)
    with pytest.raises(NotFoundError):
        review.approve(desk, staff=TANAKA, number=one.number, version=1)


def test_one_person_with_every_role_may_do_it_all(desk: Office, store: MemoryStore) -> None:
    everybody = Staff("hitori", ALL_ROLES)
    assert review.approve(desk, staff=everybody, number=put(store).number, version=1).version == 2


def test_a_user_id_that_another_took_meanwhile_stops_the_approval(desk: Office, store: MemoryStore) -> None:
    first = put(store, 93)
    review.approve(desk, staff=TANAKA, number=first.number, version=1)
    one = put(store)
    stolen = replace(one, form=replace(one.form, user_id=first.form.user_id))
    store.tables.applications[one.number] = stolen
    with pytest.raises(RuleError) as refused:
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert refused.value.code == "user-id-taken"
    assert store.tables.applications[one.number] == stolen
    assert one.number not in store.tables.registrations

"""The follow-up list: what a person should look at after a registration, because registering by card is immediate.

Causes are computed by pure functions from a registration and the register; ``reconcile`` compares them with what the list has. An item is
done by a person with a word, or settles itself when its cause goes away; nothing is ever cancelled because of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from ebidadmin.clock import jst_date
from ebidadmin.domain.cards import CardRegistration, Revocation
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import FollowUpId, SupplierNumber
from ebidadmin.domain.imports import TOUCHING_FIELDS
from ebidadmin.domain.names import MatchClass, NameRules, compare, compare_text
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import Facts, FactValue, IllegalTransitionError, InputError, Problem

WATCHED_FIELDS = (*TOUCHING_FIELDS, "delegate_name")
"""Fields of the register that a live registration rests on."""


class FollowUpCode(StrEnum):
    COMPANY_DIFFERS = "company-differs"
    HOLDER_DIFFERS = "holder-differs"
    CERTIFICATE_ELSEWHERE = "certificate-elsewhere"
    REVOKED = "card-revoked"
    REVOCATION_UNCHECKED = "revocation-unchecked"
    EXPIRED = "card-expired"
    EXPIRES_SOON = "card-expires-soon"
    EXPIRES_FIRST = "card-expires-first"
    REGISTER_MISSING = "register-vanished"
    REGISTER_LAPSED = "register-over"
    REGISTER_CHANGED = "register-changed-since"


class FollowUpState(StrEnum):
    """``SETTLED``: its cause went away by itself."""

    OPEN = "open"
    DONE = "done"
    SETTLED = "settled"


class RegistrationKind(StrEnum):
    CARD = "card"
    ID = "id"


@dataclass(frozen=True, slots=True)
class About:
    """The registration that an item is about: a card's key, or the application number that an ID came from."""

    kind: RegistrationKind
    key: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Something to look at, with the facts of its sentence; the same cause has the same facts on any day."""

    code: FollowUpCode
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPolicy:
    """Settings of the office. ``notice``: how long before its end a card is told; ``check_holder``: whether the holder is compared."""

    notice: timedelta = timedelta(days=60)
    check_holder: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One item. ``closed_by`` and ``note`` say who resolved it and how; a settled one names whoever made its cause go away."""

    id: FollowUpId
    code: FollowUpCode
    about: About
    supplier_number: SupplierNumber
    facts: Facts
    opened_at: datetime
    state: FollowUpState = FollowUpState.OPEN
    closed_at: datetime | None = None
    closed_by: str | None = None
    note: str = ""
    version: int = 1


def card_causes(
    card: CardRegistration,
    *,
    register_then: Qualification | None,
    register_now: Qualification | None,
    elsewhere: Sequence[SupplierNumber] = (),
    at: datetime,
    names: NameRules,
    policy: FollowUpPolicy,
) -> tuple[Cause, ...]:
    """Everything to look at about a registered card, in the order of ``FollowUpCode``; nothing once it is no longer live.

    ``elsewhere`` are the other supplier numbers under which the same certificate was ever registered.
    """
    if not card.is_live:
        return ()
    found = [
        *_about_certificate(card, elsewhere, at, policy),
        *_about_register(register_then, register_now, at),
    ]
    if register_now is not None:
        found += _about_names(card, register_now, names, policy)
        found += _outlived(card, register_now)
    return _in_order(found)


def id_causes(
    *, register_then: Qualification | None, register_now: Qualification | None, at: datetime
) -> tuple[Cause, ...]:
    """Everything to look at about a live ID: what the register has come to say since."""
    return _in_order(_about_register(register_then, register_now, at))


def reconcile(
    causes: Iterable[Cause],
    present: Iterable[FollowUp],
    *,
    about: About,
    supplier_number: SupplierNumber,
    new_id: Callable[[], FollowUpId],
    by: str,
    at: datetime,
) -> tuple[Transition[FollowUp], ...]:
    """What has to change in the list: new causes are opened, changed ones told anew, those that went away settled.

    ``present`` are all items about the registration. What a person has resolved stays so until its facts are others.
    """
    items = tuple(present)
    wanted = {cause.code: cause for cause in causes}
    still_open = {item.code: item for item in items if item.state is FollowUpState.OPEN}
    resolved = {(item.code, _key(item.facts)) for item in items if item.state is FollowUpState.DONE}
    changes: list[Transition[FollowUp]] = []
    for code, cause in wanted.items():
        item = still_open.get(code)
        if item is not None and _key(item.facts) != _key(cause.facts):
            changes.append(_told_anew(item, cause, by, at))
        elif item is None and (code, _key(cause.facts)) not in resolved:
            changes.append(_opened(cause, new_id(), about, supplier_number, by, at))
    changes += [_settled(item, by, at) for code, item in still_open.items() if code not in wanted]
    return tuple(changes)


def resolve(item: FollowUp, *, note: str, by: str, at: datetime) -> Transition[FollowUp]:
    """A person has looked and says so in a word. Raises ``InputError`` without one, ``IllegalTransitionError`` unless it is open."""
    if item.state is not FollowUpState.OPEN:
        raise IllegalTransitionError(
            "illegal-transition", subject=item.id, state=item.state.value, verb="resolve"
        )
    if not note.strip():
        raise InputError("text-missing", [Problem("note", "required")])
    after = _closed(item, FollowUpState.DONE, note.strip(), by, at)
    return Transition(after, (_event(EventTag.FOLLOW_UP_DONE, item, after, by, at),))


def _about_certificate(
    card: CardRegistration, elsewhere: Sequence[SupplierNumber], at: datetime, policy: FollowUpPolicy
) -> Iterator[Cause]:
    certificate = card.certificate
    last = certificate.not_after.isoformat()
    if elsewhere:
        yield Cause(FollowUpCode.CERTIFICATE_ELSEWHERE, {"supplier_numbers": tuple(sorted(set(elsewhere)))})
    if card.revocation is Revocation.REVOKED:
        yield Cause(FollowUpCode.REVOKED, {"serial": certificate.serial})
    if card.revocation is Revocation.UNCHECKED:
        yield Cause(FollowUpCode.REVOCATION_UNCHECKED, {"serial": certificate.serial})
    if certificate.expired(at):
        yield Cause(FollowUpCode.EXPIRED, {"not_after": last})
    elif certificate.not_after - at <= policy.notice:
        yield Cause(FollowUpCode.EXPIRES_SOON, {"not_after": last})


def _outlived(card: CardRegistration, register_now: Qualification) -> Iterator[Cause]:
    last_day, end = jst_date(card.certificate.not_after), register_now.valid_to
    if end is not None and last_day < end:
        facts = {"not_after": card.certificate.not_after.isoformat(), "valid_to": end.isoformat()}
        yield Cause(FollowUpCode.EXPIRES_FIRST, facts)


def _about_names(
    card: CardRegistration, record: Qualification, names: NameRules, policy: FollowUpPolicy
) -> Iterator[Cause]:
    """The certificate's company and holder against the register. What it lacks or what was guessed agrees with nothing."""
    certificate = card.certificate
    company = "" if "company_name" in certificate.guessed else certificate.company_name
    if not company or not compare(company, record.trade_name, names).matches:
        facts: dict[str, FactValue] = {"card": certificate.company_name, "registered": record.trade_name}
        yield Cause(FollowUpCode.COMPANY_DIFFERS, facts)
    known = tuple(name for name in (record.representative_name, record.delegate_name) if name)
    if not policy.check_holder or not known:
        return
    holder = "" if "holder_name" in certificate.guessed else certificate.holder_name
    if not holder or all(compare_text(holder, name, names) is MatchClass.DIFFERENT for name in known):
        yield Cause(FollowUpCode.HOLDER_DIFFERS, {"card": certificate.holder_name, "registered": known})


def _about_register(then: Qualification | None, now: Qualification | None, at: datetime) -> Iterator[Cause]:
    if now is None:
        yield Cause(FollowUpCode.REGISTER_MISSING)
        return
    if not now.in_force(jst_date(at)):
        facts: dict[str, FactValue] = {"valid_from": _iso(now.valid_from), "valid_to": _iso(now.valid_to)}
        yield Cause(FollowUpCode.REGISTER_LAPSED, facts)
    changed = (
        ()
        if then is None
        else tuple(name for name in WATCHED_FIELDS if getattr(then, name) != getattr(now, name))
    )
    if changed:
        yield Cause(FollowUpCode.REGISTER_CHANGED, {"fields": changed, "to": _digest(now)})


def _digest(record: Qualification) -> str:
    """Tells one state of the watched fields from another, without telling them."""
    values = "\x1f".join(str(getattr(record, name)) for name in WATCHED_FIELDS)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    place = {code: index for index, code in enumerate(FollowUpCode)}
    return tuple(sorted(causes, key=lambda cause: place[cause.code]))


def _key(facts: Facts) -> tuple[tuple[str, FactValue], ...]:
    return tuple(sorted(facts.items()))


def _opened(
    cause: Cause, key: FollowUpId, about: About, supplier: SupplierNumber, by: str, at: datetime
) -> Transition[FollowUp]:
    item = FollowUp(
        id=key,
        code=cause.code,
        about=about,
        supplier_number=supplier,
        facts=dict(cause.facts),
        opened_at=at,
    )
    return Transition(item, (_event(EventTag.FOLLOW_UP_OPENED, None, item, by, at),))


def _told_anew(item: FollowUp, cause: Cause, by: str, at: datetime) -> Transition[FollowUp]:
    after = replace(item, facts=dict(cause.facts), version=item.version + 1)
    return Transition(after, (_event(EventTag.FOLLOW_UP_CHANGED, item, after, by, at),))


def _settled(item: FollowUp, by: str, at: datetime) -> Transition[FollowUp]:
    after = _closed(item, FollowUpState.SETTLED, "", by, at)
    return Transition(after, (_event(EventTag.FOLLOW_UP_SETTLED, item, after, by, at),))


def _closed(item: FollowUp, state: FollowUpState, note: str, by: str, at: datetime) -> FollowUp:
    return replace(item, state=state, note=note, closed_by=by, closed_at=at, version=item.version + 1)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _event(tag: EventTag, before: FollowUp | None, after: FollowUp, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.FOLLOW_UP, after.id),
        by=by,
        at=at,
        before=None if before is None else _audit_map(before),
        after=_audit_map(after),
        supplier_number=after.supplier_number,
    )


def _audit_map(item: FollowUp) -> JsonMap:
    facts: dict[str, JsonValue] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in item.facts.items()
    }
    return {
        "state": item.state.value,
        "version": item.version,
        "code": item.code.value,
        "about_kind": item.about.kind.value,
        "about": item.about.key,
        "facts": facts,
        "note": item.note,
    }

"""A second person for large imports: ask, confirm, decline, withdraw; and what a change of the register must show to be let through.

With the setting ``second_person`` a change beyond the office's share goes into the register only with a request that another person
confirmed. The confirmation is bound to exactly that change; afterwards whoever may import applies it. What is large is reckoned here, from
counts that the register itself confirms, never taken from whoever asks. Where one person works alone nobody is asked; the number of rows
that change is typed again instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ebidadmin.domain import import_requests as requests
from ebidadmin.domain.events import JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import RequestId
from ebidadmin.domain.import_requests import (
    Binding,
    ImportRequest,
    Over,
    binding_of_undoing,
    same_doing,
)
from ebidadmin.domain.imports import ImportBatch, ImportPlan, rows_changed, scale_warnings
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, RuleError, StalePlanError
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.register_admission import REGISTER, admit_importer
from ebidadmin.services.second_person import asks_another, asks_word, end_of_life, typed_facts

NUMBER_PREFIX = "R"
NUMBER_DIGITS = 6

Warnings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A request as a list shows it: ``over`` says why nothing can come of it any more, ``own`` whether the reader asked."""

    request: ImportRequest
    over: Over | None
    own: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """What lets a change into the register: the confirmed request for it, a typed confirmation, or nothing where it needs none."""

    request: ImportRequest | None = None
    binding: Binding | None = None
    typed: JsonMap = field(default_factory=dict)

    @property
    def facts(self) -> JsonMap:
        """What the event of the batch tells of the two persons, or of what one typed again."""
        return self.typed if self.request is None else requests.told(self.request)


def request(
    office: Office, *, staff: Staff, plan: ImportPlan, layout: Layout, note: str = ""
) -> ImportRequest:
    """Ask that another person confirms ``plan``; the register is not touched.

    Raises ``NotPermittedError``, ``RuleError`` (``request-not-needed``: the setting is off or nothing about it is large; ``request-open``:
    somebody asked already) and ``StalePlanError`` (``refused-rows``, ``nothing-to-apply``, ``register-changed``).
    """
    admit_importer(office, staff, "request")
    if not plan.applicable:
        raise StalePlanError("refused-rows", file=plan.file_name, refused=plan.refused)
    if plan.changes_nothing:
        raise StalePlanError("nothing-to-apply", file=plan.file_name, rows=plan.unchanged)
    with office.uow() as uow:
        if uow.register.version() != plan.register_version:
            raise StalePlanError("register-changed", file=plan.file_name)
        binding = requests.binding_of_plan(plan, layout)
        return ask(office, uow, staff=staff, binding=binding, file=plan.file_name, note=note)


def confirm(office: Office, *, staff: Staff, number: RequestId) -> ImportRequest:
    """Confirm another person's request: from then on exactly that change is let through.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` ``own-request``, ``IllegalTransitionError``, ``StalePlanError``
    ``request-stale`` and ``ConcurrentEditError``.
    """

    def step(uow: UnitOfWork, one: ImportRequest, now: datetime) -> Transition[ImportRequest]:
        return requests.confirm(one, register_version=uow.register.version(), by=staff.login, at=now)

    return _change(office, staff, number, "confirm", Permission.CONFIRM_IMPORT, step, _refuse_moved_on)


def decline(office: Office, *, staff: Staff, number: RequestId, reason: str) -> ImportRequest:
    """Decline another person's request, for a reason. Raises as ``confirm`` does, and ``InputError`` ``reason-missing``."""
    return _change(
        office,
        staff,
        number,
        "decline",
        Permission.CONFIRM_IMPORT,
        lambda _, one, now: requests.decline(one, reason=reason, by=staff.login, at=now),
    )


def withdraw(office: Office, *, staff: Staff, number: RequestId) -> ImportRequest:
    """Take one's own request back. Raises ``RuleError`` ``request-of-other`` and as ``confirm`` does."""
    return _change(
        office,
        staff,
        number,
        "withdraw",
        Permission.IMPORT_REGISTER,
        lambda _, one, now: requests.withdraw(one, by=staff.login, at=now),
    )


def list_all(office: Office, *, staff: Staff, open_only: bool = True) -> tuple[Listed, ...]:
    """The requests, newest first. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=REGISTER, verb="requests"):
        staff.require(Permission.READ_REQUESTS)
    now = office.clock.now()
    with office.uow() as uow:
        version = uow.register.version()
        found = uow.import_requests.open() if open_only else uow.import_requests.all()
    return tuple(
        Listed(one, one.over(at=now, register_version=version), one.asked_by(staff.login)) for one in found
    )


def waiting(office: Office) -> int:
    """How many wait for another person; only a number, so everybody on the staff may see it."""
    if not asks_another(office, office.settings.second_person):
        return 0
    now = office.clock.now()
    with office.uow() as uow:
        version = uow.register.version()
        found = uow.import_requests.open()
    return sum(
        one.state is RequestState.REQUESTED and one.over(at=now, register_version=version) is None
        for one in found
    )


def standing(office: Office, *, plan: ImportPlan, layout: Layout) -> ImportRequest | None:
    """The open request for exactly ``plan``, of which something can still come."""
    binding = requests.binding_of_plan(plan, layout)
    if binding is None:
        return None
    with office.uow() as uow:
        return _standing(office, uow, binding)


def require_confirmed(
    office: Office, *, staff: Staff, plan: ImportPlan, layout: Layout, typed: str | None = None
) -> None:
    """To be asked before long work begins: raises, and logs, what ``let_through`` would raise. Of a plan whose register has moved on
    nothing is said: nobody could confirm it."""
    with (
        refusals_logged(office, staff=staff, subject=REGISTER, verb="apply"),
        office.uow() as uow,
    ):
        if uow.register.version() == plan.register_version:
            let_through(office, uow, plan=plan, layout=layout, typed=typed)


def ask(
    office: Office, uow: UnitOfWork, *, staff: Staff, binding: Binding | None, file: str, note: str
) -> ImportRequest:
    """Make the request for ``binding`` in that unit of work and commit it. Old ones of which nothing can come are told to have expired.

    Raises ``RuleError``: ``request-not-needed``, ``request-open``.
    """
    # Drawing a number takes the turn to write: whoever asked meanwhile is seen and named below.
    drawn = uow.next_number(SequenceName.IMPORT_REQUEST)
    warnings = () if binding is None else _warnings(office, uow, binding)
    if binding is None or not warnings or not asks_another(office, office.settings.second_person):
        raise RuleError("request-not-needed", file=file)
    now, version = office.clock.now(), uow.register.version()
    for one in uow.import_requests.open():
        if one.over(at=now, register_version=version) is not None:
            uow.record(requests.expire(one, register_version=version, by=staff.login, at=now))
    present = _in_the_way(uow, binding)
    if present is not None:
        raise RuleError("request-open", id=present.id, by=present.requested_by)
    transition = requests.request(
        number=RequestId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}"),
        binding=binding,
        scale_warnings=warnings,
        note=note,
        expires_at=end_of_life(office, now=now, days=office.settings.request_days),
        by=staff.login,
        at=now,
    )
    uow.record(transition)
    uow.commit()
    return transition.after


def let_through(
    office: Office, uow: UnitOfWork, *, plan: ImportPlan, layout: Layout, typed: str | None
) -> Passage:
    """What lets ``plan`` into the register; to be called in the unit of work that applies it, at the plan's register version.

    Raises ``RuleError`` ``second-person-needed`` (nobody asked) and ``second-person-waiting`` (nobody confirmed); where one person works
    alone ``InputError`` (``typed-confirmation-missing``, ``typed-confirmation-wrong``) unless the rows that change were ``typed``.
    """
    binding = requests.binding_of_plan(plan, layout)
    passage, warnings = _passage(office, uow, binding, rows=rows_changed(plan), typed=typed)
    if warnings:
        raise RuleError(
            "second-person-needed", file=plan.file_name, layout=plan.layout, warnings=_listed(warnings)
        )
    return passage


def undoing_let_through(office: Office, uow: UnitOfWork, *, batch: ImportBatch, typed: str | None) -> Passage:
    """The same for ``batch``, which undoes another. Raises ``RuleError`` ``undo-needs-second-person``, ``second-person-waiting``, and
    ``InputError`` as ``let_through`` does."""
    binding = binding_of_undoing(batch)
    passage, warnings = _passage(office, uow, binding, rows=rows_changed(batch), typed=typed)
    if warnings:
        raise RuleError("undo-needs-second-person", batch=batch.undoes, warnings=_listed(warnings))
    return passage


def undoing_warnings(office: Office, uow: UnitOfWork, *, batch: ImportBatch) -> Warnings:
    """What is large about ``batch``, which would undo another, whether or not the office wants a second person."""
    binding = binding_of_undoing(batch)
    return () if binding is None else _warnings(office, uow, binding)


def standing_undoing(office: Office, *, batch: ImportBatch) -> ImportRequest | None:
    """The open request for exactly the undoing that ``batch`` is, of which something can still come."""
    binding = binding_of_undoing(batch)
    if binding is None:
        return None
    with office.uow() as uow:
        return _standing(office, uow, binding)


def applied(office: Office, uow: UnitOfWork, passage: Passage, batch: ImportBatch) -> None:
    """Record that ``batch`` is what was confirmed; in the unit of work of the batch, after it."""
    if passage.request is None or passage.binding is None:
        return
    uow.record(
        requests.apply(
            passage.request, binding=passage.binding, batch=batch.id, by=batch.by, at=office.clock.now()
        )
    )


def _passage(
    office: Office, uow: UnitOfWork, binding: Binding | None, *, rows: int, typed: str | None
) -> tuple[Passage, Warnings]:
    """The passage, and the warnings of what is large although nobody has asked for a second person."""
    if not office.settings.second_person or binding is None:
        return Passage(), ()
    warnings = _warnings(office, uow, binding)
    if asks_word(office, bool(warnings)):
        return Passage(typed=typed_facts(office, True, word=str(rows), typed=typed)), ()
    found = _standing(office, uow, binding) if warnings else None
    if found is None:
        return Passage(), warnings
    if found.state is not RequestState.CONFIRMED:
        raise RuleError("second-person-waiting", id=found.id, by=found.requested_by)
    return Passage(found, binding), ()


def _listed(warnings: Warnings) -> tuple[str, ...]:
    return tuple(f"{code}:{share}" for code, share in warnings)


def _expire(office: Office, staff: Staff, number: RequestId) -> None:
    """Record that nothing can come of a request any more, and say so."""
    with office.uow() as uow:
        one = uow.import_requests.get(number)
        now, version = office.clock.now(), uow.register.version()
        why = one.over(at=now, register_version=version)
        if why is None:
            return
        expired = requests.expire(one, register_version=version, by=staff.login, at=now)
        uow.record(expired)
        uow.commit()
    if why is Over.REGISTER_MOVED_ON:
        raise StalePlanError("request-stale", id=number)
    raise IllegalTransitionError(
        "illegal-transition", subject=number, state=expired.after.state.value, verb="go-on"
    )


def _warnings(office: Office, uow: UnitOfWork, binding: Binding) -> Warnings:
    return scale_warnings(
        current=uow.register.size(),
        changed=binding.changed,
        vanished=binding.vanished,
        share=office.settings.scale_share,
    )


def _standing(office: Office, uow: UnitOfWork, binding: Binding) -> ImportRequest | None:
    now, version = office.clock.now(), uow.register.version()
    alive = (one for one in uow.import_requests.open() if one.over(at=now, register_version=version) is None)
    return next((one for one in alive if same_doing(one.binding, binding)), None)


def _in_the_way(uow: UnitOfWork, binding: Binding) -> ImportRequest | None:
    """An open request about the same file and layout, or the same undoing; the database lets no second one in."""

    def named(one: Binding) -> tuple[object, ...]:
        return one.undertaking, one.file_hash, one.layout, one.register_version

    return next((one for one in uow.import_requests.open() if named(one.binding) == named(binding)), None)


def _change(
    office: Office,
    staff: Staff,
    number: RequestId,
    verb: str,
    permission: Permission,
    step: Callable[[UnitOfWork, ImportRequest, datetime], Transition[ImportRequest]],
    last_look: Callable[[UnitOfWork, ImportRequest], None] | None = None,
) -> ImportRequest:
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.IMPORT_REQUEST, number), verb=verb):
        staff.require(permission)
        _expire(office, staff, number)
        with office.uow() as uow:
            changed = step(uow, uow.import_requests.get(number), office.clock.now())
            uow.record(changed)
            if last_look is not None:
                last_look(uow, changed.after)
            uow.commit()
    return changed.after


def _refuse_moved_on(uow: UnitOfWork, one: ImportRequest) -> None:
    """Recording has taken the turn to write: a batch that somebody applied between the first look and now is seen here, and none comes
    after it."""
    if uow.register.version() != one.binding.register_version:
        raise StalePlanError("request-stale", id=one.id)

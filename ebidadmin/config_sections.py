"""The sections of a desk's settings that have no module of their own."""

from __future__ import annotations

from dataclasses import dataclass

SIMULATED = "simulated"
"""In place of a module: the made-up cards of the desk itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSection:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSection:
    """``idle_lock_minutes``: how long a screen that nobody touches stays open; 0 for ever."""

    idle_lock_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsSection:
    """Whom a supplier is told to ask, by situation."""

    helpdesk: str
    ca: str
    simple_auth: str
    search_screen: str
    construction: str
    form_location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSection:
    """``one_person`` may be absent: one person works alone on SQLite, several on PostgreSQL."""

    url: str
    one_person: bool | None = None

    @property
    def alone(self) -> bool:
        """Whether one person works at the desk alone, so that nobody else can be asked to confirm."""
        return self._sqlite if self.one_person is None else self.one_person

    @property
    def alone_on_server(self) -> bool:
        """Whether it says so of a database for many, where the database itself would go on asking for the second person."""
        return self.alone and not self._sqlite

    @property
    def _sqlite(self) -> bool:
        return self.url.lower().startswith("sqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSection:
    """``second_person`` is asked for approvals of several applications at one word. What has a default may be absent: desks made before it
    came mean the same without it."""

    target_days: int
    lease_minutes: int
    permit_blocks: bool
    auto_approve: bool = False
    second_person: bool = False
    request_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSection:
    """What has a default may be absent: desks made before it came mean the same without it. ``second_person`` is asked for cancelling an
    ID."""

    enterprise_prefix: str
    branch_limit: int
    proof_minutes: int = 30
    unchecked_registers: bool = True
    most_cards: int = 0
    notice_days: int = 60
    check_holder: bool = True
    lock_after: int = 3
    code_days: int = 14
    second_person: bool = False
    request_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSection:
    """``second_person`` and ``request_days`` may be absent: desks made before they came mean the same without them."""

    scale_share: float
    inbox: str
    second_person: bool = False
    request_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitSection:
    """The whole section may be absent: desks made before it came mean the same without it."""

    second_person: bool = False
    request_days: int = 5


ONE_DECIDES = PermitSection()
"""Of a desk that says nothing about permits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSection:
    """``module`` is the file of the card software (PKCS#11) or ``simulated``; ``time_limit`` in seconds, per operation on a card."""

    module: str = SIMULATED
    time_limit: float = 15.0


SIMULATED_CARDS = CardSection()
"""Of a desk that says nothing about cards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSection:
    closures: tuple[str, ...]
    extra_closed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursSection:
    opens: str
    closes: str
    always: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTable:
    bidding: HoursSection
    publication: HoursSection
    qualification: HoursSection


NEVER_LOCKED = DeskSection()

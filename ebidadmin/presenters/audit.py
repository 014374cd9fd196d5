"""State of the screen of the audit trail: the slice and its pages, where the person stands, what is open, and files that leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, cast

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import fold_half_width
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.written_dates import parse_date
from ebidadmin.errors import EbidError
from ebidadmin.presenters.audit_event import AuditEvent, subject_shown, tone_of
from ebidadmin.presenters.notices import Notice, Tone, done, refusal
from ebidadmin.services import audit_export, audit_slices, screen_places
from ebidadmin.services.audit_export import AuditTarget
from ebidadmin.services.audit_slices import AuditQuery, AuditReader, AuditSlice
from ebidadmin.services.ports import AuditEntry, Office
from ebidadmin.services.screen_places import PlaceStore
from ebidadmin.text import audit as words
from ebidadmin.text import formats, labels, messages

SCREEN = "audit"
FIELDS = ("first", "last", "by", "tag", "supplier", "kind", "id")
MOST_COUNTED = 1_000
MOST_EXPORTED = 50_000
"""Events of a file that goes through the browser: some 50 MB."""

_SUPPLIER_DIGITS = 9


class Held(AuditTarget, Protocol):
    """A file in memory: ``content`` once it may leave."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Leaving:
    """A file for the browser."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which page of the list: see ``AuditQuery``."""

    descending: bool = True
    cursor: str | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as shown; ``tone`` makes it stand out."""

    seq: str
    cells: Mapping[str, str]
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A page as shown."""

    lines: tuple[Line, ...] = ()
    next_cursor: str | None = None
    previous_cursor: str | None = None


class Audit:
    """``notice`` is what the list has to say, ``values`` what is chosen in the form, ``errors`` what is wrong there, ``asking`` whether the
    form stands open, ``size`` how many events there are, ``one`` what is open beside the list."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        reader: AuditReader,
        places: PlaceStore,
        held: Callable[[str], Held],
        dates: DateWords,
    ) -> None:
        self._office, self._staff, self._reader = office, staff, reader
        self._places, self._held, self._dates = places, held, dates
        self.one = AuditEvent(office, staff=staff, reader=reader, dates=dates)
        self.wanted = AuditSlice()
        self.values: Mapping[str, str] = dict.fromkeys(FIELDS, "")
        self.errors: Mapping[str, str] = {}
        self._acted: Notice | None = None
        self._listed: Notice | None = None
        self.asking = False
        self.size = ""
        self._place = Place()
        self._kept = ""

    @property
    def busy(self) -> bool:
        """Whether a form stands open that opening something else would close."""
        return self.asking or self.one.asked

    # The slice

    def ask(self) -> None:
        """Open the form."""
        self.asking, self.errors = True, {}

    def leave(self) -> None:
        """Close the form; nothing changes."""
        self.asking, self.errors = False, {}

    def apply(self, values: Mapping[str, str]) -> bool:
        """Take that slice; whether it could be understood."""
        self._acted = None
        given = {key: values.get(key, "").strip() for key in FIELDS}
        wanted, self.errors = self._understood(given)
        if wanted is None:
            return False
        self.wanted, self.values, self.asking = wanted, given, False
        self._measure()
        return True

    def clear(self) -> None:
        """Take everything."""
        self.apply({})

    def only(self, subject: Subject) -> None:
        """Take everything about one subject."""
        self.apply({"kind": subject.kind.value, "id": subject.id})

    @property
    def conditions(self) -> str:
        """What is chosen, in words."""
        wanted, told = self.wanted, []
        if wanted.first is not None or wanted.last is not None:
            told.append(words.period(wanted.first, wanted.last))
        if wanted.by:
            told.append(words.OF_PERSON.format(person=wanted.by))
        if wanted.tags:
            told.append(words.OF_TAG.format(tag=words.chosen_label(self.values["tag"])))
        if wanted.supplier is not None:
            told.append(words.OF_SUPPLIER.format(supplier=wanted.supplier))
        if wanted.subject is not None:
            told.append(words.OF_SUBJECT.format(subject=subject_shown(wanted.subject)))
        return words.conditions(told)

    # The list

    @property
    def notice(self) -> Notice | None:
        """What came of the last act, else what there is to say about the page."""
        return self._acted or self._listed

    def stand(self, place: Place) -> None:
        """The list is sent to that page. Its coming, which may take a while, is no new act: what is told meanwhile stays."""
        self._place = place

    def fetch(self, place: Place, *, size: int) -> ListView:
        """The page asked for; a refusal leaves an empty page and a notice."""
        if place != self._place:
            self._acted = None
        self._listed, self._place = None, place
        query = AuditQuery(
            wanted=self.wanted,
            descending=place.descending,
            cursor=place.cursor,
            backward=place.backward,
            size=size,
        )
        try:
            page = audit_slices.page(self._office, staff=self._staff, query=query, reader=self._reader)
        except EbidError as error:
            self._listed = refusal(error)
            return ListView()
        if not page.rows and place.cursor is None:
            self._listed = Notice(
                "info", words.NOTHING_AT_ALL if self.wanted == AuditSlice() else words.NOTHING
            )
        return ListView(
            lines=tuple(map(_line, page.rows)),
            next_cursor=page.next_cursor,
            previous_cursor=page.previous_cursor,
        )

    def jump(self, text: str, *, descending: bool) -> Place | None:
        """The page that begins with the events of that day; ``None``, with a notice, for what is no day and where nothing follows."""
        try:
            day = date.fromisoformat(text)
            place = Place(descending=descending, cursor=audit_slices.jump(day, descending=descending))
        except (ValueError, OverflowError):
            self._acted = Notice("error", words.ERROR_DAY)
            return None
        stood, self._acted = self._place, None
        if self.fetch(place, size=1).lines:
            return place
        template = words.NOTHING_UNTIL if descending else words.NOTHING_FROM
        self._acted = self._listed or Notice("info", template.format(day=formats.day(day)))
        self._place = stood
        return None

    # Where the person stands

    def resume(self) -> Place:
        """After a reload: the slice, the page and what was open, as the person left them."""
        try:
            kept = screen_places.place(self._office, staff=self._staff, store=self._places, screen=SCREEN)
        except EbidError as error:
            self._acted = refusal(error)
            kept = ""
        self._kept = kept
        found = _read(kept)
        if not self.apply(cast("dict[str, str]", found.get("values", {}))):
            self.clear()
            return Place()
        if found.get("life"):
            self.one.live(str(found["life"]))
        if found.get("seq"):
            self.one.open(int(found["seq"]))
        return Place(
            descending=bool(found.get("descending", True)),
            cursor=found.get("cursor"),
            backward=bool(found.get("backward")),
        )

    def follow(self) -> None:
        """The person stands there now. That it could not be kept is told; the work goes on."""
        one = self.one
        place = json.dumps(
            {
                "values": {key: value for key, value in self.values.items() if value},
                "descending": self._place.descending,
                "cursor": self._place.cursor,
                "backward": self._place.backward,
                "seq": None if one.view is None else one.view.seq,
                "life": None if one.life is None else one.life.supplier,
            }
        )
        if place == self._kept:
            return
        try:
            screen_places.stand(
                self._office, staff=self._staff, store=self._places, screen=SCREEN, place=place
            )
        except EbidError as error:
            self._acted = Notice("warning", words.NOT_REMEMBERED, (messages.sentence(error),))
            return
        self._kept = place

    # Files

    def export(self, form: str) -> Leaving | None:
        """The slice as a file; ``None`` where it may not leave or is too long for the browser."""
        self._acted = None
        target = self._held(form)
        try:
            found = audit_slices.count(
                self._office,
                staff=self._staff,
                wanted=self.wanted,
                reader=self._reader,
                most=MOST_EXPORTED + 1,
            )
            if found > MOST_EXPORTED:
                text = words.EXPORT_TOO_MANY.format(most=formats.count(MOST_EXPORTED))
                self._acted = Notice("warning", text)
                return None
            written = audit_export.export(
                self._office, staff=self._staff, reader=self._reader, target=target, wanted=self.wanted
            )
        except EbidError as error:
            self._acted = refusal(error)
            return None
        self._acted = done(words.EXPORTED.format(count=formats.count(written.rows)))
        day = jst_date(self._office.clock.now())
        return Leaving(f"{words.EXPORT_NAME.format(day=f'{day:%Y%m%d}')}.{form}", target.content)

    # Inside

    def _measure(self) -> None:
        """How many there are, as far as that is quick to tell."""
        try:
            found = audit_slices.count(
                self._office,
                staff=self._staff,
                wanted=self.wanted,
                reader=self._reader,
                most=MOST_COUNTED + 1,
            )
        except EbidError as error:
            self.size, self._acted = "", refusal(error)
            return
        more = found > MOST_COUNTED
        shown = formats.count(min(found, MOST_COUNTED))
        self.size = (words.SIZE_MORE if more else words.SIZE).format(count=shown)

    def _understood(self, given: Mapping[str, str]) -> tuple[AuditSlice | None, Mapping[str, str]]:
        errors: dict[str, str] = {}
        days: dict[str, date | None] = {}
        for key in ("first", "last"):
            try:
                days[key] = parse_date(given[key], self._dates) if given[key] else None
            except ValueError:
                errors[key] = words.ERROR_DAY
        first, last = days.get("first"), days.get("last")
        if first is not None and last is not None and last < first:
            errors["last"] = words.ERROR_ORDER
        supplier = fold_half_width(given["supplier"])
        if supplier and (
            len(supplier) != _SUPPLIER_DIGITS or not (supplier.isascii() and supplier.isalnum())
        ):
            errors["supplier"] = words.ERROR_SUPPLIER
        if bool(given["kind"]) != bool(given["id"]):
            errors["id" if given["kind"] else "kind"] = words.ERROR_BOTH
        # Both are chosen from lists; what another version kept of a place may be in none.
        if given["tag"] not in ("", *dict(words.tag_options())) or given["kind"] not in ("", *SubjectKind):
            errors["tag"] = words.NOTHING
        if errors:
            return None, errors
        subject = Subject(SubjectKind(given["kind"]), fold_half_width(given["id"])) if given["kind"] else None
        return (
            AuditSlice(
                first=first,
                last=last,
                by=given["by"],
                tags=words.tags_of(given["tag"]),
                subject=subject,
                supplier=SupplierNumber(supplier) if supplier else None,
            ),
            {},
        )


def kind_options() -> tuple[tuple[str, str], ...]:
    """Kinds of records that can be chosen."""
    return tuple((kind.value, words.kind_label(kind)) for kind in SubjectKind)


def _line(entry: AuditEntry) -> Line:
    event = entry.event
    cells = {
        "at": formats.exact_moment(event.at),
        "by": event.by,
        "what": labels.EVENTS[event.tag],
        "subject": subject_shown(event.subject),
        "supplier": event.supplier_number or formats.ABSENT,
        "seq": str(entry.seq),
    }
    return Line(seq=str(entry.seq), cells=cells, tone=tone_of(event.tag))


def _read(kept: str) -> dict[str, Any]:
    """What was kept; nothing of what another version kept in another way."""
    try:
        found = json.loads(kept) if kept else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

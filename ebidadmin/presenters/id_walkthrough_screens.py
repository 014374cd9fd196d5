"""Builds what each screen of the ID application's walkthrough shows from the state of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.presenters import portal_views
from ebidadmin.presenters.eligibility_line import staff_notice
from ebidadmin.presenters.given_reasons import given_reason
from ebidadmin.presenters.id_walkthrough_state import BEFORE, STEP, ScreenId, Walk
from ebidadmin.presenters.notices import Notice
from ebidadmin.presenters.walkthrough_view import (
    ButtonView,
    CopyView,
    FieldView,
    ScreenView,
    SectionView,
    ShownRow,
)
from ebidadmin.services.application_intake import SearchResult
from ebidadmin.services.case_file import flat_form
from ebidadmin.services.ports import Office
from ebidadmin.text import card_walkthrough as record
from ebidadmin.text import pages, screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.formats import moment, moment_with_weekday
from ebidadmin.text.labels import FIELD_LABELS
from ebidadmin.text.screens import FieldText, ScreenText, SectionText
from ebidadmin.text.walkthrough import ContactWords

MAIN_BUTTONS = frozenset(
    {"process", "apply", "search", "confirm", "register", "print", "small", "id-registration"}
)
"""The buttons that lead on in the walk."""

ABOUT_SUPPLIER = frozenset({ScreenId.STATE, ScreenId.FORM, ScreenId.CONFIRM})
"""The screens that show the supplier that was found."""

ADVICE_KEY = "advice"
COPIED = (*CONTACT_FIELDS, "email_again")


def build(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    """The present screen; staff who rehearse are also told whether the supplier may take part in quotations."""
    view = _BUILDERS[walk.screen](walk, office, contacts)
    if walk.found is None or not walk.rehearsal or walk.screen not in ABOUT_SUPPLIER:
        return view
    return replace(view, notices=(*view.notices, staff_notice(office, walk.found.supplier_number)))


def label_of(key: str) -> str:
    """The label of a field of the form; the two contacts are told apart by their section."""
    for section in screens.ID_FORM.sections:
        for one in section.fields:
            if one.key == key:
                return f"{section.title} {one.label}" if "." in key else one.label
    return FIELD_LABELS.get(key, key)


def confirmed_sections(walk: Walk) -> tuple[SectionView, ...]:
    """What the confirmation shows and the print repeats: everything but the repeated address; the password as five asterisks."""
    if walk.checked is None or walk.found is None:
        return ()
    values = flat_form(walk.checked)

    def shown(one: FieldText) -> ShownRow:
        value = screens.MASKED_PASSWORD if one.kind == "password" else values[one.key]
        return ShownRow(one.key, one.label, value)

    def section(text: SectionText) -> SectionView:
        rows = tuple(shown(one) for one in text.fields if not one.key.endswith("_again"))
        if text.key == screens.COMPANY.key:
            return SectionView(text.key, text.title, items=_company(_record(walk), rows))
        return SectionView(text.key, text.title, items=rows)

    return tuple(section(text) for text in screens.CONFIRMATION.sections)


def printed_page(walk: Walk, office: Office) -> pages.Page | None:
    """The confirmation as a page, once the application is taken; ``None`` before."""
    if walk.done is None:
        return None
    number = words.NO_RECEIPT if walk.rehearsal else walk.done.number
    return pages.Page(
        title=screens.CONFIRMATION.title,
        facts=(
            pages.PageRow("number", pages.RECEIPT_NUMBER, number),
            pages.PageRow("applied_at", pages.APPLIED_AT, pages.wareki_moment(walk.done.applied_at)),
        ),
        sections=tuple(
            pages.PageSection(
                section.key,
                section.title,
                tuple(pages.PageRow(row.key, row.label, row.value) for row in section.rows),
            )
            for section in confirmed_sections(walk)
        ),
        notes=screens.DONE.notes,
        remark=pages.PRINTED_REHEARSAL if walk.rehearsal else "",
    )


# One function per kind of screen


def _portal(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    return portal_views.portal(_base(walk, screens.PORTAL), office, contacts)


def _category(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    return portal_views.category(_base(walk, screens.CATEGORY), contacts)


def _plain(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    return _base(walk, screens.SCREENS[walk.screen.value])


def _client(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.CLIENT)
    if walk.missing:
        notice = Notice("error", words.NOT_READY, walk.missing)
        stuck = Notice("warning", screens.CHECK_SETTINGS, (words.ask_helpdesk(contacts),))
        buttons = (
            *(replace(one, enabled=False) if not one.own else one for one in base.buttons),
            ButtonView("recheck", words.RECHECK, own=True),
        )
        return replace(base, notices=(*base.notices, notice, stuck), buttons=buttons)
    clock = ShownRow("clock", words.CLOCK_LABEL, moment_with_weekday(office.clock.now()))
    return replace(base, sections=(SectionView("clock", "", (words.READY,), (clock,)),))


def _menu(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.MENU)
    return replace(base, notes=(*base.notes, words.form_location(contacts), words.PAPER_WAYS))


def _search(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.QUALIFICATION_SEARCH)
    text = screens.QUALIFICATION_SEARCH.sections[0]
    fields = tuple(_field(walk, one, walk.searched.get(one.key, "")) for one in text.fields)
    cautions = SectionView(
        "cautions", screens.CAUTIONS_TITLE, (*base.notes, screens.ASK_BELOW, contacts.search_screen)
    )
    return replace(
        base,
        notices=(*base.notices, Notice("info", words.LEAVE_EMPTY)),
        sections=(SectionView(text.key, text.title, items=fields), cautions),
        notes=(),
    )


def _state(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.ID_FORM)
    found = walk.found
    if found is None:
        return base
    buttons = [ButtonView("back", screens.BACK.label)]
    if found.may_apply:
        buttons.insert(0, ButtonView("apply-again", words.APPLY_AGAIN, primary=True, own=True))
    section = SectionView("state", words.STATE_LABEL, items=tuple(_state_rows(found, office)))
    return replace(
        base,
        title=words.STATE_TITLE,
        lead=(words.STATE_LEAD[found.standing],),
        sections=(section,),
        notes=(words.ask_state(contacts),),
        buttons=tuple(buttons),
    )


def _state_rows(found: SearchResult, office: Office) -> Iterator[ShownRow]:
    earlier = found.earlier
    yield ShownRow("supplier_number", words.SUPPLIER_LABEL, found.supplier_number)
    yield ShownRow("state", words.STATE_LABEL, words.STANDING_LABELS[found.standing])
    if earlier is not None and earlier.state.value == found.standing.value:
        yield ShownRow("number", words.NUMBER_LABEL, earlier.number)
        yield ShownRow("applied_at", words.APPLIED_AT, moment(earlier.applied_at))
        if earlier.decided_at is not None:
            yield ShownRow("decided_at", words.DECIDED_AT, moment(earlier.decided_at))
        if earlier.asked_at is not None and found.inquiry:
            yield ShownRow("asked_at", words.ASKED_AT, moment(earlier.asked_at))
            yield ShownRow("inquiry", words.ASKED_LABEL, found.inquiry)
    for position, code in enumerate(found.reasons, start=1):
        yield ShownRow(f"reason-{position}", words.REASONS_LABEL, given_reason(office.reasons, code))
    if found.note:
        yield ShownRow("note", words.NOTE_LABEL, found.note)


def _form(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.ID_FORM)
    sections = tuple(_form_section(walk, text, office) for text in screens.ID_FORM.sections)
    found = walk.found
    masked = found is not None and found.masked
    earlier = words.EARLIER_MASKED if masked else words.EARLIER_SHOWN
    again = (Notice("info", earlier),) if found is not None and found.prefill else ()
    return replace(base, notices=(*base.notices, *again), sections=sections)


def _form_section(walk: Walk, text: SectionText, office: Office) -> SectionView:
    fields = tuple(_field(walk, one, walk.typed.get(one.key, "")) for one in text.fields)
    if text.key == screens.COMPANY.key:
        hinted = tuple(
            replace(one, hint=words.branch_hint(office.forms.branch_limit)) if one.key == "branch" else one
            for one in fields
        )
        return SectionView(text.key, text.title, text.lead, _company(_record(walk), hinted))
    if text.key == screens.MAIN_CONTACT.key:
        return SectionView(text.key, text.title, (*text.lead, words.NO_DEPARTMENT), fields)
    if text.key == screens.APPLICANT_CONTACT.key:
        pairs = tuple((f"main_contact.{key}", f"applicant_contact.{key}") for key in COPIED)
        # A copied mask would stand for the other contact's earlier value: under masks nothing is copied.
        masked = walk.found is not None and walk.found.masked
        copy = None if masked else CopyView("same-as-main", words.SAME_AS_MAIN, pairs)
        return SectionView(text.key, text.title, text.lead, fields, copy)
    return SectionView(text.key, text.title, text.lead, fields)


def _confirm(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.CONFIRMATION)
    notices = list(base.notices)
    if walk.folded:
        lines = tuple(words.folded_line(label_of(key), raw, half) for key, (raw, half) in walk.folded.items())
        notices.append(Notice("warning", words.FOLDED_TITLE, lines))
    remarks = tuple(remark_lines(walk.remarks))
    if remarks:
        notices.append(Notice("warning", words.REMARKS_TITLE, remarks))
    notices.append(Notice("info", words.WRITE_DOWN))
    return replace(base, notices=tuple(notices), sections=confirmed_sections(walk))


def remark_lines(facts: ReferenceFacts) -> Iterator[str]:
    yield from (words.phone_remark(label_of(key)) for key in facts.phone_unknown)
    yield from (words.mail_remark(label_of(key), domain) for key, domain in facts.mail_unusual)
    yield from (words.postcode_remark(label_of(key)) for key in facts.postcode_mismatch)


def _done(walk: Walk, office: Office, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.DONE)
    buttons = (*base.buttons, ButtonView("restart", words.RESTART, own=True))
    view = replace(base, notices=(*base.notices, *_outcome(walk)), buttons=buttons)
    if not walk.rehearsal:
        return view
    if walk.recorded is not None:
        return replace(view, buttons=(*buttons, ButtonView("print-record", record.RECORD_PRINT, own=True)))
    asked = _field(walk, FieldText(ADVICE_KEY, record.ADVICE, record.ADVICE_HINT, required=False), "")
    section = SectionView("advice", record.CASE_TITLE, items=(asked,))
    written = ButtonView("record", record.RECORD, own=True)
    return replace(view, sections=(*view.sections, section), buttons=(*buttons, written))


def _outcome(walk: Walk) -> Iterator[Notice]:
    if walk.done is None:
        return
    if not walk.rehearsal:
        yield Notice("success", words.received(walk.done.number, walk.done.applied_at))
        return
    address = walk.done.form.applicant_contact.email
    would = (words.WOULD_REGISTER, words.WOULD_RESERVE, words.would_mail(address), words.WOULD_RECORD)
    yield Notice("info", words.WOULD_TITLE, would)
    yield Notice("warning", words.NOTHING_DONE)


# Parts


def _base(walk: Walk, text: ScreenText) -> ScreenView:
    return ScreenView(
        id=walk.screen.value,
        mode=walk.mode.value,
        title=text.title,
        banner=words.MODE_BANNERS[walk.mode],
        step=STEP.get(walk.screen, 0),
        lead=text.lead,
        notices=tuple(walk.notices),
        notes=text.notes,
        buttons=tuple(_buttons(walk, text)),
    )


def _buttons(walk: Walk, text: ScreenText) -> Iterator[ButtonView]:
    for one in text.buttons:
        yield ButtonView(one.key, one.label, primary=one.key in MAIN_BUTTONS)
    if walk.screen in BEFORE and screens.BACK not in text.buttons:
        yield ButtonView("back", words.PREVIOUS_SCREEN, own=True)


def _field(walk: Walk, text: FieldText, value: str) -> FieldView:
    shown = "" if text.kind == "password" else value
    return FieldView(
        text.key, text.label, text.hint, text.required, text.kind, shown, walk.errors.get(text.key, "")
    )


def _record(walk: Walk) -> Qualification | None:
    return None if walk.found is None else walk.found.qualification


def _company(
    record: Qualification | None, entered: tuple[ShownRow, ...] | tuple[FieldView, ...]
) -> tuple[ShownRow | FieldView, ...]:
    """The company's rows in the manual's order: register, phone and fax, grades, branch."""
    phone, fax, branch = entered
    return (
        *_registered(record, screens.COMPANY_SHOWN),
        phone,
        fax,
        *_registered(record, screens.GRADES),
        branch,
    )


def _registered(record: Qualification | None, texts: tuple[tuple[str, str], ...]) -> Iterator[ShownRow]:
    for key, label in texts:
        value = "" if record is None else getattr(record, key)
        if isinstance(value, Grade):
            yield ShownRow(key, f"{screens.GRADES_TITLE} {label}", words.grades(value))
        else:
            yield ShownRow(key, label, str(value))


_BUILDERS: Mapping[ScreenId, Callable[[Walk, Office, ContactWords], ScreenView]] = {
    ScreenId.PORTAL: _portal,
    ScreenId.CATEGORY: _category,
    ScreenId.GOODS_MENU: _plain,
    ScreenId.SMALL_MENU: _plain,
    ScreenId.CLIENT: _client,
    ScreenId.MENU: _menu,
    ScreenId.SEARCH: _search,
    ScreenId.STATE: _state,
    ScreenId.FORM: _form,
    ScreenId.CONFIRM: _confirm,
    ScreenId.DONE: _done,
}

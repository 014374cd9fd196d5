"""Builds what each screen of the change of an ID shows from the state of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ebidadmin.presenters.eligibility_line import staff_notice
from ebidadmin.presenters.id_change_state import STEP, ChangeScreen, ChangeWalk
from ebidadmin.presenters.id_walkthrough_screens import COPIED, remark_lines
from ebidadmin.presenters.notices import Notice
from ebidadmin.presenters.walkthrough_view import (
    ButtonView,
    CopyView,
    FieldView,
    ScreenView,
    SectionView,
    ShownRow,
)
from ebidadmin.services.ports import Office
from ebidadmin.text import id_change as words
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as walk_words
from ebidadmin.text.screens import FieldText, SectionText
from ebidadmin.text.walkthrough import ContactWords

MAIN_BUTTONS = frozenset({"sign-in", "confirm", "register", "set-new"})
RESETTING = frozenset({ChangeScreen.RESET, ChangeScreen.RESET_DONE})


ABOUT_SUPPLIER = frozenset({ChangeScreen.FORM, ChangeScreen.CONFIRM})
"""The screens that show whose ID it is."""


def build(walk: ChangeWalk, office: Office, contacts: ContactWords) -> ScreenView:
    """The present screen; staff who rehearse are also told whether the supplier may take part in quotations."""
    view = _BUILDERS[walk.screen](walk, contacts)
    if walk.proven is None or not walk.rehearsal or walk.screen not in ABOUT_SUPPLIER:
        return view
    return replace(view, notices=(*view.notices, staff_notice(office, walk.proven.supplier_number)))


def _sign_in(walk: ChangeWalk, contacts: ContactWords) -> ScreenView:
    base = _filled(walk, words.SIGN_IN_REHEARSED if walk.rehearsal else "")
    buttons = (*base.buttons, ButtonView("forgotten", words.FORGOTTEN, own=True))
    return replace(base, notes=(*base.notes, walk_words.ask_state(contacts)), buttons=buttons)


def _form(walk: ChangeWalk, _contacts: ContactWords) -> ScreenView:
    base = _filled(walk, words.FORM_REHEARSED if walk.rehearsal else "")
    return replace(base, sections=tuple(_with_copy(walk, section) for section in base.sections))


def _with_copy(walk: ChangeWalk, section: SectionView) -> SectionView:
    """The button that copies the main contact; a copied mask would stand for the other contact's value, so not under masks."""
    if section.key != screens.APPLICANT_CONTACT.key or walk.rehearsal:
        return section
    pairs = tuple((f"main_contact.{key}", f"applicant_contact.{key}") for key in COPIED)
    return replace(section, copy=CopyView("same-as-main", walk_words.SAME_AS_MAIN, pairs))


def _confirm(walk: ChangeWalk, _contacts: ContactWords) -> ScreenView:
    base = _base(walk)
    checked = walk.checked
    if checked is None:
        return base
    notices = [*base.notices, Notice("info", words.WILL_CHANGE, _changed(walk))]
    if checked.folded:
        lines = tuple(
            walk_words.folded_line(words.label_of(key), raw, half)
            for key, (raw, half) in checked.folded.items()
        )
        notices.append(Notice("warning", words.FOLDED_TITLE, lines))
    remarks = tuple(remark_lines(checked.remarks))
    if remarks:
        notices.append(Notice("warning", walk_words.REMARKS_TITLE, remarks))
    if _new_credentials(walk):
        notices.append(Notice("info", words.WRITE_DOWN))
    sections = tuple(_confirmed(walk, part) for part in words.CONFIRMATION.sections)
    return replace(base, notices=tuple(notices), sections=sections)


def _confirmed(walk: ChangeWalk, part: SectionText) -> SectionView:
    values = {} if walk.checked is None else {**walk.checked.values, "password": _password(walk)}
    fields = (one for one in part.fields if not one.key.endswith("_again"))
    rows = (ShownRow(one.key, one.label, values.get(one.key, "")) for one in fields)
    return SectionView(part.key, part.title, items=(*_shown(walk, part), *rows))


def _password(walk: ChangeWalk) -> str:
    changed = walk.checked is not None and "password" in walk.checked.changed
    return screens.MASKED_PASSWORD if changed else words.STAYS


def _done(walk: ChangeWalk, _contacts: ContactWords) -> ScreenView:
    base = _base(walk)
    if walk.rehearsal:
        told = (
            Notice("info", words.WOULD_CHANGE, _changed(walk)),
            Notice("warning", words.NOTHING_DONE),
        )
        return _ended(replace(base, lead=(), notices=(*base.notices, *told)))
    lead = base.lead
    if _new_credentials(walk):
        lead = (lead[0], words.NEXT_TIME, *lead[1:])
    return _ended(
        replace(base, lead=lead, notices=(*base.notices, Notice("success", words.CHANGED, _changed(walk))))
    )


def _reset(walk: ChangeWalk, contacts: ContactWords) -> ScreenView:
    base = _filled(walk, words.RESET_REHEARSED if walk.rehearsal else "")
    return replace(base, notes=(*base.notes, walk_words.ask_state(contacts)))


def _reset_done(walk: ChangeWalk, _contacts: ContactWords) -> ScreenView:
    base = _base(walk)
    supplier = "" if walk.proven is None else walk.proven.supplier_number
    rows = (
        ShownRow("supplier_number", words.SUPPLIER_NUMBER, supplier),
        ShownRow("user_id", words.USER_ID, walk.new_user_id),
        ShownRow("password", words.PASSWORD, screens.MASKED_PASSWORD),
    )
    base = replace(base, sections=(SectionView("set", words.RESET_DONE_TITLE, items=rows),))
    if walk.rehearsal:
        told = (Notice("info", words.RESET_WOULD), Notice("warning", words.NOTHING_DONE))
        base = replace(base, lead=(), notices=(*base.notices, *told))
    return _ended(base)


# Parts


def _base(walk: ChangeWalk) -> ScreenView:
    text = words.SCREENS[walk.screen.value]
    return ScreenView(
        id=walk.screen.value,
        mode=walk.mode.value,
        title=text.title,
        banner=words.BANNERS[walk.mode.value],
        step=STEP[walk.screen],
        steps=words.RESET_STEPS if walk.screen in RESETTING else words.STEPS,
        lead=text.lead,
        notices=tuple(walk.notices),
        notes=text.notes,
        buttons=tuple(
            ButtonView(one.key, one.label, primary=one.key in MAIN_BUTTONS) for one in text.buttons
        ),
    )


def _ended(base: ScreenView) -> ScreenView:
    return replace(base, buttons=(*base.buttons, ButtonView("restart", walk_words.RESTART, own=True)))


def _filled(walk: ChangeWalk, remark: str) -> ScreenView:
    """A screen with its form as it stands."""
    base = _base(walk)
    sections = tuple(_section(walk, part) for part in words.SCREENS[walk.screen.value].sections)
    notices = (*base.notices, Notice("info", remark)) if remark else base.notices
    return replace(base, notices=notices, sections=sections)


def _section(walk: ChangeWalk, part: SectionText) -> SectionView:
    fields = tuple(_field(walk, one) for one in part.fields)
    return SectionView(part.key, part.title, part.lead, (*_shown(walk, part), *fields))


def _field(walk: ChangeWalk, text: FieldText) -> FieldView:
    value = "" if text.kind == "password" else walk.typed.get(text.key, "")
    required = text.required and not (walk.rehearsal and text.key in _UNASKED.get(walk.screen, ()))
    return FieldView(
        text.key, text.label, text.hint, required, text.kind, value, walk.errors.get(text.key, "")
    )


def _shown(walk: ChangeWalk, part: SectionText) -> Iterator[ShownRow]:
    proven = walk.proven
    if proven is not None:
        values = {
            "supplier_number": proven.supplier_number,
            "trade_name": walk.trade_name,
            "present_user_id": proven.user_id,
        }
        yield from (ShownRow(key, label, values[key]) for key, label in part.shown)


def _changed(walk: ChangeWalk) -> tuple[str, ...]:
    return () if walk.checked is None else tuple(words.label_of(key) for key in walk.checked.changed)


def _new_credentials(walk: ChangeWalk) -> bool:
    return walk.checked is not None and not {"user_id", "password"}.isdisjoint(walk.checked.changed)


_UNASKED: Mapping[ChangeScreen, tuple[str, ...]] = {
    ChangeScreen.SIGN_IN: ("password",),
    ChangeScreen.RESET: ("code",),
}
"""What a rehearsal does not look at, and need not be given."""

_BUILDERS: Mapping[ChangeScreen, Callable[[ChangeWalk, ContactWords], ScreenView]] = {
    ChangeScreen.SIGN_IN: _sign_in,
    ChangeScreen.FORM: _form,
    ChangeScreen.CONFIRM: _confirm,
    ChangeScreen.DONE: _done,
    ChangeScreen.RESET: _reset,
    ChangeScreen.RESET_DONE: _reset_done,
}

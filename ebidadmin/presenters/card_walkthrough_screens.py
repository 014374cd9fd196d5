"""Builds what each card screen shows from the state of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ebidadmin.domain.card_sessions import CardFlow, CardSession, CardStep, ProvenCard
from ebidadmin.domain.certificates import CheckOutcome, CheckReason
from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.errors import EbidError
from ebidadmin.presenters import portal_views
from ebidadmin.presenters.card_portal import PortalStep
from ebidadmin.presenters.card_sections import (
    card_section,
    company_section,
    confirmed_sections,
    holder_rows,
)
from ebidadmin.presenters.card_walkthrough import CardWalkthrough
from ebidadmin.presenters.card_walkthrough_state import Offered, usable_now
from ebidadmin.presenters.eligibility_line import staff_notice
from ebidadmin.presenters.notices import Notice
from ebidadmin.presenters.walkthrough_view import (
    ButtonView,
    CopyView,
    FieldView,
    ScreenView,
    SectionView,
    ShownRow,
)
from ebidadmin.services.card_checks import day
from ebidadmin.text import card_screens, screens
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text import walkthrough as shared
from ebidadmin.text.card_labels import NOT_IN_CERTIFICATE
from ebidadmin.text.certificate_sentences import OUTCOMES, REASONS
from ebidadmin.text.follow_up_sentences import follow_up_sentence
from ebidadmin.text.formats import moment_with_weekday
from ebidadmin.text.labels import field_name
from ebidadmin.text.messages import code_sentence, match_label, sentence
from ebidadmin.text.screens import FieldText, ScreenText
from ebidadmin.text.walkthrough import ContactWords

MAIN_BUTTONS = frozenset(
    {
        *("goods", "card-registration", "registration", "ok", "process"),
        *("search", "confirm", "register", "print"),
    }
)
ON_THE_WAY = frozenset({CardStep.CLIENT, CardStep.SEARCH, CardStep.FORM, CardStep.CONFIRM})
PIN_KEY = card_screens.PIN_FIELD.key
ADVICE_KEY = "advice"


def build(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    """The present screen."""
    step = walk.step
    if step is not None:
        view = _BUILDERS[step](walk, contacts)
        return replace(view, notices=(*view.notices, *_standing(walk)))
    at = None if walk.portal is None else walk.portal.step
    return _menu(walk, contacts) if at is None else _portal(walk, at, contacts)


def _standing(walk: CardWalkthrough) -> Iterator[Notice]:
    """Staff who rehearse or train are also told whether the supplier may take part in small-purchase quotations."""
    session = walk.session
    if session is None or not session.rehearsal or walk.step not in {CardStep.FORM, CardStep.CONFIRM}:
        return
    if session.supplier_number is not None:
        yield staff_notice(walk.office, session.supplier_number)


def _portal(walk: CardWalkthrough, at: PortalStep, contacts: ContactWords) -> ScreenView:
    base = _base(walk, screens.SCREENS[at.value])
    if at is PortalStep.PORTAL:
        return portal_views.portal(base, walk.office, contacts)
    back = ButtonView("back", shared.PREVIOUS_SCREEN, own=True)
    shown = portal_views.category(base, contacts) if at is PortalStep.CATEGORY else base
    return replace(shown, buttons=(*base.buttons, back))


def _menu(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.MENU)
    asked = (shared.ask_ca(contacts), shared.ask_helpdesk(contacts))
    back = () if walk.portal is None else (ButtonView("back", shared.PREVIOUS_SCREEN, own=True),)
    return replace(base, notes=(*base.notes, *asked), buttons=(*base.buttons, *back))


def _pin(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.PIN)
    candidate = walk.candidate
    sections = [_offered(walk)]
    pad = candidate is not None and candidate.token.pin_pad
    if candidate is not None and not pad:
        fields = (
            _field(walk, card_screens.PIN_FIELD, ""),
            ShownRow(card_screens.PERSON_FIELD.key, card_screens.PERSON_FIELD.label, words.PERSON_EMPTY),
        )
        sections.append(SectionView("pin", card_screens.PIN.title, items=fields))
    buttons = [*base.buttons, ButtonView("look", words.LOOK_AGAIN, own=True)]
    if candidate is None:
        buttons = [replace(one, enabled=one.key != "ok") for one in buttons]
    return replace(
        base,
        lead=(*base.lead, *_whose_pin(walk)),
        notices=(*base.notices, *_pin_notices(walk, pad=pad)),
        sections=tuple(sections),
        notes=(*base.notes, words.PIN_NOT_KEPT, shared.ask_ca(contacts)),
        buttons=tuple(buttons) + tuple(_choices(walk)),
    )


def _whose_pin(walk: CardWalkthrough) -> Iterator[str]:
    session = walk.session
    if walk.now.pin_again:
        yield words.PIN_AGAIN
    elif session is not None and session.flow is CardFlow.RENEWAL:
        yield words.PIN_OF_NEW if session.step is CardStep.NEW_PIN else words.PIN_OF_OLD


def _pin_notices(walk: CardWalkthrough, *, pad: bool) -> Iterator[Notice]:
    if not walk.now.readers:
        yield Notice("warning", words.NO_READER)
    elif not walk.now.offered:
        yield Notice("warning", words.NO_CARD)
    elif walk.candidate is None:
        yield Notice("info", words.SEVERAL)
    if walk.now.insist:
        yield Notice("warning", words.INSIST)
    if pad:
        yield Notice("info", words.PIN_ON_PAD)


def _offered(walk: CardWalkthrough) -> SectionView:
    candidate = walk.candidate
    shown = walk.now.offered if candidate is None else (candidate,)
    rows = [row for place, one in enumerate(shown) for row in _certificate_rows(one, place)]
    return SectionView("cards", words.CARD_TITLE, items=tuple(rows))


def _certificate_rows(one: Offered, place: int) -> Iterator[ShownRow]:
    check, facts = one.on_card.check, one.on_card.check.facts
    yield ShownRow(f"reader-{place}", words.READER, one.token.reader)
    yield ShownRow(f"token-{place}", words.TOKEN, one.token.label)
    if facts is not None:
        company = facts.company_name or NOT_IN_CERTIFICATE
        yield ShownRow(f"company-{place}", card_screens.CERTIFICATE_SHOWN[0][1], company)
        yield ShownRow(f"serial-{place}", card_screens.CARD.shown[0][1], facts.serial)
    yield ShownRow(f"outcome-{place}", words.CHECKED, OUTCOMES[check.outcome])
    yield ShownRow(f"why-{place}", words.CHECKED_WHY, REASONS[check.reason])


def _choices(walk: CardWalkthrough) -> Iterator[ButtonView]:
    usable = usable_now(walk.session, walk.now)
    if walk.candidate is None and len(usable) > 1:
        for one in usable:
            facts = one.on_card.check.facts
            number = "" if facts is None else facts.serial
            yield ButtonView(f"choose:{one.on_card.fingerprint}", f"{words.CHOOSE} ({number})", own=True)


def _client(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.CLIENT)
    missing = _missing(walk)
    if missing:
        notice = Notice("error", shared.NOT_READY, missing)
        stuck = Notice(
            "warning", card_screens.ASK_CA, (shared.ask_ca(contacts), shared.ask_helpdesk(contacts))
        )
        buttons = tuple(replace(one, enabled=one.key != "process") for one in base.buttons)
        return replace(base, notices=(*base.notices, notice, stuck), buttons=buttons)
    clock = ShownRow("clock", words.CLOCK_LABEL, moment_with_weekday(walk.office.clock.now()))
    return replace(base, sections=(SectionView("clock", "", (words.READY,), (clock,)),))


def _missing(walk: CardWalkthrough) -> tuple[str, ...]:
    """What the client needs and cannot read."""
    try:
        with walk.office.uow() as uow:
            return () if uow.register.version() is not None else (words.REGISTER_EMPTY,)
    except EbidError as error:
        return (sentence(error),)


def _search(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.QUALIFICATION_SEARCH)
    text = card_screens.QUALIFICATION_SEARCH.sections[0]
    searched = _session(walk).searched
    fields = tuple(_field(walk, one, searched.get(one.key, "")) for one in text.fields)
    cautions = SectionView(
        "cautions", screens.CAUTIONS_TITLE, (*base.notes, screens.ASK_BELOW, contacts.search_screen)
    )
    return replace(base, sections=(SectionView(text.key, text.title, items=fields), cautions), notes=())


def _form(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.FORM)
    session, seen = _session(walk), walk.now.seen
    typed = session.typed
    main, card = card_screens.MAIN_CONTACT, card_screens.CARD_CONTACT
    pairs = tuple((f"main_contact.{key}", f"card_contact.{key}") for key in (*CONTACT_FIELDS, "email_again"))
    sections = [
        SectionView(
            main.key,
            main.title,
            main.lead,
            tuple(_field(walk, one, typed.get(one.key, "")) for one in main.fields),
        ),
        SectionView(
            card.key,
            card.title,
            card.lead,
            (
                *(() if session.card is None else holder_rows(session.card.certificate)),
                *(_field(walk, one, typed.get(one.key, "")) for one in card.fields),
            ),
            CopyView("same-as-main", words.SAME_AS_MAIN, pairs),
        ),
    ]
    if seen is not None:
        sections.insert(0, company_section(seen.qualification))
    known = (Notice("info", words.PREFILLED),) if typed and not walk.errors else ()
    return replace(base, notices=(*base.notices, *known), sections=tuple(sections))


def _confirm(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base = _base(walk, card_screens.CONFIRMATION)
    seen, session = walk.now.seen, _session(walk)
    buttons = [*base.buttons, ButtonView("pin-again", words.PIN_AGAIN_TITLE, own=True)]
    if seen is None or session.card is None:
        buttons = [replace(one, enabled=one.key != "register") for one in buttons]
        return replace(base, buttons=tuple(buttons))
    notices = [*base.notices, *_confirm_notices(walk)]
    sections = [_names(walk), *confirmed_sections(seen.qualification, seen.form, session.card)]
    if session.old is not None:
        old = card_section(session.old.certificate)
        sections.append(SectionView("old-card", words.OLD_CARD, items=old.items))
        notices.append(Notice("info", words.CARRIED_OVER))
    sections.append(_outcome(session.card))
    if seen.findings:
        lines = tuple(follow_up_sentence(cause.code, cause.facts) for cause in seen.findings)
        notices.append(Notice("warning", words.FINDINGS_TITLE, lines))
    return replace(base, notices=tuple(notices), sections=tuple(sections), buttons=tuple(buttons))


def _confirm_notices(walk: CardWalkthrough) -> Iterator[Notice]:
    if walk.now.folded:
        lines = tuple(
            shared.folded_line(field_name(key), raw, half) for key, (raw, half) in walk.now.folded.items()
        )
        yield Notice("warning", shared.FOLDED_TITLE, lines)
    remarks = walk.now.remarks
    lines = (
        *(shared.phone_remark(field_name(key)) for key in remarks.phone_unknown),
        *(shared.mail_remark(field_name(key), domain) for key, domain in remarks.mail_unusual),
        *(shared.postcode_remark(field_name(key)) for key in remarks.postcode_mismatch),
    )
    if lines:
        yield Notice("warning", shared.REMARKS_TITLE, lines)


def _names(walk: CardWalkthrough) -> SectionView:
    """The two company names side by side, with how they compare."""
    seen, session = walk.now.seen, _session(walk)
    if seen is None or session.card is None:
        return SectionView("names", words.NAMES_TITLE)
    match = words.NOT_COMPARABLE if seen.company_match is None else match_label(seen.company_match)
    rows = (
        ShownRow("name-of-register", words.NAME_OF_REGISTER, seen.qualification.trade_name),
        ShownRow("name-of-card", words.NAME_OF_CARD, holder_rows(session.card.certificate)[0].value),
        ShownRow("name-match", words.NAME_MATCH, match),
    )
    return SectionView("names", words.NAMES_TITLE, items=rows)


def _outcome(card: ProvenCard) -> SectionView:
    rows = (
        ShownRow("outcome", words.CHECKED, OUTCOMES[CheckOutcome(card.outcome)]),
        ShownRow("outcome-why", words.CHECKED_WHY, REASONS[CheckReason(card.reason)]),
    )
    return SectionView("outcome", words.OUTCOME_TITLE, items=rows)


def _done(walk: CardWalkthrough, contacts: ContactWords) -> ScreenView:
    base, session = _base(walk, card_screens.DONE), _session(walk)
    said = {CardFlow.CHANGE: words.DONE_CHANGE, CardFlow.RENEWAL: words.DONE_RENEWAL}
    lead = (said.get(session.flow, base.lead[0]), *base.lead[1:])
    buttons = [*base.buttons, ButtonView("restart", words.RESTART, own=True)]
    notices = list(base.notices)
    sections: tuple[SectionView, ...] = ()
    if session.enterprise_id is not None:
        notices.append(Notice("success", card_screens.issued(session.enterprise_id)))
    if session.rehearsal:
        lead = ()
        notices.append(_would(session))
        sections, buttons = _record_form(walk, buttons)
    return replace(base, lead=lead, notices=tuple(notices), sections=sections, buttons=tuple(buttons))


def _would(session: CardSession) -> Notice:
    refused = [step.facts.get("code", "") for step in session.trail if step.what == "would-refuse"]
    if not refused:
        return Notice("info", words.WOULD)
    certificate = None if session.card is None else session.card.certificate
    last = "" if certificate is None else day(certificate.not_after)
    why = "" if session.card is None else session.card.reason
    return Notice("warning", words.WOULD_REFUSE, (code_sentence(refused[-1], not_after=last, why=why),))


def _record_form(
    walk: CardWalkthrough, buttons: list[ButtonView]
) -> tuple[tuple[SectionView, ...], list[ButtonView]]:
    if walk.now.recorded is not None:
        return (), [*buttons, ButtonView("print-record", words.RECORD_PRINT, own=True)]
    field = _field(walk, FieldText(ADVICE_KEY, words.ADVICE, words.ADVICE_HINT, required=False), "")
    record = ButtonView("record", words.RECORD, own=True)
    return (SectionView("advice", words.CASE_TITLE, items=(field,)),), [*buttons, record]


def _base(walk: CardWalkthrough, text: ScreenText) -> ScreenView:
    step = "menu" if walk.step is None else walk.step.value
    own = [ButtonView("cancel", words.GIVE_UP, own=True)] if walk.step in ON_THE_WAY else []
    return ScreenView(
        id=text.id,
        mode=walk.mode.value,
        title=text.title,
        banner=words.MODE_BANNERS[walk.mode],
        step=words.STEP_OF[step],
        lead=text.lead,
        notices=tuple(walk.notices),
        notes=text.notes,
        buttons=(
            *(ButtonView(one.key, one.label, primary=one.key in MAIN_BUTTONS) for one in text.buttons),
            *own,
        ),
    )


def _field(walk: CardWalkthrough, text: FieldText, value: str) -> FieldView:
    shown = "" if text.kind == "password" else value
    error = walk.errors.get(text.key, "")
    return FieldView(text.key, text.label, text.hint, text.required, text.kind, shown, error)


def _session(walk: CardWalkthrough) -> CardSession:
    if walk.session is None:
        raise ValueError("only the menu has no walk")
    return walk.session


_BUILDERS: Mapping[CardStep, Callable[[CardWalkthrough, ContactWords], ScreenView]] = {
    CardStep.PIN: _pin,
    CardStep.NEW_PIN: _pin,
    CardStep.CLIENT: _client,
    CardStep.SEARCH: _search,
    CardStep.FORM: _form,
    CardStep.CONFIRM: _confirm,
    CardStep.DONE: _done,
}

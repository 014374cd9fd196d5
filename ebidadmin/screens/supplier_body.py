"""One supplier's page, as markup."""

from __future__ import annotations

from collections.abc import Sequence

from ebidadmin.presenters.registrations import Registrations
from ebidadmin.presenters.supplier_view import FollowUpLine, SupplierView
from ebidadmin.presenters.ways import Kind
from ebidadmin.screens import eligibility_part
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import linked, links
from ebidadmin.text import id_desk as desk_words
from ebidadmin.text import notebooks
from ebidadmin.text import queue as queue_words
from ebidadmin.text import registrations as words


def content(state: Registrations) -> Html:
    """What there is to say, and the open page."""
    said = notice(state.notice, "registrations-notice")
    view = state.view
    if view is None:
        return look.join(said, look.empty_state(words.PAGE_EMPTY))
    buttons = look.actions(
        look.button("reload", words.BUTTON_RELOAD, key="l"), look.button("close", words.BUTTON_CLOSE)
    )
    return look.join(
        said,
        look.element("h2", view.title, tabindex="-1", data_testid="supplier-title"),
        buttons,
        look.facts([(words.FACT_ENTERPRISE, view.enterprise_id)]),
        links(state.ways),
        eligibility_part.section(view.eligibility),
        _follow_ups(view.follow_ups, may_resolve=state.may_resolve),
        look.section(
            words.SECTION_REGISTER,
            look.facts(view.register) if view.register else look.paragraph(words.NO_REGISTER),
        ),
        _identified(state, view),
        *_lists(view),
    )


def _identified(state: Registrations, view: SupplierView) -> Html:
    """The IDs, each with what the desk can do."""
    rows = []
    for row in view.identified:
        verbs = state.verbs(row[0])
        buttons = [
            look.button(f"desk-{verb}", desk_words.BUTTONS[verb], value=row[0], testid=f"desk-{verb}")
            for verb in verbs
        ]
        rows.append((*row, look.actions(*buttons) if buttons else EMPTY))
    return _listed(words.SECTION_IDS, words.ID_HEADINGS, rows)


def _lists(view: SupplierView) -> tuple[Html, ...]:
    contact = look.section(words.SECTION_CONTACT, look.facts(view.contact)) if view.contact else EMPTY
    return (
        _listed(words.SECTION_CARDS, words.CARD_HEADINGS, view.cards),
        contact,
        _listed(
            words.SECTION_PERMITS,
            queue_words.PERMIT_HEADINGS,
            linked(view.permits, notebooks.PERMITS.name, Kind.PERMIT),
        ),
        _listed(
            words.SECTION_APPLICATIONS,
            words.APPLICATION_HEADINGS,
            linked(view.applications, notebooks.REVIEW_QUEUE.name, Kind.APPLICATION),
        ),
        _listed(words.SECTION_MAILS, queue_words.MAIL_HEADINGS, view.mails),
        _listed(words.SECTION_HISTORY, words.HISTORY_HEADINGS, view.events),
    )


def _follow_ups(lines: Sequence[FollowUpLine], *, may_resolve: bool) -> Html:
    if not lines:
        return look.section(words.SECTION_FOLLOW_UPS, look.paragraph(words.NOTHING))
    rows = [
        (
            *line.cells,
            look.button("resolve", words.RESOLVE, value=line.number, testid=f"resolve-{line.number}")
            if line.open and may_resolve
            else EMPTY,
        )
        for line in lines
    ]
    return look.section(
        words.SECTION_FOLLOW_UPS, look.data_table(words.FOLLOW_UP_HEADINGS, rows), testid="page-follow-ups"
    )


def _listed(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    return look.section(
        title, look.data_table(headings, rows) if rows else look.paragraph(words.NOTHING), testid=""
    )

"""What stands beside the list of the trail: an event with its values, one supplier's life, a record as of a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ebidadmin.presenters.audit_event import AuditEvent, EventView, LifeView, StateView
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FormButton, FormRow
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import links
from ebidadmin.text import audit as words
from ebidadmin.text import formats
from ebidadmin.text.audit_fields import Line

STATE_ROWS = (
    FormRow("first", words.STATE_FIRST, required=True, hint=words.STATE_HINT),
    FormRow("second", words.STATE_SECOND),
)
STATE_BUTTONS = (
    FormButton("show", words.STATE_SHOW, primary=True),
    FormButton("leave", words.BUTTON_LEAVE),
)


def head(one: AuditEvent) -> Html:
    """What is open, and what can be done with it."""
    said = notice(one.notice, "audit-event-said")
    if one.view is not None:
        return look.join(said, _event_head(one.view), links(one.ways))
    return look.join(said, _life_head(one.life), links(one.ways)) if one.life is not None else said


def body(one: AuditEvent) -> Html:
    """The event, or the life."""
    if one.view is not None:
        return _event(one.view, rest=one.rest)
    return _life(one.life) if one.life is not None else EMPTY


def state(shown: StateView | None) -> Html:
    """A record as of a moment, or what differs between two."""
    if shown is None:
        return EMPTY
    parts: list[Html] = [look.paragraph(shown.said)]
    if shown.pairs:
        parts.append(look.data_table(words.STATE_HEADINGS, shown.pairs))
    if shown.changes:
        parts.append(_compared((words.CHANGE_HEADINGS[0], *shown.moments), shown.changes))
    return look.section(shown.title, *parts, testid="audit-state")


def _event_head(view: EventView) -> Html:
    buttons = [look.button("rest-of", words.BUTTON_SUBJECT, testid="audit-subject")]
    if view.supplier:
        buttons.insert(0, look.button("life", words.BUTTON_LIFE, value=view.supplier, key="u"))
    if view.whole:
        buttons.append(look.button("state", words.BUTTON_STATE))
    buttons.append(look.button("close", words.BUTTON_CLOSE, key="x"))
    return look.join(
        look.element("h2", view.title, tabindex="-1", data_testid="audit-title"),
        look.actions(*buttons),
    )


def _event(view: EventView, *, rest: bool) -> Html:
    parts = [look.facts(view.facts)]
    if view.erased:
        return look.join(*parts, look.notice(view.erased, testid="audit-erased"))
    if view.masked:
        parts.append(look.notice(words.HIDDEN_NOTE, testid="audit-masked"))
    return look.join(look.join(*parts), _values(view, rest=rest), _why(view))


def _values(view: EventView, *, rest: bool) -> Html:
    if not view.lines:
        return look.section(words.SECTION_CHANGED, look.paragraph(words.NO_VALUES))
    if not view.both:
        return look.section(
            words.SECTION_VALUES,
            look.data_table(
                words.STATE_HEADINGS, ((line.label, line.after) for line in view.lines if line.differs)
            ),
            testid="audit-values",
        )
    changed = (
        _compared(words.CHANGE_HEADINGS, view.changed) if view.changed else look.paragraph(words.NO_CHANGE)
    )
    parts = [changed]
    if view.rest:
        label = words.HIDE_REST if rest else words.SHOW_REST.format(count=formats.count(len(view.rest)))
        parts.append(look.actions(look.button("rest", label)))
    if rest:
        same = ((line.label, line.after) for line in view.rest)
        parts.append(look.data_table(words.STATE_HEADINGS, same, words.SECTION_REST))
    return look.section(words.SECTION_CHANGED, *parts, testid="audit-values")


def _why(view: EventView) -> Html:
    told = look.facts(view.why) if view.why else look.paragraph(words.NO_FACTS)
    return look.section(words.SECTION_WHY, told, testid="audit-why")


def _compared(headings: Sequence[str], lines: Iterable[Line]) -> Html:
    return look.data_table(headings, ((line.label, line.before, line.after) for line in lines))


def _life_head(life: LifeView) -> Html:
    return look.join(
        look.element(
            "h2",
            words.LIFE_TITLE.format(supplier=life.supplier),
            tabindex="-1",
            data_testid="audit-title",
        ),
        look.paragraph(words.LIFE_LEAD),
        look.actions(look.button("close", words.BUTTON_CLOSE, key="x")),
    )


def _life(life: LifeView) -> Html:
    if not life.lines:
        return look.empty_state(words.LIFE_NOTHING)
    rows = []
    for line in life.lines:
        at, by, what, subject, seq = line.cells
        told = look.badge(what, line.tone) if line.tone != "neutral" else what
        opener = look.button("open", words.OPEN, value=str(line.seq), testid=f"life-{line.seq}")
        rows.append((at, by, told, subject, seq, opener))
    more = life.cursor is not None
    end = (
        look.actions(look.button("more", words.LIFE_MORE))
        if more
        else look.paragraph(words.LIFE_END.format(count=formats.count(len(life.lines))))
    )
    return look.join(look.data_table(words.LIFE_HEADINGS, rows), end)

"""The list that a bulk approval is confirmed from, as markup."""

from __future__ import annotations

from ebidadmin.domain.desk_requests import MOST_CASES
from ebidadmin.presenters.bulk_approval import BulkApproval
from ebidadmin.screens import case_keys
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.services.bulk_approval import BulkCase, BulkList
from ebidadmin.text import bulk_approval as words
from ebidadmin.text import formats, messages
from ebidadmin.text.queue import ACTION_CANCEL, MAIL_OFF, case_title

LEAD = '[data-testid="bulk-lead"]'


def markup(bulk: BulkApproval) -> Html:
    """The button, or the list with the question."""
    said = notice(bulk.notice, "bulk-notice")
    if bulk.listed is None:
        offered = look.button("bulk-begin", words.BEGIN, key=case_keys.BULK) if bulk.offered else EMPTY
        return look.join(said, look.actions(offered))
    return _confirmation(bulk.listed)


def _confirmation(listed: BulkList) -> Html:
    count = len(listed.cases)
    buttons = (
        look.button("bulk-yes", words.YES.format(count=f"{count:,}"), key=case_keys.YES, tone="primary"),
        look.button("bulk-cancel", ACTION_CANCEL, key=case_keys.CANCEL),
    )
    more = look.paragraph(words.MORE.format(most=MOST_CASES)) if listed.more else EMPTY
    return look.confirm(
        words.question(count),
        look.element("p", words.LEAD, tabindex="-1", data_testid="bulk-lead"),
        more,
        look.data_table(words.HEADINGS, [_row(case) for case in listed.cases]),
        buttons=buttons,
        tone="info",
    )


def _row(case: BulkCase) -> tuple[str, ...]:
    notes = words.notes(messages.finding_label(one.code) for one in case.notes)
    named = look.element("span", case_title(case.trade_name, case.number), class_="ebid-unseen")
    drop = look.button(
        "bulk-drop", look.join(words.DROP, named), value=case.number, testid=f"bulk-drop-{case.number}"
    )
    return (
        case.number,
        formats.moment(case.applied_at),
        case.supplier_number,
        case.trade_name,
        notes,
        _mail(case),
        drop,
    )


def _mail(case: BulkCase) -> Html:
    """The mail exactly as it will be sent, folded; or that none is."""
    if not case.mailed:
        return look.esc(MAIL_OFF)
    return look.element(
        "details",
        look.element("summary", words.MAIL.format(to=", ".join(case.mail.to), subject=case.mail.subject)),
        look.preformatted(case.mail.body),
    )

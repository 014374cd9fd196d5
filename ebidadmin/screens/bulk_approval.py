"""The list that a bulk approval is confirmed from, as markup."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.domain.desk_requests import MOST_CASES
from ebidadmin.domain.mails import MailDraft
from ebidadmin.presenters.bulk_approval import BulkApproval
from ebidadmin.screens import case_keys
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.services.bulk_approval import BulkCase, BulkList
from ebidadmin.text import bulk_approval as words
from ebidadmin.text import desk_request_screen as request_words
from ebidadmin.text import formats, messages
from ebidadmin.text.queue import ACTION_CANCEL, MAIL_OFF, case_title

LEAD = '[data-testid="bulk-lead"]'


def markup(bulk: BulkApproval) -> Html:
    """The button, or the list with the question."""
    said = notice(bulk.notice, "bulk-notice")
    if bulk.listed is None:
        offered = look.button("bulk-begin", words.BEGIN, key=case_keys.BULK) if bulk.offered else EMPTY
        return look.join(said, look.actions(offered))
    return _confirmation(bulk, bulk.listed, said)


def typed_form(bulk: BulkApproval, submitted: Callable[[Submission], None]) -> FieldForm:
    """Where nobody else is there, the number of cases is typed in place of the button."""
    count = 0 if bulk.listed is None else len(bulk.listed.cases)
    return FieldForm(
        (FormRow("typed", request_words.FIELD_COUNT, required=True, hint=request_words.FIELD_COUNT_HINT),),
        (
            FormButton("yes", words.YES.format(count=f"{count:,}"), primary=True),
            FormButton("cancel", ACTION_CANCEL),
        ),
        submitted,
        title=words.question(count),
        testid="bulk-typed",
    )


def _confirmation(bulk: BulkApproval, listed: BulkList, said: Html) -> Html:
    count, asks = len(listed.cases), bulk.asks
    question = request_words.ASK_BULK.format(count=f"{count:,}") if asks else words.question(count)
    yes = (request_words.BUTTON_ASK_BULK if asks else words.YES).format(count=f"{count:,}")
    # What is typed is another part of the screen, with its own buttons.
    buttons: tuple[Html, ...] = ()
    if not bulk.types:
        buttons = (
            look.button("bulk-yes", yes, value=bulk.asked, key=case_keys.YES, tone="primary"),
            look.button("bulk-cancel", ACTION_CANCEL, key=case_keys.CANCEL),
        )
    more = look.paragraph(words.MORE.format(most=MOST_CASES)) if listed.more else EMPTY
    return look.confirm(
        question,
        said,
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
        mail_folded(case.mail, sent=case.mailed),
        drop,
    )


def mail_folded(mail: MailDraft, *, sent: bool) -> Html:
    """The mail exactly as it will be sent, folded; or that none is."""
    if not sent:
        return look.esc(MAIL_OFF)
    return look.element(
        "details",
        look.element("summary", words.MAIL.format(to=", ".join(mail.to), subject=mail.subject)),
        look.preformatted(mail.body),
    )

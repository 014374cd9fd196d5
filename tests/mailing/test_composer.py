"""Mails to suppliers: what they say, and that nothing that was entered can get into one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.ids import EnterpriseId, UserId
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.registrations import Registration
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.mailing.composer import NEVER_MAILED, TemplateComposer
from ebidadmin.mailing.reasons import load_reasons
from ebidadmin.services.mail_ports import MailComposer
from ebidadmin.services.office_files import digest_of
from tests.builders import NOON, SAMPLE_HASH, application, contact, flat, form
from tests.cards.builders import registered
from tests.spellings import RULES

SHIPPED = bundled("data") / "reference"

FACTS: dict[MailKind, dict[str, Any]] = {
    MailKind.ID_SUBMITTED: {},
    MailKind.ID_APPROVED: {},
    MailKind.ID_REJECTED: {"reasons": ("name-differs", "other"), "note": "登記簿の写しをご確認ください。"},
    MailKind.ID_INQUIRED: {"text": "登記簿の写しを送ってください。"},
}


def composer(folder: Path = SHIPPED / "mails") -> MailComposer:
    return TemplateComposer(
        folder,
        reasons=load_reasons(SHIPPED / "reasons.toml"),
        names=RULES,
        office_name="下関市",
        contact="下関市 物品役務契約係",
    )


def distinct() -> IdApplication:
    """An application whose every entry is known again wherever it turns up."""
    entered = form(
        92,
        branch="豊前田支店",
        company_phone="083-111-2222",
        company_fax="083-111-3333",
        main_contact=contact(
            92, name="契約担当課", person="窓口花子", phone="083-111-4444", fax="083-111-5555"
        ),
        applicant_contact=contact(93, person="依頼次郎"),
    )
    return application(entered=entered)


@pytest.mark.parametrize("kind", list(FACTS))
def test_it_goes_to_the_applicant_contact_and_says_whom_to_ask(kind: MailKind) -> None:
    one = distinct()
    draft = composer().compose(kind, one, **FACTS[kind])
    assert (draft.kind, draft.to) == (kind, (one.form.applicant_contact.email,))
    assert "下関市 物品役務契約係" in draft.body
    assert f"{one.form.trade_name} 御中" in draft.body
    assert f"受付番号 {one.number}" in draft.body
    assert "受付日 2026年10月7日" in draft.body
    assert draft.body.endswith("\n")
    assert not draft.body.endswith("\n\n")
    assert "\n" not in draft.subject
    assert "{" not in draft.subject + draft.body


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MailKind.ID_SUBMITTED, "登録完了"),
        (MailKind.ID_APPROVED, "審査結果(承認)"),
        (MailKind.ID_REJECTED, "審査結果(却下)"),
        (MailKind.ID_INQUIRED, "照会"),
    ],
)
def test_the_subject_says_what_it_is(kind: MailKind, words: str) -> None:
    assert words in composer().compose(kind, distinct(), **FACTS[kind]).subject


@pytest.mark.parametrize("kind", list(FACTS))
def test_nothing_that_was_entered_is_in_it(kind: MailKind) -> None:
    one = distinct()
    draft = composer().compose(kind, one, **FACTS[kind])
    entered = {key: value for key, value in flat(one.form).items() if key != "trade_name"}
    leaked = [key for key, value in entered.items() if value in draft.subject + draft.body]
    assert leaked == []
    assert SAMPLE_HASH not in draft.body


def test_a_rejection_lists_its_reasons_and_the_note() -> None:
    body = composer().compose(MailKind.ID_REJECTED, distinct(), **FACTS[MailKind.ID_REJECTED]).body
    assert "・商号又は名称が入札参加資格の登録と一致しません。" in body
    assert (
        "・申請の内容を確認できませんでした。\n\n補足\n登記簿の写しをご確認ください。\n\n却下の理由を確認の上"
        in body
    )
    without = composer().compose(MailKind.ID_REJECTED, distinct(), reasons=("other",), note="").body
    assert "・申請の内容を確認できませんでした。\n\n却下の理由を確認の上" in without


def test_line_ends_of_any_kind_become_line_feeds() -> None:
    draft = composer().compose(MailKind.ID_INQUIRED, distinct(), text="一\r\n二\r三")
    assert "一\n二\n三" in draft.body
    assert "\r" not in draft.body


@pytest.mark.parametrize(
    ("kind", "facts", "where"),
    [
        (
            MailKind.ID_INQUIRED,
            {"text": "電話 ０８３－１１１－２２２２ は正しいですか。"},
            ("text", "company_phone"),
        ),
        (MailKind.ID_INQUIRED, {"text": "窓口 花子 様でしょうか"}, ("text", "main_contact.person")),
        (MailKind.ID_REJECTED, {"reasons": ("other",), "note": "IDはSHOUKAI0092です"}, ("note", "user_id")),
    ],
)
def test_free_text_that_quotes_an_entry_is_refused_naming_the_field(
    kind: MailKind, facts: dict[str, Any], where: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as refused:
        composer().compose(kind, distinct(), **facts)
    assert refused.value.code == "mail-quotes-entry"
    (problem,) = refused.value.problems
    assert (problem.where, problem.facts["field"]) == where


def test_the_trade_name_may_be_quoted() -> None:
    draft = composer().compose(MailKind.ID_INQUIRED, distinct(), text="(株)テスト商会92 の表記について")
    assert "(株)テスト商会92 の表記について" in draft.body


def test_braces_of_a_person_are_only_braces() -> None:
    assert "{user_id}" in composer().compose(MailKind.ID_INQUIRED, distinct(), text="{user_id} とは").body


def test_facts_of_another_kind_are_a_defect() -> None:
    with pytest.raises(TypeError):
        composer().compose(MailKind.ID_APPROVED, distinct(), note="x")
    with pytest.raises(TypeError):
        composer().compose(MailKind.ID_REJECTED, distinct(), reasons="other", note="")


def identified(one: IdApplication, **changes: Any) -> Registration:
    """The ID that came of it, with another user id and main contact since."""
    made = Registration(
        application=one.number,
        supplier_number=one.supplier_number,
        enterprise_id=EnterpriseId("1352100000000092"),
        user_id=UserId("kaishi2026"),
        password_hash=SAMPLE_HASH,
        main_contact=contact(94, person="後任三郎", email="kounin@example.co.jp"),
        applicant_contact=one.form.applicant_contact,
        created_at=NOON,
    )
    return replace(made, **changes)


def of_the_desk(kind: MailKind, reason: str = "指名停止のため", **changes: Any) -> tuple[MailDraft, ...]:
    one = distinct()
    return composer().compose_id_desk(kind, identified(one, **changes), one, reason=reason, at=NOON)


@pytest.mark.parametrize(
    ("kind", "words", "day"),
    [
        (MailKind.ID_SUSPENDED, "停止", "停止日 2026年10月7日"),
        (MailKind.ID_CANCELLED, "取消", "取消日 2026年10月7日"),
    ],
)
def test_what_the_desk_did_goes_to_both_contacts_one_mail_each(kind: MailKind, words: str, day: str) -> None:
    one = distinct()
    drafts = of_the_desk(kind)
    assert [draft.to for draft in drafts] == [("kounin@example.co.jp",), (one.form.applicant_contact.email,)]
    assert {(draft.subject, draft.body) for draft in drafts} == {(drafts[0].subject, drafts[0].body)}
    draft = drafts[0]
    assert words in draft.subject
    assert one.number in draft.subject
    assert f"{one.form.trade_name} 御中" in draft.body
    assert day in draft.body
    assert f"{words}の理由\n指名停止のため\n" in draft.body
    assert "下関市 物品役務契約係" in draft.body
    assert "{" not in draft.subject + draft.body


def test_one_address_gets_one_mail_whatever_its_case() -> None:
    same = distinct().form.applicant_contact
    main = replace(same, email=same.email.upper())
    assert len(of_the_desk(MailKind.ID_CANCELLED, main_contact=main)) == 1


@pytest.mark.parametrize(
    ("quoted", "field"),
    [
        ("kaishi2026", "user_id"),
        ("SHOUKAI0092", "user_id"),
        ("1352-1000-0000-0092", "enterprise_id"),
        ("後任 三郎", "main_contact.person"),
        ("窓口花子", "main_contact.person"),
        ("０８３－１１１－２２２２", "company_phone"),
        ("190000092", "supplier_number"),
        ("kounin@example.co.jp", "main_contact.email"),
    ],
    ids=["now", "as-applied", "enterprise", "person-now", "person-as-applied", "phone", "number", "mail"],
)
def test_a_reason_that_quotes_what_is_or_was_registered_is_refused_naming_the_field(
    quoted: str, field: str
) -> None:
    with pytest.raises(InputError) as refused:
        of_the_desk(MailKind.ID_SUSPENDED, f"連絡({quoted})がつかないため")
    assert refused.value.code == "mail-quotes-entry"
    assert ("reason", field) in [(one.where, one.facts["field"]) for one in refused.value.problems]


def test_nothing_that_is_registered_is_in_a_mail_of_the_desk() -> None:
    one = distinct()
    (draft, _) = of_the_desk(MailKind.ID_SUSPENDED, "(株)テスト商会92 の指名停止のため")
    text = draft.subject + draft.body
    entered = [value for key, value in flat(one.form).items() if key != "trade_name"]
    registered_now = ["1352100000000092", "kaishi2026", *contact(94, person="後任三郎").as_map().values()]
    assert [value for value in (*entered, *registered_now) if value in text] == []


def test_a_notice_says_the_end_and_goes_to_the_card_contact() -> None:
    card = registered()
    draft = composer().compose_expiry(card, trade_name="(株)テスト商会92")
    assert (draft.kind, draft.to) == (MailKind.CARD_EXPIRES, (card.card_contact.email,))
    assert "有効期限のお知らせ" in draft.subject
    # The last second of the day in Japan.
    assert "有効期限 2028年8月31日" in draft.body
    kept = [*card.card_contact.as_map().values(), card.certificate.serial, card.certificate.holder_name]
    assert [value for value in (*kept, card.enterprise_id) if value in draft.body] == []
    assert "登録事業者 御中" in composer().compose_expiry(card, trade_name="").body


def test_kinds_are_not_mixed_up() -> None:
    one = distinct()
    with pytest.raises(TypeError):
        composer().compose_id_desk(MailKind.ID_APPROVED, identified(one), one, reason="x", at=NOON)


class TestTemplates:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(SHIPPED / "mails", tmp_path / "mails"))

    def change(self, folder: Path, old: str, new: str, kind: str = "id-approved") -> None:
        path = folder / f"{kind}.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def refusal(self, folder: Path) -> ConfigurationError:
        with pytest.raises(ConfigurationError) as refused:
            composer(folder)
        return refused.value

    @pytest.mark.parametrize("field", sorted(NEVER_MAILED))
    def test_a_field_that_must_never_be_mailed_is_refused_on_load(self, folder: Path, field: str) -> None:
        self.change(folder, "審査結果 承認\n", f"審査結果 承認 {{{field}}}\n")
        error = self.refusal(folder)
        assert (error.code, error.facts["field"]) == ("mail-field-forbidden", field)
        assert "id-approved.toml" in str(error.facts["file"])

    def test_the_fields_of_the_form_are_among_them(self) -> None:
        keys = {key.rpartition(".")[2] for key in flat(form())} - {"trade_name"}
        assert keys | {"password", "password_hash", "enterprise_id"} <= NEVER_MAILED

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("審査結果 承認\n", "審査結果 承認 {tradename}\n", "mail-field-unknown"),
            ("審査結果 承認\n", "審査結果 承認 {main_contact.phone}\n", "mail-field-forbidden"),
            ("審査結果 承認\n", "審査結果 承認 {trade_name.__class__}\n", "mail-field-unknown"),
            ("審査結果 承認\n", "審査結果 承認 {trade_name!r}\n", "mail-field-unknown"),
            ("審査結果 承認\n", "審査結果 承認 {trade_name:>9}\n", "mail-field-unknown"),
            ("審査結果 承認\n", "審査結果 承認 {text}\n", "mail-field-unknown"),
            ("審査結果 承認\n", "審査結果 承認 {\n", "data-entry-invalid"),
            ("{contact}", "窓口", "mail-field-missing"),
            ("審査結果(承認)", "審査結果 {trade_name}", "mail-field-unknown"),
            ('subject = "', 'subject = "一行目\\n', "data-entry-invalid"),
            ("version = 1", "version = 9", "data-version"),
            ("version = 1", "version = 1\nfooter = 1", "data-entry-invalid"),
            ('kind = "id-approved"', 'kind = "id-rejected"', "data-entry-invalid"),
            ("subject =", "betreff =", "data-entry-invalid"),
        ],
    )
    def test_a_mistake_is_named_on_load(self, folder: Path, old: str, new: str, code: str) -> None:
        self.change(folder, old, new)
        assert self.refusal(folder).code == code

    @pytest.mark.parametrize(
        ("kind", "field"),
        [("id-suspended", "reason"), ("id-cancelled", "reason"), ("card-expires", "expires_on")],
    )
    def test_a_mail_must_tell_what_it_is_for(self, folder: Path, kind: str, field: str) -> None:
        self.change(folder, f"{{{field}}}", "お知らせ", kind=kind)
        error = self.refusal(folder)
        assert (error.code, error.facts["field"]) == ("mail-field-missing", field)

    def test_a_desk_older_than_a_kind_takes_the_words_of_the_program(self, folder: Path) -> None:
        (folder / "card-expires.toml").unlink()
        made = TemplateComposer(
            folder,
            reasons=load_reasons(SHIPPED / "reasons.toml"),
            names=RULES,
            office_name="下関市",
            contact="契約課",
            shipped=SHIPPED / "mails",
        )
        assert "有効期限" in made.compose_expiry(registered(), trade_name="x").subject

    def test_a_mail_says_by_which_text_it_was_made(self, folder: Path) -> None:
        def made(kind: MailKind) -> str | None:
            return composer(folder).compose(kind, distinct(), **FACTS[kind]).template

        before = {kind: made(kind) for kind in FACTS}
        assert len(set(before.values())) == len(FACTS)
        self.change(folder, "審査結果 承認\n", "審査の結果 承認\n")
        assert made(MailKind.ID_APPROVED) == digest_of((folder / "id-approved.toml").read_bytes())
        assert [kind for kind in FACTS if made(kind) != before[kind]] == [MailKind.ID_APPROVED]

    def test_a_rejection_must_tell_its_reasons(self, folder: Path) -> None:
        self.change(folder, "{reasons}", "こちらの事情", kind="id-rejected")
        error = self.refusal(folder)
        assert (error.code, error.facts["field"]) == ("mail-field-missing", "reasons")

    def test_an_empty_text_is_a_mistake(self, folder: Path) -> None:
        (folder / "id-approved.toml").write_text(
            'version = 1\nkind = "id-approved"\nsubject = "x"\nbody = " "\n', encoding="utf-8"
        )
        assert self.refusal(folder).facts["key"] == "body"

    def test_a_missing_kind_is_a_mistake(self, folder: Path) -> None:
        (folder / "id-inquired.toml").unlink()
        assert self.refusal(folder).code == "data-file-missing"

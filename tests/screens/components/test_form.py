"""Forms: values come by message, secrets as buffers that are wiped, and nothing of either is widget state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission, chosen
from ebidadmin.screens.components.secret import SecretForm
from tests.screens.conftest import sent_by

ROWS = [
    FormRow("section", "代表窓口", "heading"),
    FormRow("contact", "連絡先氏名", required=True),
    FormRow("reasons", "却下の理由", "checks", options=(("a", "甲"), ("b", "乙")), live=True),
    FormRow("company", "企業名称", "readonly"),
    FormRow("password", "パスワード", "password"),
]
BUTTONS = [FormButton("check", "入力内容確認", primary=True), FormButton("back", "戻る", sends_secrets=False)]
VALUES = {"contact": " 試験 太郎 ", "reasons": "a,b"}


def submit(
    form: FieldForm, button: str = "check", secrets: dict[str, bytes] | None = None, **more: Any
) -> None:
    given = secrets or {}
    message = {"type": "submit", "button": button, "values": VALUES, "secrets": list(given)} | more
    form.receive(message, list(given.values()))


def test_values_arrive_as_typed_without_the_read_only_rows() -> None:
    got: list[Submission] = []
    form = FieldForm(ROWS, BUTTONS, got.append, values={"company": "(株)テスト商会01"})
    submit(form)
    assert got[0].values == VALUES
    assert form.values["company"] == "(株)テスト商会01"
    assert chosen(got[0].values["reasons"]) == ("a", "b")


def test_secret_is_there_for_the_handler_and_wiped_after_it() -> None:
    kept: list[bytearray] = []
    seen: list[bytes] = []

    def handler(submission: Submission) -> None:
        kept.append(submission.secrets["password"])
        seen.append(bytes(submission.secrets["password"]))

    submit(FieldForm(ROWS, BUTTONS, handler), secrets={"password": b"himitsu1"})
    assert seen == [b"himitsu1"]
    assert kept == [bytearray(8)]


def test_secret_is_wiped_when_the_handler_fails(expected_failures: list[type[BaseException]]) -> None:
    kept: list[bytearray] = []

    def handler(submission: Submission) -> None:
        kept.append(submission.secrets["password"])
        raise RuntimeError

    submit(FieldForm(ROWS, BUTTONS, handler), secrets={"password": b"himitsu1"})
    assert kept == [bytearray(8)]
    expected_failures.append(RuntimeError)


def test_a_button_without_secrets_hands_none_over() -> None:
    got: list[Submission] = []
    submit(FieldForm(ROWS, BUTTONS, got.append), "back", {"password": b"himitsu1"})
    assert got[0].secrets == {}
    assert "himitsu1" not in repr(got[0])


@pytest.mark.parametrize(
    ("more", "secrets", "error"),
    [
        ({"values": {"password": "x"}}, {}, ValueError),
        ({"values": {"unknown": "x"}}, {}, ValueError),
        ({}, {"contact": b"x"}, ValueError),
        ({"button": "other"}, {}, KeyError),
    ],
)
def test_a_message_that_does_not_fit_the_rows_is_refused(
    more: dict[str, Any],
    secrets: dict[str, bytes],
    error: type[BaseException],
    expected_failures: list[type[BaseException]],
) -> None:
    got: list[Submission] = []
    submit(FieldForm(ROWS, BUTTONS, got.append), secrets=secrets, **more)
    assert got == []
    expected_failures.append(error)


def test_a_password_can_never_be_set_from_python() -> None:
    form = FieldForm(ROWS, BUTTONS, lambda submission: None)
    with pytest.raises(ValueError, match="password"):
        form.set_values({"password": "x"})


def test_saved_state_holds_no_value_no_error_and_no_secret() -> None:
    form = FieldForm(
        ROWS,
        BUTTONS,
        lambda submission: None,
        values={"company": "(株)テスト商会01"},
        about="(株)テスト商会01(業者番号 190000092)の停止",
    )
    form.set_errors({"contact": "山田様の氏名が長すぎます。"})
    submit(form, secrets={"password": b"himitsu1"})
    state = json.dumps(form.get_state(), ensure_ascii=False, default=str)
    assert "代表窓口" in state
    for personal in ("テスト商会", "190000092", "試験", "山田", "himitsu1"):
        assert personal not in state


def test_a_view_that_comes_later_gets_values_and_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    form = FieldForm(ROWS, BUTTONS, lambda submission: None, values={"contact": "試験"}, about="誰のこと")
    form.set_errors({"contact": "長すぎます。"}, "確認してください。")
    sent = sent_by(form, monkeypatch)
    form.receive({"type": "ready"})
    assert sent[0]["values"]["contact"] == "試験"
    assert (sent[1]["errors"], sent[1]["summary"]) == ({"contact": "長すぎます。"}, "確認してください。")
    assert {"type": "about", "text": "誰のこと"} in sent


def test_live_rows_report_all_plain_values() -> None:
    got: list[tuple[str, dict[str, str]]] = []
    form = FieldForm(
        ROWS, BUTTONS, lambda submission: None, on_change=lambda key, values: got.append((key, values))
    )
    form.receive({"type": "change", "key": "reasons", "values": VALUES})
    assert got == [("reasons", {"contact": " 試験 太郎 ", "reasons": "a,b", "company": ""})]


def test_clear_empties_inputs_and_keeps_what_is_read_only() -> None:
    form = FieldForm(ROWS, BUTTONS, lambda submission: None, values={"contact": "x", "company": "y"})
    form.set_errors({"contact": "z"})
    form.clear()
    assert form.values == {"contact": "", "reasons": "", "company": "y"}
    assert form.errors == {}


def test_two_rows_with_one_key_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same key"):
        FieldForm([FormRow("a", "A"), FormRow("a", "B")], BUTTONS, lambda submission: None)


def test_secret_form_hands_over_its_bytes_and_wipes_them() -> None:
    kept: list[dict[str, bytearray]] = []
    seen: list[bytes] = []

    def handler(secrets: dict[str, bytearray]) -> None:
        kept.append(secrets)
        seen.append(bytes(secrets["pin"]))

    form = SecretForm([("pin", "PIN番号")], "OK", handler)
    form.receive({"type": "submit", "button": "submit", "values": {}, "secrets": ["pin"]}, [b"1234"])
    assert (seen, kept) == ([b"1234"], [{"pin": bytearray(4)}])

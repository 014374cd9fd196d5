"""Every code has its sentence, every sentence its facts; nothing that an error holds can break one."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import Finding, FindingCode, Severity
from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.problem_codes import PROBLEM_CODES
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.staff import Permission
from ebidadmin.errors import EbidError, InputError, NotEligibleError, Problem, RuleError
from ebidadmin.text import messages
from ebidadmin.text.error_sentences import ERRORS
from ebidadmin.text.labels import DIFFERENCES, DOORS, FIELD_LABELS, SEARCH_LABELS
from ebidadmin.text.problem_sentences import PROBLEMS, ROW_PROBLEMS
from ebidadmin.text.staff_words import PERMISSIONS
from tests.domain import test_findings
from tests.text.codes import Raised, literals, raised

COMPUTED = {
    "ebidadmin/domain/fields.py": {
        *("control-character", "private-use-character", "replacement-character", "unsupported-character"),
        *(
            "required",
            "not-alphanumeric",
            "length-out-of-range",
            "letter-and-digit-needed",
            "same-as-user-id",
        ),
        *(
            "too-long",
            "wrong-length",
            "phone-form",
            "postcode-form",
            "not-equal",
            "not-half-width",
            "mail-form",
        ),
        *("not-text", "must-be-empty"),
    },
    "ebidadmin/intake/batches.py": {"column-missing", "given-twice", "unknown-field"},
    "ebidadmin/intake/csv.py": {"cell-too-long", "quoting-broken"},
    "ebidadmin/intake/jsonlines.py": {
        *("undecodable", "json-invalid", "json-not-object", "json-key-doubled", "line-too-long"),
        "json-number-invalid",
    },
    "ebidadmin/services/intake_rows.py": {"number-form", "required"},
    "ebidadmin/smartcard/simulated.py": {"card-pin-locked", "card-pin-wrong-last-try", "card-pin-wrong"},
    "ebidadmin/persistence/failures.py": {
        *("database-locked", "database-read-only", "disk-full", "database-missing", "database-damaged"),
        *("database-unreadable", "database-refused", "database-lost", "database-slow", "value-unreadable"),
    },
    "ebidadmin/smartcard/pkcs11.py": {
        *("card-changed", "card-removed", "card-pin-pad", "card-pin-missing"),
        *("card-key-missing", "card-key-unsupported"),
    },
    "ebidadmin/smartcard/pkcs11_meanings.py": {
        *("card-pin-locked", "card-pin-form", "card-pin-unusable", "card-pin-cancelled", "card-pin-wrong"),
        *("card-pin-wrong-last-try", "card-in-use", "card-unreadable", "card-busy", "card-removed"),
    },
    "ebidadmin/persistence/savers.py": {
        *("open-application-exists", "user-id-taken", "live-registration-exists", "enterprise-id-taken"),
    },
}
"""Codes that a module computes rather than writes where it raises."""

COMPUTED_ELSEWHERE = {"ebidadmin/persistence/unit_of_work.py": "ebidadmin/persistence/savers.py"}

SUPPLIED = {"field", "search_field", "code", "instead", "character", "column", "quoted"}
"""What the sentence of a problem gets beside its facts."""

RAISED = raised()
JAPANESE = re.compile("[ぁ-ヿ一-鿿]")


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize(
    "place", [place for place in RAISED if place.code], ids=lambda place: f"{place.where} {place.code}"
)
def test_every_code_raised_has_a_sentence_with_facts_that_are_there(place: Raised) -> None:
    assert place.code is not None
    sentences = ERRORS if place.kind == "error" else PROBLEMS
    assert place.code in sentences, f"{place.where}: no sentence for {place.code}"
    if place.facts is not None:
        missing = names_in(sentences[place.code]) - place.facts - SUPPLIED
        assert not missing, f"{place.where}: {place.code} does not give {missing}"


def test_computed_codes_are_known_and_have_sentences() -> None:
    computing = {COMPUTED_ELSEWHERE.get(place.module, place.module) for place in RAISED if place.code is None}
    assert computing <= set(COMPUTED)
    for module, codes in COMPUTED.items():
        assert codes <= literals(module), module
        assert codes <= set(ERRORS) | set(PROBLEMS), module


def test_every_code_of_imported_rows_has_a_sentence() -> None:
    assert set(ROW_PROBLEMS) == PROBLEM_CODES


@pytest.mark.parametrize("sentence", [*ERRORS.values(), *PROBLEMS.values(), *ROW_PROBLEMS.values()])
def test_sentences_are_japanese_and_end(sentence: str) -> None:
    assert JAPANESE.search(sentence)
    assert sentence.endswith(("。", "{instead}"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            RuleError("door-closed", door="bidding", next_opening="2026-11-24T08:30:00+09:00"),
            (
                "いまは「電子入札システム」の利用時間外です。次の受付は2026/11/24(火) 8:30からです。"
                "それまでは再現モードで内容を確かめられます。"
            ),
        ),
        (
            NotEligibleError("not-eligible", findings=("permit-missing", "register-lapsed")),
            "承認できない所見があります(許可なし、資格の期間外)。原因がなくなってから承認するか、却下・照会してください。",
        ),
        (
            RuleError("illegal-transition", subject="A000001", state="rejected", verb="approve"),
            "A000001は「却下」なので、承認はできません。最新の状態を確かめてください。",
        ),
        (
            EbidError("never-heard-of"),
            "処理できませんでした(コード: never-heard-of)。管理者にコードを伝えてください。",
        ),
    ],
)
def test_errors(error: EbidError, text: str) -> None:
    assert messages.sentence(error) == text


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem("main_contact.name", "too-long", {"limit": 60, "length": 61}),
            "代表窓口連絡先情報の「連絡先名称(部署名等)」は60文字以内です(入力は61文字)。短くしてください。",
        ),
        (
            Problem(
                "trade_name",
                "unsupported-character",
                {"codepoint": "U+9DD7", "character": "鷗", "position": 3, "instead": ""},
            ),
            "「商号又は名称」の3文字目「鷗」(U+9DD7)は、受け取るシステムで扱えない文字です。別の文字に替えてください。",
        ),
        (
            Problem(
                "branch",
                "unsupported-character",
                {"codepoint": "U+2014", "character": "—", "position": 1, "instead": "―"},
            ),
            "「支店名等」の1文字目「—」(U+2014)は、受け取るシステムで扱えない文字です。形の同じ「―」に替えて入力してください。",
        ),
        (
            Problem(
                "branch",
                "private-use-character",
                {"codepoint": "U+E000", "character": "", "position": 2, "instead": ""},
            ),
            "「支店名等」の2文字目は外字(U+E000)です。相手のシステムで表示できないため、常用の字に替えてください。",
        ),
        (
            Problem("user_id", "must-be-empty"),
            "「ユーザID」は空白(なにも入力しない)としてください。空白の文字も消してください。",
        ),
        (
            Problem("trade_name", "name-mismatch", {"differs": "legal-form-position"}),
            "「商号又は名称」が資格審査情報と一致しません。違うのは法人格の位置(前・後)です。登録どおりに入力してください。",
        ),
        (
            Problem("note", "mail-quotes-entry", {"field": "main_contact.phone"}),
            "「補足」に、申請で入力された代表窓口連絡先情報の「連絡先電話番号」の内容が含まれています。メールには書けないので、消してください。",
        ),
        (
            Problem("line 3", "json-invalid", {"column": "7"}),
            "3行目の7文字目からJSONとして読めません。書き方を直してください。",
        ),
        (Problem("x", "no-such"), "「x」に問題があります(コード: no-such)。内容を確かめてください。"),
        (
            Problem("branch", "too-long"),
            "「支店名等」は(不明)文字以内です(入力は(不明)文字)。短くしてください。",
        ),
    ],
)
def test_problems(problem: Problem, text: str) -> None:
    assert messages.problem_sentence(problem) == text


def test_row_problems() -> None:
    problem = RowProblem(
        2, "業者番号", "private-use-character", ProblemSeverity.ERROR, "x", {"codepoint": "U+E000"}
    )
    assert (
        messages.row_problem_sentence(problem)
        == "「業者番号」に外字(U+E000)があります。常用の字に替えてください。"
    )
    unknown = RowProblem(2, "業者番号", "no-such", ProblemSeverity.ERROR, "x")
    assert "no-such" in messages.row_problem_sentence(unknown)


FACT = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text()).map(tuple))
CODE = st.one_of(st.sampled_from([*ERRORS, *PROBLEMS]), st.text())
FACT_NAME = st.one_of(
    st.sampled_from(["state", "at", "until", "next_opening", "kind", "differs", "instead", "character"]),
    st.from_regex("[a-z]{1,5}", fullmatch=True),
)


@given(CODE, st.dictionaries(FACT_NAME.filter(lambda name: name not in ("code", "self")), FACT))
def test_no_facts_break_a_sentence(code: str, facts: dict[str, str]) -> None:
    assert messages.sentence(EbidError(code, **facts))
    assert messages.sentence(InputError(code, [], **{k: v for k, v in facts.items() if k != "problems"}))
    assert messages.problem_sentence(Problem("branch", code, facts))


@pytest.mark.parametrize("case", test_findings.CASES, ids=[case[0] for case in test_findings.CASES])
def test_every_finding_has_a_label_and_a_sentence(case: test_findings.Case) -> None:
    for finding in test_findings.found(case[3]()):
        sentence = messages.finding_sentence(finding)
        assert JAPANESE.search(sentence)
        assert sentence.endswith("。")
        assert "None" not in sentence
        assert messages.finding_label(finding.code)


@pytest.mark.parametrize("code", FindingCode)
def test_a_finding_without_facts_still_has_a_sentence(code: FindingCode) -> None:
    assert messages.finding_sentence(Finding(code, Severity.NOTE))


def test_a_name_finding_shows_both_names() -> None:
    facts = {"entered": "(株)甲", "registered": "(有)甲", "differs": "legal-form"}
    text = messages.finding_sentence(Finding(FindingCode.LEGAL_FORM_DIFFERS, Severity.WARNING, facts))
    assert "(株)甲" in text
    assert "(有)甲" in text


def test_closed_vocabularies_have_labels() -> None:
    for tag in EventTag:
        assert JAPANESE.search(messages.event_label(tag))
    for match in MatchClass:
        assert JAPANESE.search(messages.match_label(match))
    for severity in Severity:
        assert JAPANESE.search(messages.severity_label(severity))
    for code in FindingCode:
        assert JAPANESE.search(messages.finding_label(code))
    for state in (*ApplicationState, *PermitState, *RegistrationState):
        assert JAPANESE.search(messages.state_label(state))
    assert set(PERMISSIONS) == {permission.value for permission in Permission}
    assert set(DOORS) == {"bidding", "publication", "qualification"}
    assert set(DIFFERENCES) == {"core", "legal-form", "legal-form-position"}


def test_field_labels_are_the_manuals() -> None:
    assert FIELD_LABELS["user_id"] == "少額物品用ユーザーID"
    assert (
        FIELD_LABELS["main_contact.name"] == FIELD_LABELS["applicant_contact.name"] == "連絡先名称(部署名等)"
    )
    assert SEARCH_LABELS["user_id"] == "ユーザID"
    assert len(FIELD_LABELS) == 8 + 2 * 8

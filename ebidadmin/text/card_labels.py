"""The names of what belongs to IC cards: states, outcomes of checks, steps, modes, items of the follow-up list."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardStep, SessionState
from ebidadmin.domain.cards import CardState, Revocation
from ebidadmin.domain.followups import FollowUpCode, FollowUpState

CARD_STATES: Mapping[str, str] = {
    CardState.REPLACED: "更新済み",
    SessionState.OPEN: "手続き中",
    SessionState.DONE: "完了",
    SessionState.ABANDONED: "中止",
    FollowUpState.SETTLED: "解消",
    "main-contact": "変更済み",
    CardStep.PIN: "PIN番号の入力",
    CardStep.NEW_PIN: "新しいカードのPIN番号の入力",
    CardStep.CLIENT: "受注者クライアントの起動確認",
    CardStep.SEARCH: "資格審査情報検索",
    CardStep.FORM: "利用者登録の入力",
    CardStep.CONFIRM: "登録内容確認",
}
"""States of cards, walks and items beside those that IDs have too; a walk in progress is named by its step."""

REVOCATIONS: Mapping[str, str] = {
    Revocation.CHECKED: "確認済み",
    Revocation.UNCHECKED: "未確認",
    Revocation.REVOKED: "失効",
}

FLOWS: Mapping[str, str] = {
    CardFlow.REGISTRATION: "登録",
    CardFlow.CHANGE: "変更",
    CardFlow.RENEWAL: "ICカード更新",
}

MODES: Mapping[str, str] = {
    CardMode.REGISTER: "登録",
    CardMode.REHEARSAL: "再現",
    CardMode.TRAINING: "訓練",
}

FOLLOW_UPS: Mapping[str, str] = {
    FollowUpCode.COMPANY_DIFFERS: "企業名称の相違",
    FollowUpCode.HOLDER_DIFFERS: "ICカード取得者の相違",
    FollowUpCode.CERTIFICATE_ELSEWHERE: "同じ証明書が別の業者番号にも登録",
    FollowUpCode.REVOKED: "証明書の失効",
    FollowUpCode.REVOCATION_UNCHECKED: "失効が未確認",
    FollowUpCode.EXPIRED: "証明書の期限切れ",
    FollowUpCode.EXPIRES_SOON: "証明書の期限が近い",
    FollowUpCode.EXPIRES_FIRST: "資格の期間より先に証明書の期限",
    FollowUpCode.REGISTER_MISSING: "名簿になし",
    FollowUpCode.REGISTER_LAPSED: "資格の期間外",
    FollowUpCode.REGISTER_CHANGED: "名簿の変更",
}

NOT_IN_CERTIFICATE = "(証明書に記載なし)"
"""Shown for a part that the certificate lacks."""

GUESSED = "(文字コードは推定)"
"""Behind a part whose characters had to be guessed."""

"""The words that the check for quoted entries knows (``domain.quotes``): as its folding leaves them, hiragana as katakana."""

from __future__ import annotations

from ebidadmin.domain.quote_texts import QuoteWords
from ebidadmin.domain.written_addresses import AddressWords
from ebidadmin.domain.written_numbers import Numerals

_NUMERALS = Numerals(
    digits={
        **{sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")},
        "零": "0",
        "○": "0",
        "◯": "0",
        "壱": "1",
        "弐": "2",
        "参": "3",
        "伍": "5",
    },
    places={"十": 10, "拾": 10, "百": 100, "千": 1000},
    ten_thousand="万",
)

_ADDRESSES = AddressWords(
    between=("ー", "丁目", "番地", "番", "号"),
    no="ノ",
    house="号",
    leading=("第", "字", "番地", "地番", "ハ"),
    town="町",
    prefecture="^(?:北海道|東京都|京都府|大阪府|..県|...県)",
    municipality="^(?:.{1,6}?市(?:場?市)?(?:.{1,4}?区)?|.{1,6}?郡.{1,5}?[町村]|.{1,6}?区)",
    section="大字|(?<![文習])字",
    numbered=r"番(?!町)|号|丁目|\s|$",
    other_town="東西南北上中下新本大小元古旧前奥内外",
    same=str.maketrans({"ガ": "ケ", "ッ": "ツ", "ー": ""}),
)

WORDS = QuoteWords(
    numerals=_NUMERALS,
    addresses=_ADDRESSES,
    between_digits=("ー", "ノ", "局", "番", "ハイフン"),
    between_postcode=" .・ーノ()/-",
    at=("アットマク", "アット", "マク", "at", "40"),
    signs=("ドット", "ピリオド", "dot", "ハイフン", "マイナス", "アンダバ", "アンダスコア", "プラス"),
    roles="(?:本社|本店|本部|支社|支店|営業所|事務所|事業所|工場|営業|販売|総務|経理|財務|業務|管理|企画|購買|資材|調達|入札|契約|"
    "公共|官公庁|事務|担当|代表|取締役|社長|専務|常務|部長|課長|係長|店長|所長|支店長|責任者|窓口|者|部|課|係|室|局|グルプ|チム)+",
    in_short_names=" ・-/()",
    place_after="[市県町村区郡府都道駅港局線]",
    alike=str.maketrans({"斉": "斎"}),
)

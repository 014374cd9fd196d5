"""Free texts for mails that quote an entry of one of many made-up suppliers in some spelling. (``tests.harmless``: those that quote none.)

A spelling is a notation within a width and a layout (``tests.spellings``). ``probes`` goes through all notations, and through all widths
and layouts, for suppliers of every shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.ids import SupplierNumber, UserId
from ebidadmin.domain.quotes import QuoteCheck
from ebidadmin.text.quote_words import WORDS
from tests.builders import flat
from tests.spellings import LAYOUTS, RULES, WIDTHS, by_kanji, by_places, in_legal_numerals, notations, varied

OWN = ("下関市", "下関市 契約室 契約課 物品契約係 083-231-3178", "下関市 物品役務契約係")
"""The office's own words, as its settings have them."""
CHECK = QuoteCheck(WORDS, names=RULES, own=OWN)
"""The check as an office has it."""


@dataclass(frozen=True)
class Probe:
    """A text that quotes the value of ``field``; ``how`` says in which spelling."""

    form: IdForm
    field: str
    text: str
    how: str


@dataclass(frozen=True)
class Place:
    """A made-up address: its parts, and how it was entered (a format of them)."""

    town: str
    numbers: tuple[str, ...]
    entered: str
    prefecture: str = "山口県"
    city: str = "下関市"
    section: str = ""
    building: str = ""

    def written(self, how: str) -> str:
        numbers = dict(zip("abc", (*self.numbers, "", ""), strict=False))
        parts = {"p": self.prefecture, "m": self.city, "t": self.town, "s": self.section, "z": self.building}
        return how.format(**parts, **numbers)


_TWO = {
    "-": "{a}-{b}",
    "番号": "{a}番{b}号",
    "番": "{a}番{b}",
    "番地の": "{a}番地の{b}",
    "番地": "{a}番地{b}",
    "-番地": "{a}-{b}番地",
    "の": "{a}の{b}",
    "ノ": "{a}ノ{b}",
    "sound mark": "{a}ー{b}",
    "minus": "{a}\u2212{b}",
    "comma": "{a}、{b}",
    "space": "{a} {b}",
}
_THREE = {
    "-": "{a}-{b}-{c}",
    "丁目番号": "{a}丁目{b}番{c}号",
    "丁目-": "{a}丁目{b}-{c}",
    "丁目の": "{a}丁目{b}の{c}",
    "の": "{a}の{b}の{c}",
    "ノ": "{a}ノ{b}ノ{c}",
    "middle dot": "{a}・{b}・{c}",
    "番地": "{a}-{b}番地{c}",
}
_ONE = {"番地": "{a}番地", "番": "{a}番", "第番地": "第{a}番地", "bare": "{a}"}
_HEADS = {
    "whole": "{p}{m}{s}{t}",
    "no prefecture": "{m}{s}{t}",
    "no city": "{s}{t}",
    "no section": "{t}",
    "大字": "{m}大字{t}",
    "spaces": "{p} {m} {s}{t} ",
    "brackets": "{p}（{m}）{s}{t}",
}


def address_spellings(place: Place) -> dict[str, str]:
    """All ways of writing that place, the building left out."""
    tails = {1: _ONE, 2: _TWO, 3: _THREE}[len(place.numbers)]
    plain = {f"{head} {tail}": place.written(_HEADS[head] + tails[tail]) for head in _HEADS for tail in tails}
    first = next(iter(tails.values()))
    numerals = {"kanji": by_kanji, "places": by_places, "legal": in_legal_numerals}
    kanji = {
        f"{name} {tail}": place.written("{t}") + spell(place.written(tails[tail]))
        for name, spell in numerals.items()
        for tail in tails
    }
    other: dict[str, str] = {"variants": varied(place.written("{m}{t}" + first))}
    if place.town.endswith("町"):
        other["no 町"] = place.town.removesuffix("町") + place.written(first)
    if place.building:
        other["building"] = place.written("{p}{m}{s}{t}" + first + " {z}")
    return {**plain, **kanji, **other, "as entered": place.written(place.entered)}


PLACES = (
    Place("南部町", ("92", "1"), "{p}{m}{t}{a}番{b}号"),
    Place("細江町", ("3", "12", "5"), "{p}{m}{t}{a}丁目{b}番{c}号"),
    Place("滝部", ("421",), "{p}{m}{s}大字{t}{a}番地", section="豊北町"),
    Place("竹崎町", ("4", "12"), "{p}{m}{t}{a}番{b}号 {z}", building="サンプルビル３階"),
    Place("一の宮町", ("14", "203"), "{p}{m}{t}{a}-{b}"),
    Place("長府扇町", ("105", "7"), "{m}{t}{a}番地の{b}"),
    Place("豊前田町", ("39",), "{p}{m}{t}{a}番地 {z}", building="見本ビル201号室"),
    Place("観音崎町", ("10", "8"), "{p}{m}{t}{a}番{b}号{z}", building="203"),
)


_MAIN = (
    "髙﨑 一太郎",
    "渡邊　桃子",
    "林太",
    "吉田 ハナコ",
    "五十嵐 三千夫",
    "サンプル タロウ",
    "島﨑 梅子",
    "桑原次郎",
)
_APPLICANTS = (
    "山﨑 花子",
    "齋藤　次郎",
    "森 英",
    "見本 菊子",
    "二宮 四郎",
    "テスト ジロウ",
    "冨田 一二三",
    "関口五郎",
)
_DEPARTMENTS = ("営業部第{n}課", "テストセンター係{n}", "(株)テスト商会{n} 営業課", "公共営業グループ{n}")


def supplier(n: int) -> IdForm:
    """The form of the ``n``-th made-up supplier (up to 99), whose entries are all different."""
    first, second = PLACES[n % len(PLACES)], PLACES[(n + 3) % len(PLACES)]
    main = Contact(
        name=_DEPARTMENTS[n % 4].format(n=n),
        postcode=f"750-{1000 + n:04d}",
        address=first.written(first.entered),
        person=_MAIN[n % len(_MAIN)],
        phone=f"083-24{n % 10}-{7100 + n:04d}",
        fax=f"083-25{n % 10}-{7300 + n:04d}",
        email=f"uketsuke{n:02d}@example.co.jp",
    )
    applicant = Contact(
        name=_DEPARTMENTS[(n + 1) % 4].format(n=n + 100),
        postcode=f"751-{2000 + n:04d}",
        address=second.written(second.entered),
        person=_APPLICANTS[n % len(_APPLICANTS)],
        phone=f"090-{5500 + n:04d}-{6100 + n:04d}",
        fax=f"03-{5200 + n:04d}-{4300 + n:04d}",
        email=f"irai.{n:02d}-tanto@mail.example.jp",
    )
    return IdForm(
        supplier_number=SupplierNumber(f"19{n:07d}"),
        trade_name=f"(株)テスト商会{n:02d}",
        company_phone=f"0820-2{n % 10}-{8100 + n:04d}",
        company_fax=f"0820-3{n % 10}-{8300 + n:04d}",
        branch=f"第{n}豊前田支店",
        main_contact=main,
        applicant_contact=applicant,
        user_id=UserId(f"shoukai{n:04d}"),
    )


def places_of(n: int) -> dict[str, Place]:
    """Where the addresses of ``supplier(n)`` are."""
    return {
        "main_contact.address": PLACES[n % len(PLACES)],
        "applicant_contact.address": PLACES[(n + 3) % len(PLACES)],
    }


def spellings(n: int, field: str) -> dict[str, str]:
    """Every notation of what ``supplier(n)`` entered in that field."""
    if field in places_of(n):
        return address_spellings(places_of(n)[field])
    value = flat(supplier(n))[field]
    made = {name: spell(value) for name, spell in notations(field).items()}
    # Four digits behind the area code are met by chance.
    return {name: text for name, text in made.items() if name != "without area code" or len(text) > 7}


FIELDS = tuple(key for key in flat(supplier(1)) if key != "trade_name")

SENTENCES = (
    "{}",
    "ご入力の{}についてお尋ねします。",
    "お手元の書類をご確認ください。\n「{}」とあります。",
    "{}様の件、{{確認}}中",
)


def quoted(text: str, sentence: str) -> str:
    return sentence.replace("{}", text)


def probes() -> Iterator[Probe]:
    """Every notation of every field, each for another supplier and in another sentence; then every width and layout of every field."""
    turn = 0
    for field in FIELDS:
        for shape in range(len(PLACES)):
            for how in spellings(shape + 8, field):
                turn += 1
                n = 8 * (turn % 10 + 1) + shape
                yield Probe(
                    supplier(n),
                    field,
                    quoted(spellings(n, field)[how], SENTENCES[turn % len(SENTENCES)]),
                    how,
                )
        for width, wider in WIDTHS.items():
            for layout, lay in LAYOUTS.items():
                turn += 1
                n = turn % 90 + 8
                text = lay(wider(flat(supplier(n))[field]))
                yield Probe(supplier(n), field, quoted(text, SENTENCES[turn % 3]), f"{width}, {layout}")

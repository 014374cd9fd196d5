"""Ways in which an entry is written again: notations of a careful person, widths, and layouts, which programs and line ends make."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from ebidadmin.bundled import bundled
from ebidadmin.reference.names import load_name_rules

RULES = load_name_rules(bundled("data"))

Spelling = Callable[[str], str]

_KANJI = "〇一二三四五六七八九"


# Numbers.


def by_kanji(text: str) -> str:
    """421 as 四二一."""
    return "".join(_KANJI[int(sign)] if sign in "0123456789" else sign for sign in text)


def by_places(text: str) -> str:
    """421 as 四百二十一; a number with a leading zero has no such form."""
    made, run = "", ""
    for sign in [*text, ""]:
        if sign and sign in "0123456789":
            run += sign
            continue
        made += _with_places(run) if run else ""
        run, made = "", made + sign
    return made


def _with_places(number: str) -> str:
    if number.startswith("0") or len(number) > 4:
        return by_kanji(number)
    written = ""
    for digit, place in zip(number, ["千", "百", "十", ""][-len(number) :], strict=True):
        if digit != "0":
            written += ("" if digit == "1" and place else _KANJI[int(digit)]) + place
    return written


def in_legal_numerals(text: str) -> str:
    """12 as 壱弐, the numerals of deeds."""
    return by_kanji(text).translate(str.maketrans("一二三", "壱弐参"))


# Widths.


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text).replace(
        " ", "\u3000"
    )


_HALF_KANA = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF65, 0xFFA0)}


def half_kana(text: str) -> str:
    parts = unicodedata.normalize("NFD", text).replace("\u3099", "\uff9e").replace("\u309a", "\uff9f")
    return "".join(_HALF_KANA.get(sign, sign) for sign in parts)


def hiragana(text: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "\u30a1" <= sign <= "\u30f6" else sign for sign in text)


WIDTHS: Mapping[str, Spelling] = {
    "as typed": str,
    "full width": wide,
    "half-width kana": half_kana,
    "capitals": str.upper,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}


# Layouts.


def halved(between: str) -> Spelling:
    return lambda text: text[: len(text) // 2] + between + text[len(text) // 2 :]


LAYOUTS: Mapping[str, Spelling] = {
    "in one": str,
    "line break inside": halved("\n"),
    "CR LF inside": halved("\r\n"),
    "zero-width space inside": halved("\u200b"),
    "zero-width joiner inside": halved("\u200d"),
    "soft hyphen inside": halved("\u00ad"),
    "byte order mark inside": halved("\ufeff"),
    "hangul filler inside": halved("\u3164"),
    "spaced": " ".join,
    "spaced widely": "\u3000".join,
    "zero-width spaced": "\u200b".join,
}


# Notations, by kind of field.


def replaced(*pairs: tuple[str, str]) -> Spelling:
    def spell(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return spell


HYPHENS = {
    "no hyphens": "",
    "の": "の",
    "ノ": "ノ",
    "half-width ノ": "ﾉ",
    "dots": ".",
    "middle dots": "・",
    "spaces": " ",
    "wide spaces": "\u3000",
    "minus": "\u2212",
    "dash": "\u2015",
    "en dash": "\u2013",
    "sound mark": "ー",
    "half-width sound mark": "ｰ",
    "non-breaking hyphen": "\u2011",
    "slash": "/",
    "tilde": "\uff5e",
}


def _phones() -> dict[str, Spelling]:
    made: dict[str, Spelling] = {name: replaced(("-", sign)) for name, sign in HYPHENS.items()}
    bracketed: dict[str, Spelling] = {
        "(083) 231-0092": lambda text: f"({text.partition('-')[0]}) {text.partition('-')[2]}",
        "083(231)0092": lambda text: text.replace("-", "(", 1).replace("-", ")", 1),
        "083〔231〕0092": lambda text: text.replace("-", "〔", 1).replace("-", "〕", 1),
        "083局231番0092": lambda text: text.replace("-", "局", 1).replace("-", "番", 1),
        "+81-83-231-0092": lambda text: "+81-" + text[1:],
        "+81 83 231 0092": lambda text: "+81 " + text[1:].replace("-", " "),
        "+81832310092": lambda text: "+81" + text[1:].replace("-", ""),
        "+81(0)83-231-0092": lambda text: "+81(0)" + text[1:],
        "0081-83-231-0092": lambda text: "0081-" + text[1:],
        "(+81)83.231.0092": lambda text: "(+81)" + text[1:].replace("-", "."),
        "without area code": lambda text: text.partition("-")[2],
    }
    kanji: dict[str, Spelling] = {
        "kanji": by_kanji,
        "kanji with の": lambda text: by_kanji(text.replace("-", "の")),
        "kanji alone": lambda text: by_kanji(text.replace("-", "")),
        "kanji with 零": lambda text: by_kanji(text).replace("〇", "零"),
        "legal numerals": in_legal_numerals,
    }
    return {**made, **bracketed, **kanji}


def _postcodes() -> dict[str, Spelling]:
    signs = (
        "no hyphens",
        "の",
        "ノ",
        "spaces",
        "wide spaces",
        "minus",
        "sound mark",
        "dash",
        "half-width sound mark",
    )
    made: dict[str, Spelling] = {name: replaced(("-", HYPHENS[name])) for name in signs}
    return {
        **made,
        "〒": lambda text: f"〒{text}",
        "kanji": by_kanji,
        "kanji の": lambda t: by_kanji(t.replace("-", "の")),
    }


_EMAILS: dict[str, Spelling] = {
    "as entered": str,
    "(at)": replaced(("@", "(at)")),
    "[at]": replaced(("@", "[at]")),
    " at ": replaced(("@", " at ")),
    "(AT)": replaced(("@", " (AT) ")),
    "アット": replaced(("@", "アット")),
    "アットマーク": replaced(("@", "アットマーク")),
    "half-width アットマーク": replaced(("@", "ｱｯﾄﾏｰｸ")),
    "あっとまーく": replaced(("@", "あっとまーく")),
    "(アットマーク)": replaced(("@", "（アットマーク）")),
    "＠": replaced(("@", "＠")),
    "@マーク": replaced(("@", "@マーク")),
    "star": replaced(("@", "★")),
    "without @": replaced(("@", " ")),
    "spaces around @": replaced(("@", " @ ")),
    "ドット": replaced((".", "ドット")),
    "dot": replaced((".", " dot ")),
    "(dot)": replaced(("@", "(at)"), (".", "(dot)")),
    "アット and ドット": replaced(("@", "アット"), (".", "ドット")),
    "middle dots": replaced((".", "・")),
    "full stops of Japanese": replaced((".", "。")),
    "part before @": lambda text: text.partition("@")[0],
    "another domain": lambda text: text.partition("@")[0] + "@other.jp",
    "kanji digits": by_kanji,
}


def varied(text: str) -> str:
    """With a variant for each kanji that has one."""
    others = {canonical: variant for variant, canonical in RULES.variants.items() if canonical >= "\u3400"}
    return "".join(others.get(sign, sign) for sign in text)


def unvaried(text: str) -> str:
    return "".join(RULES.variants.get(sign, sign) for sign in text)


_PERSONS: dict[str, Spelling] = {
    "as entered": str,
    "no space": replaced((" ", ""), ("\u3000", "")),
    "wide space": replaced((" ", "\u3000")),
    "several spaces": replaced((" ", "   "), ("\u3000", "   ")),
    "middle dot": replaced((" ", "・"), ("\u3000", "・")),
    "様": lambda text: f"{text}様",
    "variants": varied,
    "plain kanji": unvaried,
    "variation selector": lambda text: text[0] + "\U000e0100" + text[1:],
    "hiragana": hiragana,
}

_NAMES: dict[str, Spelling] = {
    "as entered": str,
    "variants": varied,
    "plain kanji": unvaried,
    "kanji digits": by_kanji,
    "kanji places": by_places,
    "hyphen for sound mark": replaced(("ー", "-")),
    "spaces": replaced(("課", " 課"), ("部", "部 ")),
    "legal form": replaced(("(株)", "株式会社")),
    "legal symbol": replaced(("(株)", "㈱")),
}

_IDS: dict[str, Spelling] = {
    "as entered": str,
    "hyphenated": halved("-"),
    "underscore": halved("_"),
    "dot": halved("."),
    "kanji digits": by_kanji,
    "in brackets": lambda text: f"「{text}」",
    "labelled": lambda text: f"ID{text}",
}


def notations(field: str) -> Mapping[str, Spelling]:
    """The notations of that field's kind. (Addresses have ``quoting.address_spellings``.)"""
    kind = field.rpartition(".")[2].removeprefix("company_")
    if kind in {"phone", "fax"}:
        return _phones()
    if kind == "postcode":
        return _postcodes()
    return {"email": _EMAILS, "person": _PERSONS, "user_id": _IDS, "supplier_number": _IDS}.get(kind, _NAMES)

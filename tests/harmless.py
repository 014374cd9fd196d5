"""Free texts for mails that quote nothing: sentences of the trade, and neighbours of each made-up supplier's entries."""

from __future__ import annotations

from collections.abc import Iterator

from ebidadmin.bundled import bundled
from ebidadmin.domain.applications import IdForm
from ebidadmin.mailing.reasons import load_reasons
from tests.builders import flat
from tests.quoting import places_of, supplier
from tests.spellings import by_kanji, by_places

OFFICE = (
    "〒750-8521 山口県下関市南部町1番1号 下関市役所",
    "所在地は下関市南部町1-1です。",
    "下関市南部町一番一号",
    "電話 083-231-3178",
    "０８３－２３１－３１７８",
    "(083)231-3178 契約課",
    "TEL:0832313178 FAX:083-231-2746",
    "+81-83-231-3178",
    "電話は231-3178まで",
    "keiyaku@city.shimonoseki.example.lg.jp",
    "お問い合わせはメール(keiyaku@city.shimonoseki.example.lg.jp)でも受け付けます。",
    "下関市 契約室 契約課 物品契約係 083-231-3178",
    "代表 083-231-1111",
    "市役所本庁舎西棟4階 契約課 (内線 3178)",
)

TRADE = (
    "登記簿の写しを送ってください。",
    "地方自治法施行令第167条の4第1項の規定によります。",
    "地方自治法(昭和22年法律第67号)第234条第2項",
    "会計法第29条の3、予算決算及び会計令第70条",
    "下関市契約規則(平成17年下関市規則第72号)第3条の2",
    "個人情報の保護に関する法律第1条の2の3",
    "令和8年10月7日に受け付けました。",
    "令和８年１０月７日（水）１２時００分まで",
    "2026/10/07 12:00",
    "2026-10-07から2026-10-14まで",
    "二〇二六年十月七日",
    "令和八年度第九十二号",
    "令和8年度 第92号の許可通知書",
    "文書番号 下契第421号",
    "受付番号 A000092",
    "許可番号は第12号です。",
    "1,234,567円",
    "見積金額は7,500,006円です。",
    "提出期限は5営業日以内です。",
    "8時30分から20時00分まで(平日)",
    "様式第1号、様式第2号の2及び様式第3号を提出してください。",
    "別紙1-2-3のとおり",
    "第3章 第12節 5項",
    "1. 登記簿 2. 印鑑証明書 3. 納税証明書",
    "入札担当の方へご連絡ください。",
    "営業部または総務部の連絡先をご記入ください。",
    "代表取締役の氏名が登記と異なります。",
    "本店の届出をお願いします。",
    "材料は杉林。太い線で記入",
    "山口県下関市の事業者の方へ",
    "下関市豊前田町の郵便番号と一致しません。",
    "細江町三丁目は入力できますが、番地がありません。",
    "電話番号の市外局番(083)をご確認ください。",
    "メールアドレスのドメイン(example.co.jp)をご確認ください。",
    "IDは半角英数字6文字以上20文字以内です。",
    "パスワードはお答えにならないでください。",
    "資格の有効期間は2026年4月1日から2028年3月31日までです。",
    "法人番号(13桁)8000000000092をご確認ください。",
    "お手数ですが、再度ID申請情報の登録を行ってください。",
    "郵便番号と住所が一致しません。",
    "代表窓口の電話番号は使われていません。",
    "FAX番号の桁数が足りません。",
    "連絡先氏名は登記の代表者と同じですか。",
    "支店名等には「本店」とご記入ください。",
    "3丁目12番の区画整理により住所の表示が変わりました。",
    "ご不明な点は、下記へお問合せください。",
)


def _dates() -> Iterator[str]:
    for month in range(1, 13):
        day = month * 2 + 3
        yield f"令和{month % 9 + 1}年{month}月{day}日までにご回答ください。"
        yield f"{2020 + month}年{month}月{day}日付け下契第{month * 37}号のとおり"
        yield f"令和{by_kanji(str(month))}年{by_places(str(month))}月{by_places(str(day))}日"
        yield f"地方自治法第{month * 20}条の{month}第{day}項第{month}号"
        yield f"{month}-{day}-{month}の欄をご覧ください。"


def office_texts() -> tuple[str, ...]:
    """Sentences that say nothing about any supplier."""
    reasons = load_reasons(bundled("data") / "reference" / "reasons.toml")
    permits = load_reasons(bundled("data") / "reference" / "permit_reasons.toml")
    catalogue = [
        said(code) for one in (reasons, permits) for code in one.codes() for said in (one.label, one.hint)
    ]
    return tuple(text for text in (*OFFICE, *TRADE, *_dates(), *catalogue) if text)


def neighbours(n: int) -> Iterator[str]:
    """Texts close to what ``supplier(n)`` entered that quote none of it."""
    entered, other = supplier(n), supplier(n + 1)
    for name in (
        entered.trade_name,
        entered.trade_name.replace("(株)", "㈱"),
        entered.trade_name.replace("(株)", "株式会社 "),
    ):
        yield f"{name} 様"
        yield f"「{name}」の表記についてお尋ねします。"
    yield f"{entered.trade_name.replace('(株)', '')} 御中"
    for key in (
        "company_phone",
        "company_fax",
        "user_id",
        "supplier_number",
        "main_contact.postcode",
        "main_contact.email",
    ):
        yield f"{flat(other)[key]} をご確認ください。"
    yield f"{entered.user_id}9 は使えません。"
    yield f"法人番号 8{entered.supplier_number}123"
    yield f"{entered.main_contact.postcode}9"
    yield f"電話 {entered.company_phone[:-1]}{(int(entered.company_phone[-1]) + 1) % 10}"
    yield f"下4桁が{entered.company_phone[-4:]}の番号"
    yield f"市外局番は{entered.company_phone.partition('-')[0]}です。"
    for place in places_of(n).values():
        yield f"{place.city}{place.town}の住所"
        yield f"{place.town}東{'-'.join(place.numbers)}"
        yield f"東{place.town}{'-'.join(place.numbers)}"
        yield f"{place.town}{'-'.join((*place.numbers[:-1], place.numbers[-1] + '9'))}"
        yield f"{place.town}{'1' + '-'.join(place.numbers)}"
        yield f"第{'-'.join(place.numbers)}号"
        yield f"{'-'.join(place.numbers)}"
    for contact in (entered.main_contact, entered.applicant_contact):
        if " " in contact.person:
            yield f"{contact.person.partition(' ')[0]}様からお電話をいただきました。"


def harmless() -> Iterator[tuple[IdForm, str]]:
    """Each sentence of the office for two suppliers, and the neighbours of sixty."""
    for turn, text in enumerate(office_texts()):
        yield supplier(turn % 90 + 8), text
        yield supplier((turn * 7) % 90 + 8), f"お世話になります。\n{text}\nよろしくお願いします。"
    for n in range(8, 68):
        for text in neighbours(n):
            yield supplier(n), text

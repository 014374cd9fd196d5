"""What a supplier entered is found in any spelling, and nothing else is taken for it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.text.quote_words import WORDS
from tests import harmless, quoting
from tests.builders import contact, flat, form
from tests.quoting import CHECK, FIELDS, SENTENCES, quoted, spellings, supplier
from tests.spellings import LAYOUTS, WIDTHS, by_kanji, by_places

PROBES = tuple(quoting.probes())
HARMLESS = tuple(harmless.harmless())


@pytest.mark.parametrize("field", FIELDS)
def test_no_spelling_slips_past(field: str) -> None:
    probes = [probe for probe in PROBES if probe.field == field]
    missed = [(one.how, one.text) for one in probes if field not in CHECK.fields(one.text, one.form)]
    assert missed == []


def test_the_spellings_are_many_and_of_every_field() -> None:
    different = {(probe.field.rpartition(".")[2], probe.how) for probe in PROBES}
    assert len(different) >= 285
    assert len({probe.text for probe in PROBES}) >= 2000
    assert {probe.field for probe in PROBES} == set(flat(form())) - {"trade_name"}
    assert min(Counter(probe.field for probe in PROBES).values()) >= 55


def test_what_quotes_nothing_passes() -> None:
    alarms = [(text, found) for entered, text in HARMLESS if (found := CHECK.fields(text, entered))]
    assert alarms == []


def test_the_harmless_texts_are_many() -> None:
    assert len({text for _, text in HARMLESS}) >= 1000


ADDRESS = "applicant_contact.address"


@given(data=st.data(), n=st.integers(8, 97), field=st.sampled_from(FIELDS))
def test_a_value_in_any_composition_of_spellings_is_refused(data: st.DataObject, n: int, field: str) -> None:
    written = spellings(n, field)
    how = data.draw(st.sampled_from(sorted(written)))
    width = data.draw(st.sampled_from(sorted(WIDTHS)))
    layout = data.draw(st.sampled_from(sorted(LAYOUTS)))
    sentence = data.draw(st.sampled_from(SENTENCES))
    text = quoted(LAYOUTS[layout](WIDTHS[width](written[how])), sentence)
    assert field in CHECK.fields(text, supplier(n)), (how, width, layout, text)


@pytest.mark.parametrize("layout", ["spaced", "spaced widely"])
@pytest.mark.parametrize("n", [n for n in range(8, 98) if "whole space" in spellings(n, ADDRESS)])
def test_numbers_that_gaps_part_stay_apart_where_all_is_spaced(n: int, layout: str) -> None:
    assert ADDRESS in CHECK.fields(LAYOUTS[layout](spellings(n, ADDRESS)["whole space"]), supplier(n))


@given(
    st.sampled_from(PROBES),
    st.sampled_from(harmless.office_texts()),
    st.sampled_from(harmless.office_texts()),
)
def test_it_is_found_among_other_sentences(probe: quoting.Probe, before: str, behind: str) -> None:
    assert probe.field in CHECK.fields(f"{before}\n{probe.text}\n{behind}", probe.form)


@given(st.lists(st.sampled_from(harmless.office_texts()), max_size=4), st.integers(8, 97))
def test_harmless_sentences_stay_harmless_together(texts: list[str], n: int) -> None:
    assert CHECK.fields("\n".join(texts), supplier(n)) == ()


@given(st.text(alphabet="あいうえお", max_size=30))
def test_a_text_without_entries_is_fine(text: str) -> None:
    assert CHECK.fields(text, form(92)) == ()


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "digits"),
        [
            ("四二一", "421"),
            ("四百二十一", "421"),
            ("四百弐拾壱", "421"),
            ("十", "10"),
            ("千五", "1005"),
            ("三万二千", "32000"),
            ("〇八三", "083"),
            ("9二", "92"),
            ("十百", "十百"),
            ("一万二万", "一万二万"),
            ("第十二課", "第12課"),
            ("山口", "山口"),
        ],
    )
    def test_all_ways_of_writing_one_become_the_same(self, written: str, digits: str) -> None:
        assert WORDS.numerals.in_digits(written) == digits

    @given(st.integers(0, 99_999))
    def test_any_number_is_read(self, number: int) -> None:
        read = WORDS.numerals.in_digits
        assert read(by_kanji(str(number))) == str(number)
        assert read(by_places(str(number))) == str(number)

    @given(st.text(alphabet="〇一二三十百千万19あ", max_size=12))
    def test_reading_twice_changes_nothing(self, text: str) -> None:
        once = WORDS.numerals.in_digits(text)
        assert WORDS.numerals.in_digits(once) == once


class TestNeighbours:
    """Where the line runs between an entry and what is only like it."""

    @pytest.mark.parametrize(
        ("entered", "text", "found"),
        [
            ("山口県下関市南部町1番11号", "下関市南部町1番1号 下関市役所", False),
            ("山口県下関市南部町1番1号203", "下関市南部町1-1", True),
            ("山口県下関市南部町1番地", "下関市南部町1番1号 下関市役所", False),
            ("山口県下関市南部町1番地", "南部町1番地です", True),
            ("山口県下関市大和町3-5", "下関市東大和町3-5", False),
            ("山口県下関市大和町3-5", "1. 大和町3-5 2. 登記", True),
            ("山口県下関市宮町3-5", "一の宮町3-5", False),
            ("山口県下関市一の宮町3-5", "一ノ宮町3の5", True),
            ("東京都千代田区一番町5-3", "一番町五番三号", True),
            ("山口県玖珂郡和木町和木1-1-1", "和木一丁目一番一号", True),
            ("北海道札幌市中央区北1条西2丁目", "北一条西二丁目", True),
            ("広島県廿日市市下平良1-11-1 4F", "下平良1丁目11-1", True),
            ("下関市豊前田町", "豊前田町の方へ", False),
            ("山口県下関市豊前田町", "山口県 下関市 豊前田町", True),
            ("山口県下関市霞ヶ丘3-12-5", "霞が丘3丁目12番5号", True),
            ("山口県下関市南部町92-1", "南部町92番地", False),
            ("山口県下関市南部町92-1", "南部町192-1", False),
            ("山口県下関市南部町92-1", "〒750-0006南部町92-1", True),
        ],
    )
    def test_addresses(self, entered: str, text: str, found: bool) -> None:
        one = form(92, main_contact=contact(92, address=entered, postcode="759-9999"))
        assert ("main_contact.address" in CHECK.fields(text, one)) is found

    @pytest.mark.parametrize(
        ("entered", "text", "found"),
        [
            ("山口", "山口県の方", False),
            ("田中", "田中町の工事", False),
            ("田中", "田中様", True),
            ("林太", "材料は杉林。太い線で記入", False),
            ("林 太", "林　太さんに", True),
            ("Li Na", "final version", False),
            ("Li Na", "ＬＩ　ＮＡ様", True),
            ("入札担当", "入札担当の方へ", False),
            ("代表取締役 髙﨑一太郎", "高崎一太郎様", True),
            ("髙﨑 一太郎", "一太郎 高崎", True),
            ("齋藤 英", "斉藤英様", True),
            ("髙﨑 一太郎", "高崎様", False),
            ("下関 太郎9", "下関太郎92", False),
        ],
    )
    def test_persons(self, entered: str, text: str, found: bool) -> None:
        one = form(92, main_contact=contact(92, person=entered))
        assert ("main_contact.person" in CHECK.fields(text, one)) is found

    @pytest.mark.parametrize(
        ("entered", "text", "found"),
        [
            ("info@test-shoukai.co.jp", "info@test-shoukai まで", True),
            ("info@test-shoukai.co.jp", "info@city.example.lg.jp", False),
            ("info@test-shoukai.co.jp", "infoアットtestハイフンshoukaiドットcoドットjp", True),
            ("info@test-shoukai.co.jp", "info at testshoukaicojp", True),
            ("info@test-shoukai.co.jp", "kinfo@test-shoukai.co.jp", False),
            ("keiyaku@example.jp", "keiyaku@example2.jp", False),
            ("tanto.92@example.jp", "tanto92 というアドレス", True),
        ],
    )
    def test_mail_addresses(self, entered: str, text: str, found: bool) -> None:
        one = form(92, main_contact=contact(92, email=entered))
        assert ("main_contact.email" in CHECK.fields(text, one)) is found

    @pytest.mark.parametrize(
        ("entered", "text", "found"),
        [
            ("0820-22-1234", "22-1234", False),
            ("083-231-0092", "0820-231-0092", False),
            ("083-231-0092", "231の0092", True),
            ("083-231-3178", "電話 083-231-3178", False),
            ("083-231-009", "083-231-0092", False),
        ],
    )
    def test_telephone_numbers(self, entered: str, text: str, found: bool) -> None:
        assert ("company_phone" in CHECK.fields(text, form(92, company_phone=entered))) is found

    def test_a_part_of_the_trade_name_may_stand_in_the_trade_name_only(self) -> None:
        entered = form(92, main_contact=contact(92, name="テスト商会", person="商会"))
        assert CHECK.fields("(株)テスト商会92 様の届出", entered) == ()
        assert CHECK.fields("株式会社テスト商会92 様の届出", entered) == ()
        assert CHECK.fields("(株)テスト商会92 様、テスト商会 の届出", entered) == (
            "main_contact.name",
            "main_contact.person",
        )

    def test_the_trade_name_may_be_quoted_even_as_a_contact_name(self) -> None:
        entered = form(92, main_contact=contact(92, name="㈱テスト商会92"))
        assert CHECK.fields("(株)テスト商会92 について", entered) == ()
        longer = form(92, main_contact=contact(92, name="(株)テスト商会92 販売一課"))
        assert CHECK.fields("㈱テスト商会92販売第一課", longer) == ()
        assert CHECK.fields("㈱テスト商会92販売一課", longer) == ("main_contact.name",)

    def test_short_and_common_values_match_by_chance_and_are_not_searched(self) -> None:
        assert CHECK.fields("本店の届出、契約担当課から", form(92, branch="本店")) == ()
        common = form(92, main_contact=contact(92, name="契約担当課"))
        assert CHECK.fields("本店の届出、契約担当課から", common) == ()

"""Bytes to text: encodings, line ends, what is no text; the shadow and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.document import OffsetMap
from nianbao.ingest import Rejected, ingest
from nianbao.normalise import lines_of, shadow_of

MAX = 5 * 1024 * 1024
TEXT = "清河镇2012年政府信息公开工作年度报告\n全年主动公开信息36条。"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_text_is_the_same_in_every_encoding(data: bytes, encoding: str) -> None:
    document = ingest(data, max_bytes=MAX)
    assert (document.text, document.encoding) == (TEXT, encoding)


def test_line_ends_become_newlines_and_nothing_else_changes() -> None:
    document = ingest("一\r\n二\r三\u2028四\x0b五".encode(), max_bytes=MAX)
    assert document.text == "一\n二\n三\u2028四\x0b五"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.4 ...", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "unsupported_format"),
        (bytes(range(256)) * 40, "undecodable"),
        (b"\xff\xff\xff\x81\xff" * 400, "undecodable"),
        (("公开" * MAX).encode(), "too_large"),
    ],
)
def test_what_is_no_text_is_rejected_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as why:
        ingest(data, max_bytes=MAX)
    assert why.value.code == code


def test_lone_surrogates_are_replaced_and_told() -> None:
    document = ingest("公开\ud800信息", max_bytes=MAX)
    assert document.text == "公开\ufffd信息"
    assert [w.code for w in document.warnings] == ["replaced_characters"]


@pytest.mark.parametrize(
    ("text", "shadow"),
    [
        ("电话：（０７７２）２５１５６７６", "电话:(0772)2515676"),
        ("二○一二年", "二〇一二年"),
        ("二O一二年三月", "二〇一二年三月"),
        ("2O18年度", "2〇18年度"),
        ("辦公室依《條例》發佈資訊，為羣眾開闢專欄，業務歸檔", "办公室依《条例》发布信息,为群众开辟专栏,业务归档"),
        ("著名的乾隆故居", "著名的乾隆故居"),
    ],
)
def test_shadow_reads_variants_as_one(text: str, shadow: str) -> None:
    assert shadow_of(text)[0] == shadow


def test_pronunciation_notes_leave_the_shadow_and_the_map_leads_back() -> None:
    text = "由政(zhèng)府(fǔ)办(bàn)公(gōng)室编制"
    shadow, offsets = shadow_of(text)
    assert shadow == "由政府办公室编制"
    start, end = offsets.span(1, 6)
    assert text[start:end] == "政(zhèng)府(fǔ)办(bàn)公(gōng)室"


def test_notes_printed_several_times_over_leave_the_shadow_too() -> None:
    assert shadow_of("政(zheng)(zheng)府(fu)(fu)信息公(gong)(gong)(gong)开(kai)工作")[0] == "政府信息公开工作"


@given(st.text(alphabet="政府公开(aá)b\u200b \n1２", max_size=60))
def test_every_shadow_character_has_its_text_character(text: str) -> None:
    shadow, offsets = shadow_of(text)
    places = [offsets.at(i) for i in range(len(shadow))]
    assert places == sorted(set(places))
    assert all(0 <= p < len(text) for p in places)
    for i, place in enumerate(places):
        assert offsets.back(place) == i
        assert (shadow[i] == "\n") == (text[place] == "\n")


@given(st.text(alphabet="报告\n \u200b", max_size=40))
def test_lines_cover_what_is_not_blank(text: str) -> None:
    shadow, offsets = shadow_of(text)
    covered = set()
    for line in lines_of(shadow):
        if not line.blank:
            start, end = offsets.span(line.start, line.end)
            covered.update(range(start, end))
    at = 0
    for piece in text.split("\n"):
        if piece.strip():
            inside = [at + i for i, c in enumerate(piece) if c.strip() and c != "\u200b"]
            assert covered.issuperset(inside)
        at += len(piece) + 1


def test_identity_map_is_the_same_both_ways() -> None:
    offsets = OffsetMap()
    assert offsets.identity
    assert offsets.span(3, 7) == (3, 7)
    assert offsets.back(5) == 5

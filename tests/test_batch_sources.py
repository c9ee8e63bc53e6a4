"""Where the inputs of a batch come from, and what hostile archives try in vain."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nianbao import batch, engine
from nianbao.batch import archives, sources
from nianbao.batch.sources import Input
from nianbao.ingest import Rejected

LIMITS = engine.Limits(max_bytes=100_000)
Members = Mapping[str, bytes]


def found(*given: sources.Source, without: Path | None = None) -> list[Input]:
    return list(sources.stream(given, LIMITS, without))


def told(inputs: list[Input]) -> dict[str, str | bytes]:
    """Each input's content, or the code of its refusal."""
    return {i.uri: i.content.code if isinstance(i.content, Rejected) else i.content for i in inputs}


def zipped(members: Members, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def tarred(members: Members, *extra: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
        for info in extra:
            packed.addfile(info)
    return file.getvalue()


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], str]:
    monkeypatch.chdir(tmp_path)

    def save(name: str, data: bytes) -> str:
        Path(name).write_bytes(data)
        return name

    return save


class TestFiles:
    def test_folders_files_and_patterns(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        assert [i.uri for i in found("b.txt", "a", "**/1*.txt", "none-*")] == [
            "b.txt", "a/10.txt", "a/2.txt", "a/10.txt", "none-*",
        ]  # fmt: skip
        assert told(found("none-*")) == {"none-*": "unreadable_file"}

    def test_a_file_may_be_named_like_a_pattern(self, saved: Callable[[str, bytes], str]) -> None:
        assert told(found(saved("[a].txt", b"x"))) == {"[a].txt": b"x"}

    def test_the_output_is_no_input(self, folder: Path) -> None:
        batch.run(folder, folder / "out", batch.Settings(workers=1))
        assert batch.run(folder, folder / "out", batch.Settings(workers=1)).records == 3

    def test_a_long_file_is_not_read(self, saved: Callable[[str, bytes], str]) -> None:
        assert told(found(saved("a.txt", b"x" * (LIMITS.most_bytes + 1)))) == {"a.txt": "too_large"}

    def test_how_many_there_are(self, folder: Path) -> None:
        assert sources.count([str(folder), str(folder / "b.txt"), {"text": "x"}]) == 5
        assert sources.count([str(folder), "more.zip"]) is None


class TestArchives:
    @pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "X.TGZ"])
    def test_members_in_their_order(self, saved: Callable[[str, bytes], str], name: str) -> None:
        members = {
            "b/2.txt": b"two",
            "./b/1.txt": b"one",
            ".hidden": b"",
            "__MACOSX/b": b"",
            "a/.x/b": b"",
            "空.txt": b"",
        }
        data = zipped(members) if name.endswith("zip") else tarred(members)
        saved(name, data if not name.lower().endswith("gz") else gzip.compress(data))
        inputs = found(name)
        assert [i.uri.removeprefix(f"{name}!/") for i in inputs] == ["b/2.txt", "b/1.txt", "空.txt"]
        assert [i.content for i in inputs] == [b"two", b"one", b""]

    def test_archives_in_folders_and_in_archives(self, saved: Callable[[str, bytes], str]) -> None:
        inner = zipped({"c.tar.gz": gzip.compress(tarred({"d.txt": b"deep", "e.zip": zipped({"f": b"deeper"})}))})
        Path("in").mkdir()
        saved("in/a.zip", zipped({"b.zip": inner, "g.txt": b"flat"}))
        assert told(found("in")) == {
            "in/a.zip!/b.zip!/c.tar.gz!/d.txt": b"deep",
            "in/a.zip!/b.zip!/c.tar.gz!/e.zip": "nested_too_deep",
            "in/a.zip!/g.txt": b"flat",
        }

    def test_names_as_chinese_windows_packs_them(self, saved: Callable[[str, bytes], str]) -> None:
        data = zipped({"AAAA.txt": b"x"}).replace(b"AAAA", "年报".encode("gb18030"))
        assert told(found(saved("x.zip", data))) == {"x.zip!/年报.txt": b"x"}

    def test_a_document_of_word_is_no_archive(self, saved: Callable[[str, bytes], str]) -> None:
        data = zipped({"word/document.xml": b"<x/>"})
        assert told(found(saved("x.docx", data))) == {"x.docx": data}


def link(name: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def zip_link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(info, "/etc/passwd")
        packed.writestr("good.txt", "good")
    return file.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped({"bad.txt": b"secret", "good.txt": b"good"}, method=zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + flags
        data[at] |= 1
    return bytes(data)


def lying() -> bytes:
    """A member that says it is short."""
    data = bytearray(zipped({"bad.txt": bytes(50_000), "good.txt": b"good"}))
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + size
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


def strange() -> bytes:
    """A member that is packed by a method that does not bound what comes out of it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("x.txt", b"x" * 1000, zipfile.ZIP_LZMA)
        packed.writestr("good.txt", b"good")
    return file.getvalue()


def endless_header() -> bytes:
    """A header of a tar that has to be read before anything is known of the member."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 300_000_000
    return info.tobuf() + bytes(info.size)


GOOD = {"good.txt": b"good"}
BOMB = zipped({"bomb.txt": bytes(300_000_000)})
HOSTILE = {
    "up.zip": (zipped({"../../up.txt": b"x", **GOOD}), "unsafe_member"),
    "up.tar": (tarred({"../../up.txt": b"x", **GOOD}), "unsafe_member"),
    "hidden-up.tar": (tarred({"a/../../.ssh/up.txt": b"x", **GOOD}), "unsafe_member"),
    "windows-up.zip": (zipped({"..\\..\\up.txt": b"x", **GOOD}), "unsafe_member"),
    "absolute.zip": (zipped({"/etc/up.txt": b"x", **GOOD}), "unsafe_member"),
    "absolute.tar": (tarred({"/etc/up.txt": b"x", **GOOD}), "unsafe_member"),
    "drive.zip": (zipped({"C:/up.txt": b"x", **GOOD}), "unsafe_member"),
    "link.zip": (zip_link(), "unsafe_member"),
    "link.tar": (tarred(GOOD, link("link.txt")), "unsafe_member"),
    "hard-link.tar": (tarred(GOOD, link("link.txt", tarfile.LNKTYPE)), "unsafe_member"),
    "device.tar": (tarred(GOOD, link("device", tarfile.CHRTYPE)), "unsafe_member"),
    "pipe.tar": (tarred(GOOD, link("pipe", tarfile.FIFOTYPE)), "unsafe_member"),
    "bomb.zip": (zipped({"bomb.txt": bytes(300_000_000), **GOOD}), "decompression_bomb"),
    "nested-bomb.zip": (zipped({"inner.zip": BOMB, **GOOD}), "decompression_bomb"),
    "long.tar": (tarred({"long.txt": bytes(LIMITS.most_bytes + 1), **GOOD}), "too_large"),
    "encrypted.zip": (encrypted(), "encrypted"),
    "lying.zip": (lying(), "damaged_archive"),
    "method.zip": (strange(), "unsupported_format"),
    "truncated.zip": (zipped({**GOOD, "x.txt": os.urandom(9999)})[:-400], "damaged_archive"),
    "empty.zip": (b"", "damaged_archive"),
    "junk.tar.gz": (b"junk" * 100, "damaged_archive"),
    "truncated.tar.gz": (gzip.compress(tarred({**GOOD, "x.txt": os.urandom(99_999)}))[:-5000], "damaged_archive"),
    "truncated.tar": (tarred({**GOOD, "x.txt": os.urandom(99_999)})[:50_000], "damaged_archive"),
    "bomb.tar.gz": (gzip.compress(tarred(GOOD)[:1024] + endless_header()), "decompression_bomb"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_gives_one_failed_input_and_its_good_ones(
    saved: Callable[[str, bytes], str], tmp_path: Path, name: str
) -> None:
    data, code = HOSTILE[name]
    contents = list(told(found(saved(name, data))).values())
    refused = [content for content in contents if content != b"good"]
    assert refused == [code]
    whole = not name.startswith(("truncated.z", "empty", "junk"))
    assert (b"good" in contents) == whole
    assert [path.name for path in tmp_path.rglob("*")] == [name]


def test_what_comes_out_of_an_archive_stays_in_proportion(
    saved: Callable[[str, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_FLOOR", 1000)
    monkeypatch.setattr(archives, "_RATIO", 3)
    members = {f"{number}.txt": bytes(500) for number in range(100)}
    inputs = found(saved("x.zip", zipped(members)))
    assert len(inputs) < 100
    assert [i.content.code for i in inputs if isinstance(i.content, Rejected)] == ["decompression_bomb"]


ROWS = [
    {"path": "甲.txt", "text": None, "url": "http://x/1", "date": "2018-01-02", "agency": "甲局", "year": 2017},
    {"path": None, "text": "一份报告", "url": "http://x/2", "date": None, "agency": None, "year": None},
    {"path": "none.txt", "text": None, "url": None, "date": None, "agency": None, "year": None},
    {"path": None, "text": None, "url": "http://x/4", "date": None, "agency": None, "year": None},
]


class TestTables:
    def save(self, name: str) -> None:
        if name.endswith(".csv"):
            lines = [",".join("" if v is None else str(v) for v in row.values()) for row in ROWS]
            text = "\r\n".join([",".join(ROWS[0]), *lines])
            Path(name).write_text(text, encoding="gb18030" if "gbk" in name else "utf-8-sig", newline="")
        else:
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
            Path("x.tmp").write_text(text, encoding="utf-8")
            if name.endswith(".jsonl"):
                Path("x.tmp").rename(name)
            else:
                duckdb.sql("SELECT * FROM read_json('x.tmp', format = 'newline_delimited')").write_parquet(name)

    @pytest.mark.parametrize("name", ["m.csv", "gbk.csv", "m.jsonl", "m.parquet"])
    def test_manifests(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        (tmp_path / "in").mkdir()
        monkeypatch.chdir(tmp_path / "in")
        Path("甲.txt").write_bytes(b"one")
        self.save(name)
        monkeypatch.chdir(tmp_path)
        inputs = found(f"in/{name}")
        assert told(inputs) == {
            "http://x/1": b"one", "http://x/2": "一份报告", "none.txt": "unreadable_file", "http://x/4": "bad_row",
        }  # fmt: skip
        assert inputs[0].given == {"url": "http://x/1", "date": "2018-01-02", "agency": "甲局", "year": "2017"}
        assert inputs[2].given == {}

    def test_rows_of_a_data_set(self) -> None:
        rows: list[dict[str, Any]] = [{"text": "甲"}, {"bytes": "乙".encode()}, {"text": "丙", "id": 7}, {"text": 5}]
        assert told(found(*rows)) == {"row#0": "甲", "row#1": "乙".encode(), "7": "丙", "row#3": "bad_row"}

    def test_a_data_set_is_read_row_by_row(self, tmp_path: Path) -> None:
        def rows() -> Iterator[dict[str, str]]:
            yield from ({"text": f"第{number}号"} for number in range(5))

        assert batch.run(rows(), tmp_path, batch.Settings(workers=1)).records == 5

    def test_a_text_that_is_the_name_of_a_file_is_a_text(self, saved: Callable[[str, bytes], str]) -> None:
        name = saved("x.txt", b"x")
        (report,) = batch.extract_many([{"text": name}], workers=1)
        assert report.source.chars == len(name)

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("m.csv", b"a,b\n1,2\n"),
            ("m.jsonl", b'{"a": 1}\n'),
            ("m.parquet", b"junk"),
            ("m.csv", b"path\n\xff\xff\xff\n"),
        ],
    )
    def test_a_table_that_is_none_is_told_at_once(
        self, saved: Callable[[str, bytes], str], tmp_path: Path, name: str, data: bytes
    ) -> None:
        with pytest.raises(batch.InputError, match=name):
            batch.run([saved(name, data)], tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_line_that_is_no_json_fails_alone(self, saved: Callable[[str, bytes], str]) -> None:
        data = b'{"text": "a"}\n{"text": \n\n[1]\n{"text": "b"}\n'
        assert list(told(found(saved("m.jsonl", data))).values()) == ["a", "bad_row", "bad_row", "b"]

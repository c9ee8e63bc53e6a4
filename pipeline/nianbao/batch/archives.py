"""Archives: their members as inputs, read from the stream and never written to disk.

What an archive can do to its reader is bounded here: no member is read further than an input may be long, what comes
out of an archive stays in proportion to its size, links and names that lead elsewhere are refused. Each member that is
not read, and an archive that breaks off, is one input that carries its reason.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, cast

from nianbao.ingest import Rejected
from nianbao.inputs import uri_of

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
DEPTH = 3  # an archive in an archive in an archive is read, one further down is not
NESTED_BYTES = 64 * 1024 * 1024  # an inner archive is held in memory
# Text packs to a fifth, pages of one template to a fiftieth. Below the floor nothing is a bomb.
_RATIO, _FLOOR, _MEMBER_FLOOR = 200, 128 * 1024 * 1024, 1024 * 1024
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800  # flags of a zip member


@dataclass(slots=True)
class _Purse:
    """What may still come out of an archive and the archives in it."""

    left: int

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Rejected("decompression_bomb", f"more than {_RATIO} times its size comes out")


@dataclass(slots=True)
class _Unpacked(io.RawIOBase):
    """The unpacked stream of a compressed tar, which may not outgrow what it is unpacked from."""

    packed: IO[bytes]
    stream: gzip.GzipFile = field(init=False)
    size: int = 0

    def __post_init__(self) -> None:
        self.stream = gzip.GzipFile(fileobj=self.packed)

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.size += len(data)
        if self.size > _FLOOR and self.size > _RATIO * self.packed.tell():
            raise Rejected("decompression_bomb", f"more than {_RATIO} times its size comes out")
        return data


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that lies open: where its members come from and what they are named after."""

    file: IO[bytes]
    uri: str
    most: int
    purse: _Purse
    depth: int = 1

    def inner(self, data: bytes, uri: str) -> Archive:
        """An archive that is a member of this one."""
        return Archive(io.BytesIO(data), uri, self.most, self.purse, self.depth + 1)


Member = tuple[str, "bytes | Rejected"]


def is_archive(name: str) -> bool:
    """Whether a name is that of an archive."""
    return name.lower().endswith(ENDINGS)


def members(path: str, uri: str, most: int) -> Iterator[Member]:
    """The inputs of an archive in its own order; hidden members are skipped as hidden files are.

    Args:
      path: of the archive.
      uri: what it is named; a member's name follows after `!/`.
      most: bytes that one input may have.

    Yields:
      The uri of a member, and its bytes or why it is not read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a name that is no path raises here, and not before
            size = os.fstat(file.fileno()).st_size
            yield from _members(Archive(file, uri, most, _Purse(max(_FLOOR, _RATIO * size))))
    except (OSError, ValueError) as why:
        yield uri, Rejected("unreadable_file", getattr(why, "strerror", None) or str(why))


def _members(archive: Archive) -> Iterator[Member]:
    try:
        yield from _zip(archive) if archive.uri.lower().endswith(".zip") else _tar(archive)
    except Rejected as why:
        yield archive.uri, why
    except _DAMAGE as why:
        yield archive.uri, Rejected("damaged_archive", str(why) or type(why).__name__)


def _zip(archive: Archive) -> Iterator[Member]:
    with zipfile.ZipFile(archive.file) as packed:
        for info in packed.infolist():
            name = _zip_name(info).removeprefix("./")
            if info.is_dir() or _skipped(name):
                continue
            uri = f"{archive.uri}!/{name}"
            refusal = _zip_refusal(info) or _name_refusal(name) or _size_refusal(archive, name, info.file_size)
            if refusal:
                yield uri, refusal
                continue
            archive.purse.spend(info.file_size)
            try:
                data = packed.read(info)
            except _DAMAGE as why:
                yield uri, Rejected("damaged_archive", str(why) or type(why).__name__)
            else:
                yield from _unpacked(archive, uri, data)


def _tar(archive: Archive) -> Iterator[Member]:
    plain = archive.uri.lower().endswith(".tar")
    stream = archive.file if plain else cast(IO[bytes], _Unpacked(archive.file))
    with tarfile.open(fileobj=stream, mode="r|") as packed:
        for info in packed:
            packed.members = []  # type: ignore[attr-defined]  # or it would remember all that went by
            name = uri_of(info.name).removeprefix("./")
            if info.isdir() or _skipped(name):
                continue
            uri = f"{archive.uri}!/{name}"
            file = packed.extractfile(info) if info.isreg() else None
            if file is None:
                yield uri, Rejected("unsafe_member", "a link or a device")
            elif refusal := _name_refusal(name) or _size_refusal(archive, name, info.size):
                yield uri, refusal
            else:
                archive.purse.spend(info.size)
                yield from _unpacked(archive, uri, file.read())  # damage here is the end of the archive


def _unpacked(archive: Archive, uri: str, data: bytes) -> Iterator[Member]:
    if is_archive(uri):
        yield from _members(archive.inner(data, uri))
    else:
        yield uri, data


def _zip_refusal(info: zipfile.ZipInfo) -> Rejected | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return Rejected("unsafe_member", "a link or a device")
    if info.flag_bits & _ENCRYPTED:
        return Rejected("encrypted", "locked with a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Rejected("unsupported_format", f"compressed by method {info.compress_type}")
    if info.file_size > max(_MEMBER_FLOOR, _RATIO * info.compress_size):
        return Rejected("decompression_bomb", f"{info.file_size} bytes out of {info.compress_size}")
    return None


def _name_refusal(name: str) -> Rejected | None:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or parts[0].endswith(":"):
        return Rejected("unsafe_member", "its name leads out of the archive")
    return None


def _size_refusal(archive: Archive, name: str, size: int) -> Rejected | None:
    nested = is_archive(name)
    if nested and archive.depth == DEPTH:
        return Rejected("nested_too_deep", f"more than {DEPTH} archives deep")
    most = NESTED_BYTES if nested else archive.most
    return Rejected("too_large", f"over {most} bytes") if size > most else None


def _skipped(name: str) -> bool:
    """Whether a member is hidden as files are, or one of the shadows that macOS packs beside its files."""
    parts = name.split("/")
    return not _name_refusal(name) and (any(part.startswith(".") for part in parts) or parts[0] == "__MACOSX")


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of a member; one that is not marked as UTF-8 is mostly GBK in fact, as Chinese Windows writes it."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename

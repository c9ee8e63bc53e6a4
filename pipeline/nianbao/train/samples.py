"""The one place that loads annotated samples: marked files, the project's own JSON Lines, or a folder of both."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from nianbao.train.formats.own import read_annotations
from nianbao.train.marked import Sample, read
from nianbao.train.splits import split

_log = logging.getLogger(__name__)
_KINDS = "marked samples (NAME.mr.txt, NAME.mr.html) or annotations (NAME.jsonl)"


def read_samples(data: Path) -> list[Sample]:
    """All samples of a folder with the folders in it, or of one file, by path, each with its fold.

    Annotations that nobody has reviewed are left out; how many is logged.

    Raises:
      ValueError: there are none, two have the same name, or (`MarkError`, `FormatError`) one does not read.
    """
    paths = sorted(data.rglob("*")) if data.is_dir() else [data]
    samples: dict[str, Sample] = {}
    for path in (path for path in paths if path.is_file() and is_annotated(path)):
        for sample in _samples(path):
            if sample.name in samples:
                raise ValueError(f"{path}: a second sample {sample.name}: which of the two stands? take one out")
            samples[sample.name] = sample
    if not samples:
        raise ValueError(f"{data}: no {_KINDS}")
    return split(list(samples.values()), data)


def is_annotated(path: Path) -> bool:
    """Whether a file holds annotated samples, by its name."""
    return ".mr." in path.name or path.suffix == ".jsonl"


def _samples(path: Path) -> Iterator[Sample]:
    if ".mr." in path.name:
        yield read(path)
        return
    left_out = 0
    for annotation in read_annotations(path):
        if annotation.reviewed:
            yield annotation.sample()
        left_out += not annotation.reviewed
    if left_out:
        _log.warning("%s: %d annotations that nobody has reviewed are left out", path, left_out)


def corpus_hash(samples: Iterable[Sample]) -> str:
    """A checksum over texts and annotations, so that a model tells what it was trained on."""
    digest = hashlib.sha256()
    for sample in samples:
        for part in (sample.name, sample.data, sample.gold.model_dump_json()):
            digest.update(part.encode("utf8") + b"\0")
    return digest.hexdigest()

"""Token and sequence classification of transformers on marked samples, from a checkpoint of Chinese characters.

A checkpoint is a folder (config.json, model.safetensors, tokeniser) or a name on the hub. Mentions are tagged a
character at a time, in windows; a paragraph is read as a pair with the heading above it. Weights are safetensors only.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
import transformers
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from nianbao.train.backends.alignment import OUTSIDE, Window, kept, names_of, tag_names, tags_of, windows
from nianbao.train.backends.readers import BackendError, Entities, Sections, read_card, write_card
from nianbao.train.backends.tasks import Name, Paragraph, Split, Task, labelled_paragraphs, texts
from nianbao.train.marked import Sample

NAME = "transformers"
# what no loss is counted for
_IGNORED = -100
_READ_AT_ONCE = 16
_WEIGHTS = "model.safetensors"
# a tokeniser of Chinese characters knows each of them as one token
_KNOWN = "政府信息公开工作年度报告"
_FEATURES = {
    Task.ENTITIES: Features(
        {
            "text": Value("string"),
            "mentions": [{"label": Value("string"), "start": Value("int32"), "end": Value("int32")}],
        }
    ),
    Task.SECTIONS: Features(
        {
            "heading": Value("string"),
            "text": Value("string"),
            "label": ClassLabel(names=list(Task.SECTIONS.labels)),
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train; sizes are of tokens, those at the ends of a window included."""

    epochs: int = 3
    seed: int = 0
    batch_size: int = 16
    learning_rate: float = 3e-5
    longest: int = 512
    overlap: int = 128


def dataset_dict(task: Task, split: Split) -> DatasetDict:
    """The samples as data sets `train` and `validation`: texts with their mentions, or paragraphs with their label."""
    return DatasetDict(
        {
            name: Dataset.from_dict(_columns(task, samples), features=_FEATURES[task])
            for name, samples in (("train", split.train), ("validation", split.validation))
        }
    )


def _columns(task: Task, samples: Sequence[Sample]) -> dict[str, list[Any]]:
    rows = list(_rows(task, samples))
    return {name: [row[name] for row in rows] for name in _FEATURES[task]}


def _rows(task: Task, samples: Sequence[Sample]) -> Iterator[dict[str, Any]]:
    if task is Task.SECTIONS:
        yield from (asdict(paragraph) for paragraph in labelled_paragraphs(samples))
        return
    for text in texts(samples):
        mentions = [{"label": label, "start": start, "end": end} for label, start, end in text.names]
        yield {"text": text.text, "mentions": mentions}


class Encoder:
    """Texts as a checkpoint reads them: ids of single characters for mentions, of pairs for paragraphs.

    Raises:
      BackendError: the tokeniser takes Chinese characters apart, or has no marks for the ends of a text.
    """

    def __init__(self, checkpoint: str, longest: int, overlap: int) -> None:
        load = transformers.AutoTokenizer.from_pretrained
        self.tokeniser = _loaded(load, checkpoint, "tokeniser")
        self.longest, self.overlap = min(longest, self.tokeniser.model_max_length), overlap
        self.known: dict[str, int] = {}
        self.ends = (self.tokeniser.cls_token_id, self.tokeniser.sep_token_id)
        unknown = self.tokeniser.unk_token_id
        if None in (*self.ends, unknown, self.tokeniser.pad_token_id) or unknown in self.ids(_KNOWN):
            raise BackendError(
                f"{checkpoint}: not of Chinese characters: its tokeniser knows {_KNOWN} not character by character; "
                "take a Chinese BERT, RoBERTa-wwm, MacBERT or ERNIE"
            )

    def ids(self, characters: Iterable[str]) -> list[int]:
        """One id a character; what is not one token to the tokeniser is unknown to it."""
        characters = list(characters)
        new = sorted(set(characters) - self.known.keys())
        if new:
            pieces = self.tokeniser(new, add_special_tokens=False)["input_ids"]
            unknown = self.tokeniser.unk_token_id
            self.known |= {c: ids[0] if len(ids) == 1 else unknown for c, ids in zip(new, pieces, strict=True)}
        return [self.known[c] for c in characters]

    def windows(self, text: str) -> tuple[list[int], list[Window]]:
        """The offsets of the characters that are read, and the windows over them."""
        at = kept(text)
        size = self.longest - len(self.ends)
        return at, windows(len(at), size, min(self.overlap, size // 2))

    def window(self, ids: Sequence[int]) -> list[int]:
        """The ids of a window between the marks of its ends."""
        return [self.ends[0], *ids, self.ends[1]]

    def learned(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Texts with mentions as windows with the tags of the characters that they own; for `Dataset.map`."""
        out: dict[str, list[Any]] = {"input_ids": [], "labels": []}
        for text, mentions in zip(rows["text"], rows["mentions"], strict=True):
            at, parts = self.windows(text)
            names = [(m["label"], m["start"], m["end"]) for m in mentions]
            ids, tags = self.ids(text[i] for i in at), tags_of(names, at, Task.ENTITIES.labels)
            for w in parts:
                before, after = [_IGNORED] * (1 + w.first - w.start), [_IGNORED] * (1 + w.end - w.last)
                out["input_ids"].append(self.window(ids[w.start : w.end]))
                out["labels"].append([*before, *tags[w.first : w.last], *after])
        return out

    def pairs(self, headings: Sequence[str], texts: Sequence[str]) -> dict[str, list[list[int]]]:
        """Paragraphs under their headings; of what is too long the end is not read."""
        return dict(self.tokeniser(list(headings), list(texts), truncation=True, max_length=self.longest))


def train(task: Task, split: Split, out: Path, *, checkpoint: str, **settings: Any) -> None:
    """Fine-tunes a checkpoint and writes weights, tokeniser and card, as they are after the last epoch.

    Args:
      task: what to learn.
      split: the samples; the loss on the validation part is logged after every epoch.
      out: the folder to write to.
      checkpoint: what to start from, a folder or a name on the hub.
      settings: of `Settings`.

    Raises:
      BackendError: there is no such checkpoint, or it is of the wrong kind.
    """
    chosen = Settings(**settings)
    names = tag_names(task.labels) if task is Task.ENTITIES else list(task.labels)
    transformers.set_seed(chosen.seed)  # the head is drawn at random
    model = _model(task, checkpoint, num_labels=len(names), id2label=dict(enumerate(names)),
                   label2id={name: i for i, name in enumerate(names)}, ignore_mismatched_sizes=True)  # fmt: skip
    longest = min(chosen.longest, getattr(model.config, "max_position_embeddings", chosen.longest))
    encoder = Encoder(checkpoint, longest, chosen.overlap)
    data = _encoded(task, dataset_dict(task, split), encoder)
    if not len(data["train"]):
        raise BackendError("no annotated line in the samples: give lines a label and mark the mentions in them")
    collator = (
        transformers.DataCollatorForTokenClassification
        if task is Task.ENTITIES
        else (transformers.DataCollatorWithPadding)
    )
    with TemporaryDirectory() as temporary, redirect_stdout(sys.stderr):  # losses are no output
        transformers.Trainer(
            model=model,
            args=_arguments(temporary, chosen, evaluated=len(data["validation"]) > 0),
            train_dataset=data["train"],
            eval_dataset=data["validation"],
            data_collator=collator(encoder.tokeniser),
        ).train()
    model.save_pretrained(out)
    encoder.tokeniser.save_pretrained(out)
    made = {"checkpoint": _origin(checkpoint, model), **asdict(chosen), "longest": encoder.longest,
            "versions": {"transformers": transformers.__version__, "torch": torch.__version__}}  # fmt: skip
    write_card(out, NAME, task, split, made)


def _arguments(folder: str, chosen: Settings, *, evaluated: bool) -> transformers.TrainingArguments:
    return transformers.TrainingArguments(
        output_dir=folder,
        num_train_epochs=chosen.epochs,
        per_device_train_batch_size=chosen.batch_size,
        per_device_eval_batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        seed=chosen.seed,
        eval_strategy="epoch" if evaluated else "no",
        save_strategy="no",  # what the trainer would save holds pickled parts
        report_to="none",
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _encoded(task: Task, data: DatasetDict, encoder: Encoder) -> DatasetDict:
    """The rows as a model takes them."""
    columns = data["train"].column_names
    if task is Task.ENTITIES:
        return data.map(encoder.learned, batched=True, remove_columns=columns)

    def pair(rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        return {**encoder.pairs(rows["heading"], rows["text"]), "labels": list(rows["label"])}

    return data.map(pair, batched=True, remove_columns=columns)


def load(folder: Path) -> Entities | Sections:
    """A trained model as a reader.

    Raises:
      BackendError: there is none in the folder.
    """
    card = read_card(folder, NAME)
    task = Task(card["task"])
    model = _model(task, str(folder))
    model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    encoder = Encoder(str(folder), card["longest"], card["overlap"])

    def names(text: str) -> Iterator[Name]:
        at, parts = encoder.windows(text)
        ids = encoder.ids(text[i] for i in at)
        rows = [encoder.window(ids[w.start : w.end]) for w in parts]
        found = _logits(model, encoder, [{"input_ids": row} for row in rows])
        tags = [OUTSIDE] * len(at)
        for w, scores in zip(parts, found, strict=True):
            owned = scores[1 + w.first - w.start : 1 + w.last - w.start]
            tags[w.first : w.last] = owned.argmax(dim=-1).tolist()
        yield from names_of(tags, at, task.labels)

    def labels(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[str, float]]:
        pairs = encoder.pairs([p.heading for p in paragraphs], [p.text for p in paragraphs]) if paragraphs else {}
        rows = [dict(zip(pairs, row, strict=True)) for row in zip(*pairs.values(), strict=True)]
        for scores in _logits(model, encoder, rows):
            chance, label = scores.softmax(dim=-1).max(dim=-1)
            yield task.labels[int(label)], float(chance)

    return Entities(names) if task is Task.ENTITIES else Sections(labels)


def _logits(model: Any, encoder: Encoder, rows: Sequence[Mapping[str, list[int]]]) -> list[Any]:
    """The scores of each row, on the CPU; rows of like length are read together."""
    out: list[Any] = [None] * len(rows)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]["input_ids"]))
    for begin in range(0, len(order), _READ_AT_ONCE):
        batch = order[begin : begin + _READ_AT_ONCE]
        padded = encoder.tokeniser.pad([dict(rows[i]) for i in batch], return_tensors="pt").to(model.device)
        with torch.inference_mode():
            scores = model(**padded).logits.cpu()
        for i, row in zip(batch, scores, strict=True):
            out[i] = row
    return out


def _model(task: Task, checkpoint: str, **options: Any) -> Any:
    kind = (transformers.AutoModelForTokenClassification if task is Task.ENTITIES
            else transformers.AutoModelForSequenceClassification)  # fmt: skip
    return _loaded(kind.from_pretrained, checkpoint, "model", use_safetensors=True, **options)


def _loaded(load: Callable[..., Any], checkpoint: str, what: str, **options: Any) -> Any:
    """What a loader of transformers makes of a checkpoint; never code of the checkpoint's own."""
    try:
        return load(checkpoint, trust_remote_code=False, **options)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as why:
        reason = " ".join(str(why).split())
        raise BackendError(
            f"{checkpoint}: no {what} to be had ({reason}). A checkpoint is a folder with config.json, {_WEIGHTS} and "
            "a tokeniser, or a name on a hub within reach; pickled weights are not read: save them as safetensors"
        ) from why


def _origin(checkpoint: str, model: Any) -> dict[str, str | None]:
    """What the card says of the checkpoint: its name, the checksum of a folder's weights, the hub's revision."""
    weights = Path(checkpoint) / _WEIGHTS
    digest = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else None
    return {"name": checkpoint, "sha256": digest, "revision": getattr(model.config, "_commit_hash", None)}

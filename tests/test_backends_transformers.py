"""transformers on marked samples: encoding without loss, checkpoints refused with a reason, trained, saved, opened."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when transformers is imported: no test waits for a network
pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from backend_samples import write_samples
from nianbao.evaluate.compare import compare
from nianbao.evaluate.tally import Key
from nianbao.train.backends import BackendError, Entities, Sections, Task, open_backend
from nianbao.train.backends import transformers as backend
from nianbao.train.backends.alignment import OUTSIDE, names_of
from nianbao.train.backends.tasks import Name, Split, folds, split, texts
from nianbao.train.trainer import read_samples
from test_backends import marked_texts

pytestmark = [pytest.mark.backends, pytest.mark.filterwarnings("default")]

LONGEST = 48  # shorter than the samples: what is trained here is always read in several windows
QUICK = {"epochs": 25, "learning_rate": 3e-3, "batch_size": 4, "longest": LONGEST, "overlap": 16}
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_checkpoint(folder: Path, characters: str, **options: object) -> Path:
    """A BERT of two layers, its weights drawn at random, whose tokeniser knows the characters."""
    transformers.set_seed(0)
    tokeniser = transformers.BertTokenizer(vocab={t: i for i, t in enumerate([*MARKS, *sorted(set(characters))])})
    config = transformers.BertConfig(
        vocab_size=len(tokeniser), hidden_size=48, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96,
        max_position_embeddings=64, initializer_range=0.1, hidden_dropout_prob=0.0, **options,
    )  # fmt: skip
    tokeniser.save_pretrained(folder)
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)  # the models are so small that threads would only wait for one another


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Split:
    return split(read_samples(write_samples(tmp_path_factory.mktemp("samples"))))


@pytest.fixture(scope="module")
def checkpoint(parts: Split, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = "".join(sample.data for sample in (*parts.train, *parts.validation))
    return write_checkpoint(tmp_path_factory.mktemp("checkpoint"), "".join(text.split()) + "一二三年报")


@pytest.fixture(scope="module")
def encoder(checkpoint: Path) -> backend.Encoder:
    return backend.Encoder(str(checkpoint), LONGEST, 16)


@pytest.fixture(scope="module")
def trained(parts: Split, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Task, Path]:
    """Both tasks trained until the samples are known."""
    folder = tmp_path_factory.mktemp("trained")
    for task in Task:
        backend.train(task, parts, folder / task, checkpoint=str(checkpoint), **QUICK)
    return {task: folder / task for task in Task}


@settings(deadline=None)
@given(marked_texts(), st.integers(4, 60))
def test_mentions_go_through_the_encoder_and_back(
    encoder: backend.Encoder, case: tuple[str, list[Name]], longest: int
) -> None:
    """Whatever a text holds, the windows learn every tag once, and together say the same mentions."""
    text, names = case
    encoder.longest = longest
    rows = encoder.learned({"text": [text], "mentions": [[dict(zip(("label", "start", "end"), n, strict=True))
                                                          for n in names]]})  # fmt: skip
    assert all(len(ids) == len(tags) <= longest for ids, tags in zip(rows["input_ids"], rows["labels"], strict=True))
    at, _ = encoder.windows(text)
    tags = [tag for row in rows["labels"] for tag in row if tag != -100]
    assert list(names_of(tags, at, Task.ENTITIES.labels)) == names


def test_each_character_is_one_id(encoder: backend.Encoder) -> None:
    known = encoder.tokeniser.get_vocab()
    assert encoder.ids("财2、") == [known["财"], known["2"], known["、"]]
    assert encoder.ids("𪚥\ufffd\u200b") == [known["[UNK]"]] * 3


def test_samples_become_data_sets(parts: Split) -> None:
    data = backend.dataset_dict(Task.ENTITIES, parts)
    assert {name: len(rows) for name, rows in data.items()} == {"train": 8, "validation": 2}
    text = texts(parts.train)[0]
    row = data["train"][0]
    assert row["text"] == text.text
    assert [(m["label"], m["start"], m["end"]) for m in row["mentions"]] == list(text.names)
    sections = backend.dataset_dict(Task.SECTIONS, parts)["train"]
    assert sections.features["label"].names == list(Task.SECTIONS.labels)
    assert sections.features["label"].int2str(sections[0]["label"]) == "title"


def test_a_trained_tagger_finds_what_it_was_taught(trained: dict[Task, Path], parts: Split) -> None:
    reader = open_backend(f"transformers:{trained[Task.ENTITIES]}")
    assert isinstance(reader, Entities)
    for text in texts(parts.train):
        assert tuple(reader.read(text.text)) == text.names
    # of lines that it was not taught, a model of two layers says what it likes, in spans of the text
    data = parts.train[0].data
    found = reader.predict(data)
    assert found and all(m.label in Task.ENTITIES.labels and 0 <= m.start < m.end <= len(data) for m in found)


def test_a_trained_classifier_finds_what_it_was_taught(trained: dict[Task, Path], parts: Split) -> None:
    reader = open_backend(f"transformers:{trained[Task.SECTIONS]}")
    assert isinstance(reader, Sections)
    sample = parts.train[0]
    found = reader.predict(sample.data)
    assert [s.label for s in found] == [p.label for p in sample.gold.paragraphs]
    assert all(0.0 < s.confidence <= 1.0 for s in found)
    assert list(reader.read([])) == []


def test_a_long_text_is_read_whole(trained: dict[Task, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows the characters of one name finds it 5,000 times, wherever windows end."""
    labels, sizes = Task.ENTITIES.labels, list[int]()
    agency, name = labels.index("AGENCY"), "中川县财政局"

    def logits(_: object, encoder: backend.Encoder, rows: list[dict[str, list[int]]]) -> list[torch.Tensor]:
        first, *further = encoder.ids(name)
        sizes.extend(len(row["input_ids"]) for row in rows)
        return [torch.tensor([[float(tag == (1 + agency if i == first else 1 + len(labels) + agency if i in further
                               else OUTSIDE)) for tag in range(1 + 2 * len(labels))] for i in row["input_ids"]])
                for row in rows]  # fmt: skip

    reader = open_backend(f"transformers:{trained[Task.ENTITIES]}")
    assert isinstance(reader, Entities)
    monkeypatch.setattr(backend, "_logits", logits)
    unit = f"{name}、𠮷🙂１2次 {name}{name}\n"
    found = [(m.label, m.start, m.end) for m in reader.find(unit * 1700)]
    starts = sorted(at + len(unit) * i for i in range(1700) for at in (0, 13, 19))
    assert found == [("AGENCY", start, start + len(name)) for start in starts]
    assert max(sizes) == LONGEST


def test_what_is_saved_is_no_pickle_and_says_where_it_comes_from(trained: dict[Task, Path], checkpoint: Path) -> None:
    for task, folder in trained.items():
        assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".txt", ".jinja"}
        assert load_file(folder / "model.safetensors")
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        assert (card["task"], card["epochs"], card["longest"]) == (task, 25, LONGEST)
        assert card["checkpoint"]["name"] == str(checkpoint)
        assert len(card["checkpoint"]["sha256"]) == 64
        assert set(card) == {
            "backend", "task", "labels", "producer", "corpus", "checkpoint", "versions",
            "epochs", "seed", "batch_size", "learning_rate", "longest", "overlap",
        }, "no figure of quality"  # fmt: skip


def test_the_same_samples_and_seed_give_the_same_weights(tmp_path: Path, parts: Split, checkpoint: Path) -> None:
    options = {**QUICK, "epochs": 1, "seed": 3}
    for name in ("one", "other"):
        backend.train(Task.ENTITIES, parts, tmp_path / name, checkpoint=str(checkpoint), **options)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "other"))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_no_such_checkpoint(tmp_path: Path, parts: Split) -> None:
    for name in ("no-such-owner/no-such-model", str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(
            BackendError, match=r"no model to be had \(.+\)\. A checkpoint is a folder with config\.json"
        ):
            backend.train(Task.ENTITIES, parts, tmp_path / "out", checkpoint=name)
    assert not (tmp_path / "out").exists()


def test_pickled_weights_are_not_read(tmp_path: Path, parts: Split, checkpoint: Path) -> None:
    folder = shutil.copytree(checkpoint, tmp_path / "pickled")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(BackendError, match="pickled weights are not read: save them as safetensors"):
        backend.train(Task.SECTIONS, parts, tmp_path / "out", checkpoint=str(folder))


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path, parts: Split, checkpoint: Path) -> None:
    config = transformers.ViTConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=1, intermediate_size=16)
    transformers.ViTModel(config).save_pretrained(tmp_path / "pictures")
    with pytest.raises(BackendError, match="no model to be had"):
        backend.train(Task.ENTITIES, parts, tmp_path / "out", checkpoint=str(tmp_path / "pictures"))
    with pytest.raises(BackendError, match="take a Chinese BERT"):
        backend.train(
            Task.ENTITIES, parts, tmp_path / "out", checkpoint=str(write_checkpoint(tmp_path / "latin", "abc"))
        )
    with pytest.raises(BackendError, match=r"no trained backend .* `nianbao train"):
        open_backend(f"transformers:{checkpoint}")


def test_code_of_a_checkpoint_is_never_run(tmp_path: Path, parts: Split, checkpoint: Path) -> None:
    folder, trace = shutil.copytree(checkpoint, tmp_path / "own_code"), tmp_path / "trace"
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w')\n", encoding="utf-8")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    own = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForTokenClassification"), "own.Own")
    config |= {"model_type": "own", "architectures": ["Own"], "auto_map": own}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(BackendError):
        backend.train(Task.ENTITIES, parts, tmp_path / "out", checkpoint=str(folder))
    assert not trace.exists()


def test_a_trained_model_is_a_checkpoint_for_the_other_task(
    tmp_path: Path, parts: Split, trained: dict[Task, Path]
) -> None:
    out = tmp_path / "out"
    backend.train(Task.SECTIONS, parts, out, checkpoint=str(trained[Task.ENTITIES]), **{**QUICK, "epochs": 1})
    assert isinstance(open_backend(f"transformers:{out}"), Sections)


def test_samples_without_an_annotated_line_teach_no_mentions(tmp_path: Path, parts: Split, checkpoint: Path) -> None:
    bare = [replace(s, gold=s.gold.model_copy(update={"paragraphs": [], "entities": []})) for s in parts.train]
    with pytest.raises(BackendError, match="no annotated line in the samples"):
        backend.train(Task.ENTITIES, Split(bare, bare), tmp_path / "out", checkpoint=str(checkpoint))


@pytest.mark.parametrize("task", list(Task))
def test_all_are_judged_alike(task: Task, parts: Split, checkpoint: Path) -> None:
    pytest.importorskip("scipy")
    samples = [*parts.train, *parts.validation]

    def train(what: Task, divided: Split, out: Path) -> None:
        backend.train(what, divided, out, checkpoint=str(checkpoint), **{**QUICK, "epochs": 10})

    found = compare(samples, {"transformers:random": train}, task, judged=1)["transformers:random"]
    judged = folds(samples)[0]
    layer = [e for s in judged for e in (s.gold.entities if task is Task.ENTITIES else s.gold.paragraphs)]
    measure = found[Key("entities" if task is Task.ENTITIES else "paragraphs")]
    assert measure.gold == len(layer)
    assert min(measure.before, measure.after) > 0

"""spaCy on marked samples: documents without loss, what `spacy train` takes; trained, saved, opened, read with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from backend_samples import write_samples

pytest.importorskip("spacy")

import spacy
from spacy.tokens import DocBin
from typer.testing import CliRunner

from nianbao.cli import app
from nianbao.evaluate.compare import compare
from nianbao.evaluate.tally import Key
from nianbao.tag.tokeniser import words
from nianbao.train.backends import BackendError, Entities, Sections, Task, open_backend
from nianbao.train.backends import spacy as backend
from nianbao.train.backends.tasks import Split, Text, folds, labelled_paragraphs, split, texts
from nianbao.train.samples import read_samples

pytestmark = [pytest.mark.backends, pytest.mark.filterwarnings("default")]
needs_entry_point = pytest.mark.skipif(
    "nianbao.Words.v1" not in {point.name for point in entry_points(group="spacy_tokenizers")},
    reason="spaCy finds the words only of an installed nianbao",
)
Python = Callable[..., "subprocess.CompletedProcess[bytes]"]

SMALL = {
    Task.ENTITIES: {"components.tok2vec.model.encode.width": 32, "components.tok2vec.model.encode.depth": 2,
                    "training.optimizer.learn_rate": 0.01, "training.batcher.size.start": 100,
                    "training.batcher.size.stop": 200},
    Task.SECTIONS: {"components.textcat.model.length": 4096, "training.optimizer.learn_rate": 0.01},
}  # fmt: skip


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Split:
    return split(read_samples(write_samples(tmp_path_factory.mktemp("samples"))))


@pytest.fixture(scope="module")
def trained(parts: Split, tmp_path_factory: pytest.TempPathFactory) -> dict[Task, Path]:
    """Both tasks trained until the samples are known."""
    folder = tmp_path_factory.mktemp("trained")
    for task in Task:
        backend.train(task, parts, folder / task, epochs=30, overrides=SMALL[task])
    return {task: folder / task for task in Task}


def written(folder: Path) -> Iterator[spacy.tokens.Doc]:
    for name in ("train", "dev"):
        yield from DocBin().from_disk(folder / f"{name}.spacy").get_docs(spacy.blank("zh").vocab)


def test_documents_hold_all_mentions(tmp_path: Path, parts: Split) -> None:
    counts = backend.write_docs(Task.ENTITIES, parts, tmp_path)
    read = [*texts(parts.train), *texts(parts.validation)]
    wanted = [(label, t.text[a:b]) for t in read for label, a, b in t.names]
    assert [(e.label_, e.text) for doc in written(tmp_path) for e in doc.ents] == wanted
    assert counts == backend.Written(len(wanted), ())


def test_documents_of_words_say_what_they_lose(tmp_path: Path, parts: Split) -> None:
    """A mention that ends inside a word of jieba cannot be a span; it is counted, with its words."""
    counts = backend.write_docs(Task.ENTITIES, parts, tmp_path / "w", "words")
    aligned = [e.text for doc in written(tmp_path / "w") for e in doc.ents]
    assert len(aligned) + len(counts.unaligned) == counts.mentions
    for doc in written(tmp_path / "w"):
        assert [t.text for t in doc] == [doc.text[a:b] for a, b in words(doc.text)]


def test_a_mention_inside_a_word_is_told() -> None:
    nlp, lost = spacy.blank("zh", config={"nlp": {"tokenizer": dict(backend.TOKENISERS["words"])}}), list[str]()
    docs = list(backend._marked(nlp, Text("信息公开\n乙财政局", (("AGENCY", 1, 2), ("AGENCY", 5, 9))), lost))
    assert lost == ["AGENCY 息"]
    assert [[e.text for e in doc.ents] for doc in docs] == [[], ["乙财政局"]]


def test_paragraphs_have_one_label_each(tmp_path: Path, parts: Split) -> None:
    backend.write_docs(Task.SECTIONS, parts, tmp_path)
    read = [*labelled_paragraphs(parts.train), *labelled_paragraphs(parts.validation)]
    labels = [[label for label, share in doc.cats.items() if share == 1.0] for doc in written(tmp_path)]
    assert labels == [[p.label] for p in read]
    assert {len(doc.cats) for doc in written(tmp_path)} == {18}


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("tokens", ["characters", pytest.param("words", marks=needs_entry_point)])
def test_spacy_train_takes_what_is_written(
    task: Task, tokens: backend.Tokens, tmp_path: Path, parts: Split, python: Python
) -> None:
    backend.write_docs(task, parts, tmp_path, tokens)
    order = ["-m", "spacy", "train", f"{task}.cfg", "--paths.train", "train.spacy", "--paths.dev", "dev.spacy",
             "--output", "out", "--training.max_epochs", "1"]  # fmt: skip
    done = python(*order, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "out/model-last/meta.json").exists()


def test_a_trained_recogniser_finds_what_it_was_taught(trained: dict[Task, Path], parts: Split) -> None:
    reader = open_backend(f"spacy:{trained[Task.ENTITIES]}")
    assert isinstance(reader, Entities)
    sample = parts.train[0]
    found = {(m.label, m.start, m.end) for m in reader.predict(sample.data)}
    wanted = {(e.label, e.start, e.end) for e in sample.gold.entities}
    assert wanted <= found


def test_a_trained_categoriser_finds_what_it_was_taught(trained: dict[Task, Path], parts: Split) -> None:
    reader = open_backend(f"spacy:{trained[Task.SECTIONS]}")
    assert isinstance(reader, Sections)
    sample = parts.train[0]
    found = reader.predict(sample.data)
    assert [s.label for s in found] == [p.label for p in sample.gold.paragraphs]
    assert all(0.0 < s.confidence <= 1.0 for s in found)


def test_the_same_samples_and_seed_give_the_same_weights(tmp_path: Path, parts: Split) -> None:
    for name in ("one", "other"):
        backend.train(Task.ENTITIES, parts, tmp_path / name, epochs=2, seed=4, overrides=SMALL[Task.ENTITIES])
    one, other = ((tmp_path / name / "ner/model").read_bytes() for name in ("one", "other"))
    assert one == other


def test_a_folder_that_lost_its_model_is_refused(tmp_path: Path, trained: dict[Task, Path]) -> None:
    (tmp_path / "card.json").write_bytes((trained[Task.ENTITIES] / "card.json").read_bytes())
    with pytest.raises(BackendError, match="train it again"):
        open_backend(f"spacy:{tmp_path}")


def test_samples_without_mentions_teach_none(tmp_path: Path, parts: Split) -> None:
    bare = [replace(s, gold=s.gold.model_copy(update={"entities": []}), marked="") for s in parts.train]
    with pytest.raises(BackendError, match="no mention in the samples"):
        backend.train(Task.ENTITIES, Split(bare, bare), tmp_path / "out")


def test_the_command_line_trains(tmp_path: Path) -> None:
    data, out = write_samples(tmp_path / "samples"), tmp_path / "out"
    order = ["train", "sections", str(data), "--backend", "spacy"]
    assert CliRunner().invoke(app, order).exit_code == 2
    done = CliRunner().invoke(app, [*order, "--out", str(out), "--epochs", "1"])
    assert (done.exit_code, done.stdout.strip()) == (0, f"sections spacy:{out}")
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    assert (card["epochs"], card["corpus"]["train"]["samples"], card["checkpoint"]) == (1, 8, None)


@pytest.mark.parametrize("task", list(Task))
def test_all_are_judged_alike(task: Task, parts: Split) -> None:
    pytest.importorskip("scipy")
    samples = [*parts.train, *parts.validation]

    def train(what: Task, divided: Split, out: Path) -> None:
        backend.train(what, divided, out, epochs=10, overrides=SMALL[what])

    found = compare(samples, {"spacy": train}, task, judged=1)["spacy"]
    judged = folds(samples)[0]
    layer = [e for s in judged for e in (s.gold.entities if task is Task.ENTITIES else s.gold.paragraphs)]
    measure = found[Key("entities" if task is Task.ENTITIES else "paragraphs")]
    assert measure.gold == len(layer)
    assert min(measure.before, measure.after) > 0


def test_a_trained_backend_is_evaluated_in_the_place_of_its_model(trained: dict[Task, Path], tmp_path: Path) -> None:
    samples = write_samples(tmp_path / "samples")
    for task, measure in ((Task.ENTITIES, "entities"), (Task.SECTIONS, "paragraphs")):
        order = ["evaluate", task, str(samples), "--backend", f"spacy:{trained[task]}", "--json", str(tmp_path / "f")]
        done = CliRunner().invoke(app, order)
        assert done.exit_code == 0, done.output
        assert json.loads((tmp_path / "f").read_text(encoding="utf-8"))["figures"][measure]["all"]["value"] > 0.8

"""Label Studio: JSON tasks with predictions or annotations, and the labelling configuration that shows them.

The configuration is written beside the tasks (`OUT.xml`). All that is annotated on a span is a control of its region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from nianbao.catalogue import catalogue
from nianbao.train.formats.jsonl import CARRIED, get, objects, rows, write_rows
from nianbao.train.formats.marks import (
    ALL_LAYERS,
    FormatError,
    Layer,
    Mark,
    Offsets,
    Reading,
    Unheld,
    Unit,
    layer_of,
    marks_of,
)
from nianbao.train.formats.tasks import Task

_TEXT = "text"
# the controls of a region, by layer: attribute to type
_CONTROLS: Mapping[Layer, Mapping[str, str]] = {
    Layer.PARAGRAPHS: {"secondary": "choices", "level": "number"},
    Layer.ENTITIES: {"value": "textarea"},
    Layer.FACTS: {
        "value": "number", "scope": "choices", "year": "number", "status": "choices", "cumulative": "choices",
        "used": "choices",
    },
}  # fmt: skip
_KEYS = {"choices": "choices", "number": "number", "textarea": "text"}
_FLAGS = {True: "yes", False: "no"}


class LabelStudio:
    """Shows every layer with its attributes. Releases of the editor before 1.13 may count UTF-16 units."""

    suffix = ".json"
    layers = default = ALL_LAYERS
    carries, attributes, whole = True, True, False
    unit = Unit.CODE_POINTS

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:
        """Writes the tasks and, beside them, the configuration."""
        write_rows(out, (_task(task, layers, unit) for task in tasks))
        out.with_suffix(".xml").write_text(configuration(layers), encoding="utf-8")
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:
        """Reads an export in the format JSON: of each task its last annotation, or its first prediction."""
        for where, item in rows(path):
            data = get(item, "data", dict, where)
            text = get(data, "text", str, where)
            done = [a for a in objects(item, "annotations", where) if not a.get("was_cancelled")]
            chosen = (done[-1:] or objects(item, "predictions", where)[:1] or [{}])[0]
            marks = list(_marks(objects(chosen, "result", where), text, Offsets(text, unit), where))
            yield Reading(text, marks, data.get(CARRIED), bool(done), where)


def _task(task: Task, layers: frozenset[Layer], unit: Unit) -> dict[str, Any]:
    annotation = task.annotation
    offsets = Offsets(annotation.text, unit)
    marks = marks_of(annotation, layers)
    regions = [part for number, mark in enumerate(marks) for part in _region(mark, number, annotation.text, offsets)]
    data = {"text": annotation.text, "name": task.id, CARRIED: task.carried(layers)}
    if annotation.reviewed:
        return {"data": data, "annotations": [{"result": regions}]}
    known = [mark.confidence for mark in marks if mark.confidence is not None]
    score = {"score": round(sum(known) / len(known), 3)} if known else {}
    return {"data": data, "predictions": [{"model_version": "nianbao", **score, "result": regions}]}


def _region(mark: Mark, number: int, text: str, offsets: Offsets) -> Iterator[dict[str, Any]]:
    """The label of a region, then what its controls hold."""
    layer = mark.layer or Layer.ENTITIES
    place = {"start": offsets.out(mark.start), "end": offsets.out(mark.end)}
    common = {"id": f"{layer[0]}{number}", "to_name": _TEXT}
    score = {} if mark.confidence is None else {"score": mark.confidence}
    words = {"text": text[mark.start : mark.end], "labels": [mark.label]}
    yield {**common, "from_name": str(layer), "type": "labels", "value": {**place, **words}, **score}
    for name, kind in _CONTROLS[layer].items():
        value = (mark.attributes or {}).get(name)
        if value is not None and value != []:
            held = value if kind == "number" else list(map(_choice, value if isinstance(value, list) else [value]))
            yield {**common, "from_name": _control(layer, name), "type": kind, "value": {**place, _KEYS[kind]: held}}


def _choice(value: Any) -> str:
    return _FLAGS[value] if isinstance(value, bool) else str(value)


def _control(layer: Layer, name: str) -> str:
    return f"{layer}-{name}"


def _marks(results: Sequence[dict[str, Any]], text: str, offsets: Offsets, where: str) -> Iterator[Mark]:
    regions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, result in enumerate(results):
        regions[str(result.get("id", number))].append(result)
    for parts in regions.values():
        labels = [part for part in parts if part.get("type") in ("labels", "hypertextlabels")]
        for part in labels:
            value = get(part, "value", dict, where)
            start, end = (offsets.back(get(value, key, int, where)) for key in ("start", "end"))
            _same_words(value, text[start:end], where)
            score = part.get("score")
            for label in get(value, "labels", list, where):
                layer = layer_of(str(label))
                held = _attributes(layer, parts, where) if layer else None
                yield Mark(layer, start, end, str(label), score if isinstance(score, float) else None, held)


def _same_words(value: Mapping[str, Any], words: str, where: str) -> None:
    """The words that the editor kept with a region tell whether its offsets are counted as we count them."""
    kept = value.get("text")
    if isinstance(kept, str) and "".join(kept.replace("\\n", "").split()) != "".join(words.split()):
        raise FormatError(
            f"{where}: {value.get('start')} to {value.get('end')} is {words[:20]!r}, the region says {kept[:20]!r}: "
            "counted in another unit? say --offsets utf-16 or --offsets code-points"
        )


def _attributes(layer: Layer, parts: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, kind in _CONTROLS[layer].items():
        for part in parts:
            if part.get("from_name") == _control(layer, name):
                held = get(part, "value", dict, where).get(_KEYS[kind])
                one = held[0] if isinstance(held, list) and held and name != "secondary" else held
                out[name] = {"yes": True, "no": False}.get(one, one) if isinstance(one, str) else one
    if layer is Layer.FACTS:
        out.setdefault("value", 0)
    return out


def configuration(layers: frozenset[Layer]) -> str:
    """The labelling configuration for some layers."""
    known = catalogue()
    labels: dict[Layer, Sequence[str]] = {
        Layer.PARAGRAPHS: known.labels["paragraph"], Layer.ENTITIES: known.labels["entity"],
        Layer.FACTS: tuple(known.indicators),
    }  # fmt: skip
    choices = {
        "secondary": known.labels["paragraph"], "scope": ("own", "region", "other", "unknown"),
        "status": ("fact", "plan", "rule"), "cumulative": ("yes", "no"), "used": ("yes", "no"),
    }  # fmt: skip
    lines = ["<View>", "  <Style>.htx-text { white-space: pre-wrap; }</Style>"]
    for layer in (layer for layer in Layer if layer in layers):
        lines.append(f'  <Labels name="{layer}" toName="{_TEXT}">')
        lines += [f"    <Label value={quoteattr(label)}/>" for label in labels[layer]]
        lines.append("  </Labels>")
        for name, kind in _CONTROLS[layer].items():
            head = f'name="{_control(layer, name)}" toName="{_TEXT}" perRegion="true" whenTagName="{layer}"'
            if kind == "choices":
                many = "multiple" if name == "secondary" else "single-radio"
                lines.append(f'  <Choices {head} choice="{many}" showInline="true">')
                lines += [f'    <Choice value="{choice}"/>' for choice in choices[name]]
                lines.append("  </Choices>")
            else:
                lines.append(f"  <{'Number' if kind == 'number' else 'TextArea'} {head}/>")
    lines += [f'  <Text name="{_TEXT}" value="$text" saveTextResult="yes"/>', "</View>", ""]
    return "\n".join(lines)

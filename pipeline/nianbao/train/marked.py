"""Marked reports: one file that holds a report together with its annotation marks.

    ---
    { JSON front matter: the fields of `Gold`, plus `zeros` }
    ---
    @label#level+secondary the line as it stands, with {{LABEL|text|normal form|fact}} around mentions

In `NAME.mr.html` a block's mark is `@@label#level+secondary@@` right after its opening tag. A fact is
`indicator,indicator;scope=region;year=2014;status=plan;cumulative;unused`, every part after the ids optional. Zero
statements are listed in the front matter as `{"quote", "indicators", ...}`, the quote an exact substring.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nianbao import numerals
from nianbao.catalogue import catalogue
from nianbao.ingest.html import read_html
from nianbao.train.gold import Gold, GoldEntity, GoldFact, GoldParagraph

_MARK = re.compile(r"\{\{([A-Z_]+)\|([^{}|]*)(?:\|([^{}|]*))?(?:\|([^{}|]*))?\}\}")
_LINE = re.compile(r"@([a-z_]+)(?:#(\d))?(?:\+([a-z_,]+))? ?")
_BLOCK = re.compile(r"@@([a-z_]+)(?:#(\d))?(?:\+([a-z_,]+))?@@")
_BLOCK_END = re.compile(
    r"@@[a-z_]+(?:#\d)?(?:\+[a-z_,]+)?@@"
    r"|</?(?:p|div|td|th|tr|table|li|ul|ol|h\d|br|section|article|body|center|tbody|pre)\b"
)
_TAG = re.compile(r"<[^>]+>")
# private characters that stand for marks while a page is read: before and after a mention, before a block
_OPEN, _CLOSE, _LABEL = "\ue000", "\ue001", "\ue002"


class MarkError(ValueError):
    """A marked file that does not compile; the message names the file and the place."""


@dataclass(frozen=True)
class Sample:
    """One annotated input: `data` the file's text as a reader would get it, `gold` what it says.

    `fold` is the part of the corpus that it is held out with (see `splits`), None where nobody has dealt them;
    `marked` the marked text that it was compiled from.
    """

    name: str
    data: str
    gold: Gold
    fold: int | None = None
    marked: str = ""


def read(path: Path) -> Sample:
    """Compiles one marked file.

    Raises:
      MarkError: for an unknown label, id or field, a quote that is not in the text, a line without mark.
    """
    try:
        source = path.read_text(encoding="utf8")
        _, front, body = source.split("---\n", 2)
        fields: dict[str, Any] = json.loads(front)
        zeros = fields.pop("zeros", [])
        gold = Gold.model_validate(fields)
    except (ValueError, ValidationError) as why:
        raise MarkError(f"{path.name}: front matter: {why}") from why
    stem, kind = path.name.split(".mr.")
    gold.file = f"{stem}.{kind}"
    reader = _Reader(path.name, gold)
    data = reader.text(body) if kind == "txt" else reader.page(body)
    for zero in zeros:
        reader.zero(zero, data if kind == "txt" else None, data)
    plain = _squash(data if kind == "txt" else html.unescape(_TAG.sub("", data)))
    for item in [*gold.problems, *gold.measures]:
        if _squash(item) not in plain:
            raise MarkError(f"{path.name}: item is not in the text: {item[:40]}")
    gold.facts.sort(key=lambda f: (f.start or 0, f.text))
    return Sample(stem, data, gold, marked=source)


def write_gold(sample: Sample, folder: Path) -> None:
    """Writes what a sample says to `NAME.gold.json` in a folder."""
    gold = json.dumps(sample.gold.model_dump(), ensure_ascii=False, indent=1)
    (folder / f"{sample.name}.gold.json").write_text(gold, encoding="utf8")


def as_text(sample: Sample) -> Sample:
    """A sample as plain text: of a page its visible text, so that all of its gold has offsets."""
    if not sample.gold.file.endswith(".html"):
        return sample
    _, front, body = sample.marked.split("---\n", 2)
    notes = ("entities", "facts", "paragraphs")
    gold = sample.gold.model_copy(update={"file": f"{sample.name}.txt", **{name: [] for name in notes}})
    reader = _Reader(sample.gold.file, gold)
    data = reader.text(_visible(body))
    for zero in json.loads(front).get("zeros", []):
        if zero["quote"] in data:  # markup inside a quote may have put a line end into it
            reader.zero(zero, data, data)
    gold.facts.sort(key=lambda f: (f.start or 0, f.text))
    return replace(sample, data=data, gold=gold)


def _visible(body: str) -> str:
    """The visible text of a marked page as a marked text; what has no label has that of what stands before it."""
    marks: list[re.Match[str]] = []
    labels: list[str] = []

    def mention(match: re.Match[str]) -> str:
        marks.append(match)
        return f"{_OPEN}{match[2]}{_CLOSE}"

    def block(match: re.Match[str]) -> str:
        labels.append(match[0].strip("@"))
        return _LABEL

    text = read_html(_BLOCK.sub(block, _MARK.sub(mention, body))).text
    given, named, out, label = iter(marks), iter(labels), [], "noise"

    def mark(match: re.Match[str]) -> str:
        label, _, *rest = next(given).groups("")
        return "{{" + "|".join([label, match[1], *rest]) + "}}" if "\n" not in match[1] else match[1]

    for line in re.sub(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}", mark, text).split("\n"):
        found = [next(named) for _ in range(line.count(_LABEL))]
        label = found[0] if found else label.partition("#")[0].partition("+")[0]
        out.append(f"@{label} {line.replace(_LABEL, '')}" if line.strip(_LABEL + " \t") else "")
    return "\n".join(out)


def _squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


class _Reader:
    """Strips the marks of one file and collects what they say into its gold."""

    def __init__(self, name: str, gold: Gold) -> None:
        self.name, self.gold = name, gold

    def fail(self, what: str) -> MarkError:
        return MarkError(f"{self.name}: {what}")

    def text(self, body: str) -> str:
        out, at = [], 0
        for number, line in enumerate(body.split("\n"), 1):
            match = _LINE.match(line)
            if line.strip() and not match:
                raise self.fail(f"body line {number} has no label: {line[:30]}")
            plain = self.strip(
                line[match.end() :] if match else line, at, noise=match is not None and match[1] == "noise"
            )
            if plain.strip() and match:
                paragraph = self.paragraph(match, plain)
                paragraph.start, paragraph.end = at, at + len(plain)
            out.append(plain)
            at += len(plain) + 1
        return "\n".join(out)[:-1] if out and not out[-1] else "\n".join(out)

    def page(self, body: str) -> str:
        labels = [(m.start(), m[1]) for m in _BLOCK.finditer(body)]

        def noisy(at: int) -> bool:
            return next((label for start, label in reversed(labels) if start <= at), "") == "noise"

        plain = self.strip(body, None, noisy=noisy)
        for match in _BLOCK.finditer(plain):
            rest = plain[match.end() :]
            stop = _BLOCK_END.search(rest)
            block = html.unescape(_TAG.sub("", rest[: stop.start() if stop else None]))
            if block.strip():
                self.paragraph(match, block)
        return _BLOCK.sub("", plain)

    def paragraph(self, match: re.Match[str], text: str) -> GoldParagraph:
        labels = [match[1], *(match[3].split(",") if match[3] else [])]
        for label in labels:
            if label not in catalogue().labels["paragraph"]:
                raise self.fail(f"unknown label {label!r}")
        paragraph = GoldParagraph(
            text=text.strip(), label=labels[0], level=int(match[2]) if match[2] else None, secondary=labels[1:]
        )
        self.gold.paragraphs.append(paragraph)
        return paragraph

    def strip(self, text: str, base: int | None, *, noise: bool = False, noisy: Any = None) -> str:
        """Removes the mention marks of `text`, which starts at offset `base` (None: offsets are not known)."""
        out, last, length = [], 0, 0
        for match in _MARK.finditer(text):
            label, quote, value, fact = match.groups()
            if label not in catalogue().labels["entity"]:
                raise self.fail(f"unknown entity label {label!r}")
            out += [text[last : match.start()], quote]
            length += match.start() - last
            start = None if base is None else base + length
            length += len(quote)
            end = None if base is None else base + length
            quiet = noisy(match.start()) if noisy else noise
            shown = html.unescape(quote) if noisy else quote
            self.gold.entities.append(
                GoldEntity(label=label, text=shown, start=start, end=end, value=value or None, noise=quiet)
            )
            if fact:
                self.gold.facts.append(self.fact(fact, shown, value, start, end))
                self.gold.facts[-1].mention = len(self.gold.entities) - 1
            last = match.end()
        rest = text[last:]
        plain = "".join(out) + rest
        if re.search(r"\{\{[A-Z_]+\|", plain):
            raise self.fail(f"bad mark near {plain[plain.find('{{') :][:40]}")
        return plain

    def fact(self, mark: str, text: str, value: str | None, start: int | None, end: int | None) -> GoldFact:
        ids, *options = mark.split(";")
        number = numerals.parse(value) if value else None
        if number is None:
            number = numerals.leading(text)
        if number is None:
            raise self.fail(f"fact without a number: {text}")
        fields: dict[str, Any] = {}
        for option in options:
            key, _, given = option.partition("=")
            if key == "unused":
                fields["used"] = False
            elif key == "cumulative":
                fields["cumulative"] = True
            elif key in ("scope", "status", "year") and given:
                fields[key] = int(given) if key == "year" else given
            else:
                raise self.fail(f"unknown fact option {option!r}")
        at = len(self.gold.entities) - 1
        return self.checked(
            GoldFact(indicators=ids.split(","), text=text, value=number, start=start, end=end, mention=at, **fields)
        )

    def zero(self, fields: dict[str, Any], text: str | None, data: str) -> None:
        quote = fields.pop("quote", "")
        shown = data if text is not None else html.unescape(_TAG.sub("", data))
        if not quote or quote not in shown:
            raise self.fail(f"zero statement is not in the text: {quote[:40]}")
        start = text.find(quote) if text is not None else None
        end = None if start is None else start + len(quote)
        self.gold.facts.append(self.checked(GoldFact(text=quote, value=0, start=start, end=end, **fields)))

    def checked(self, fact: GoldFact) -> GoldFact:
        unknown = sorted(set(fact.indicators) - set(catalogue().indicators))
        if unknown:
            raise self.fail(f"unknown indicators {unknown} at {fact.text}")
        if fact.scope not in ("own", "region", "other", "unknown") or fact.status not in ("fact", "plan", "rule"):
            raise self.fail(f"unknown scope or status at {fact.text}")
        year = fact.year in (None, self.gold.year)
        if fact.scope != "own" or fact.status != "fact" or fact.cumulative or not year:
            fact.used = False
        fact.year = fact.year or self.gold.year
        return fact


def main() -> int:
    """Compiles the marked files of a folder: `python -m nianbao.train.marked DIR [OUT]`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    options = parser.parse_args()
    from nianbao.train.validate import faults

    bad = 0
    for path in sorted(options.source.rglob("*.mr.*")):
        try:
            sample = read(path)
        except MarkError as why:
            sys.stderr.write(f"{why}\n")
            bad += 1
            continue
        for fault in faults(sample):
            sys.stderr.write(f"{path.name}: {fault}\n")
            bad += 1
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / sample.gold.file).write_text(sample.data, encoding="utf8")
            write_gold(sample, options.out)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""The damage of real pages, kind by kind (N-01 to N-40), done to a draft: its gold moves along or is dropped.

Damage to tables (N-12 to N-17, N-38, N-39) is a matter of their layout: see `tables`.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

from nianbao.catalogue import Entry, load_toml
from nianbao.train.generate.draft import Draft, Mark
from nianbao.train.generate.edits import Edit

Noise = Callable[[Draft, random.Random], bool]
# what stands in place of a match: one of these words, or what is made of the match
Instead = tuple[str, ...] | Callable[[re.Match[str], random.Random], str]

_PROSE = ("overview", "organization", "proactive", "interaction", "info_management", "platform", "requests", "fees",
          "review_litigation", "problems", "improvements", "other")  # fmt: skip
_ORDINAL = re.compile(r"[ 　]*([一二三四五六七八九十])、")
_WIDE = {ord("0") + i: "０１２３４５６７８９"[i] for i in range(10)}
_ROUND = "○O0〇零"
_MOST = 6  # places in a report that one kind damages


class Lines(Entry):
    """Lines of page furniture: their kind and label, and where they stand."""

    kind: str
    label: str
    top: tuple[str, ...]
    bottom: tuple[str, ...]


class _Words(Entry):
    lines: tuple[Lines, ...]
    pinyin: Mapping[str, str]


@cache
def _words() -> _Words:
    return _Words.model_validate(tomllib.loads((files(__package__) / "noise.toml").read_text(encoding="utf8")))


@cache
def _traditional() -> dict[int, str]:
    tables = load_toml("characters.toml")
    strip = str.maketrans("", "", "\n")
    pairs = zip(tables["simplified"].translate(strip), tables["traditional"].translate(strip), strict=True)
    out: dict[int, str] = {}
    for simple, full in pairs:
        out.setdefault(ord(simple), full)
    return out


def _furniture(lines: Lines) -> Noise:
    """A line above the report, or below it."""

    def noise(draft: Draft, rng: random.Random) -> bool:
        gold = draft.gold
        top = bool(lines.top) and (not lines.bottom or rng.random() < 0.6)
        told = {"{title}": gold.title or "年报", "{year}": gold.year or 2020, "{next}": (gold.year or 2020) + 1}
        text = rng.choice(lines.top if top else lines.bottom)
        for slot, value in told.items():
            text = text.replace(slot, str(value))
        return draft.insert(0, [text], lines.label) if top else _append(draft, text, lines.label)

    return noise


def _append(draft: Draft, text: str, label: str) -> bool:
    if not draft.text.endswith("\n"):
        draft.edit([(len(draft.text), len(draft.text), "\n")])
    return draft.insert(len(draft.text), [text], label)


def _some(found: list[Edit], rng: random.Random) -> list[Edit]:
    return rng.sample(found, rng.randint(1, min(_MOST, len(found)))) if found else []


def _instead(new: Instead, match: re.Match[str], rng: random.Random) -> str:
    return rng.choice(new) if isinstance(new, tuple) else new(match, rng)


def _in_marks(pattern: str, new: Instead, *labels: str) -> Noise:
    """Damage to words of mentions."""
    compiled = re.compile(pattern)

    def noise(draft: Draft, rng: random.Random) -> bool:
        found = [
            (match.start(), match.end(), _instead(new, match, rng))
            for mark in draft.entities(*labels) if not mark.of.noise
            for match in compiled.finditer(draft.text, mark.start, mark.end)
        ]  # fmt: skip
        return draft.edit(_some(found, rng))

    return noise


def _in_prose(pattern: str, new: Instead) -> Noise:
    """Damage to words of paragraphs, outside mentions and statements."""
    compiled = re.compile(pattern)

    def noise(draft: Draft, rng: random.Random) -> bool:
        found = [
            (match.start(), match.end(), _instead(new, match, rng))
            for line in draft.lines(*_PROSE)
            for match in compiled.finditer(draft.text, line.start, line.end)
        ]  # fmt: skip
        return draft.edit(_some([edit for edit in found if draft.free(edit[0], max(edit[1], edit[0] + 1))], rng))

    return noise


def _widened(match: re.Match[str], rng: random.Random) -> str:
    del rng
    return match[0].translate(_WIDE)


def _round_year(match: re.Match[str], rng: random.Random) -> str:
    zero = rng.choice(_ROUND)
    return "".join(zero if c == "0" else "〇一二三四五六七八九"[int(c)] for c in match[0])


def _translate(draft: Draft, rng: random.Random) -> bool:
    """N-18: the page of a mirror in traditional characters, some of them wrong."""
    del rng
    new = draft.text.translate(_traditional())
    changed, draft.text = new != draft.text, new
    return changed


def _pinyin(draft: Draft, rng: random.Random) -> bool:
    """N-19: pronunciation notes."""
    notes, share = _words().pinyin, rng.uniform(0.1, 0.6)
    places = [(i + 1, i + 1, f"({notes[c]})") for i, c in enumerate(draft.text) if c in notes and rng.random() < share]
    bounds = {bound for mark in draft.marks for bound in (mark.end,)}
    return draft.edit([edit for edit in places if edit[0] not in bounds])


def _spam(draft: Draft, rng: random.Random) -> bool:
    """N-20: an advertisement or digits in place of a body's name in the text."""
    lines = [(line.start, line.end) for line in draft.lines(*_PROSE)]
    found = [m for m in draft.entities("AGENCY") if any(start <= m.start < end for start, end in lines)]
    if not found:
        return False
    mark = rng.choice(found)
    draft.drop(mark)
    return draft.edit([(mark.start, mark.end, rng.choice(("7788365365", "澳门娱乐场", "皇冠体育")))])


def _page_numbers(draft: Draft, rng: random.Random) -> bool:
    """N-23: page numbers between paragraphs."""
    lines = draft.lines(*_PROSE)
    for line in sorted(rng.sample(lines, min(3, len(lines))), key=lambda mark: -mark.start):
        at = draft.text.rfind("\n", 0, line.start) + 1
        draft.insert(at, [rng.choice(("- {} -", "—{}—", "第{}页")).format(rng.randint(1, 12))], "noise")
    return bool(lines)


def _pairs(draft: Draft) -> Iterator[tuple[Mark, Mark]]:
    """A heading and the paragraph right below it."""
    lines = draft.lines()
    for above, below in pairwise(lines):
        if (
            above.of.level
            and not below.of.level
            and below.of.label in _PROSE
            and not draft.text[above.end : below.start].strip()
        ):
            yield above, below


def _glue(blank: str, most: int) -> Noise:
    """N-24, N-25: headings on one line with what they open."""

    def noise(draft: Draft, rng: random.Random) -> bool:
        pairs = list(_pairs(draft))
        chosen = rng.sample(pairs, min(most, len(pairs)))
        return draft.edit([(above.end, below.start, blank) for above, below in chosen])

    return noise


def _ordinals(draft: Draft, rng: random.Random) -> bool:
    """N-26: a number of a heading wrong, circled, or without its mark."""
    found = [match.span(1) for line in draft.lines() if line.of.level == 1
             and (match := _ORDINAL.match(draft.text, line.start))]  # fmt: skip
    if not found:
        return False
    start, end = rng.choice(found)
    number = draft.text[start:end]
    kind = rng.randrange(3)
    if kind == 0:
        return draft.edit([(start, end, rng.choice("一二三四五六七".replace(number, "")))])
    if kind == 1 and number in "一二三四五六七八九十":
        return draft.edit([(start, end + 1, "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"["一二三四五六七八九十".index(number)])])
    return draft.edit([(end, end + 1, " ")])


def _again(draft: Draft, rng: random.Random) -> bool:
    """N-27: the announcement of the report once more."""
    lines = draft.lines("preamble")
    if not lines:
        return False
    at = draft.text.rfind("\n", 0, lines[-1].start) + 1
    return draft.insert(
        at, [rng.choice(("现将有关情况报告如下：", "根据有关要求，现将年度报告公布如下，欢迎监督。"))], "preamble"
    )


def _cover(draft: Draft, rng: random.Random) -> bool:
    """N-28: a notice before the report."""
    titles = draft.lines("title")
    if draft.gold.kind != "report" or not titles:
        return False
    at = draft.text.rfind("\n", 0, titles[0].start) + 1
    draft.gold = draft.gold.model_copy(update={"kind": "report_with_cover"})
    draft.insert(at, ["特此通知。"], "preamble")
    draft.insert(at, [rng.choice(("各科室、各直属单位：", "机关各部门："))], "preamble")
    return draft.insert(at, ["关于公布政府信息公开工作年度报告的通知"], "title")


def _title(draft: Draft, rng: random.Random) -> bool:
    """N-29: the title broken over two lines."""
    del rng
    for line in draft.lines("title"):
        body = next((m for m in draft.entities("AGENCY") if m.start == line.start < m.end < line.end), None)
        if body:
            return draft.edit([(body.end, body.end, "\n")])
    return False


def _undated(draft: Draft, rng: random.Random) -> bool:
    """N-30: the signature on the last line of the report."""
    del rng
    lines = draft.lines("signature")
    first = lines[0] if lines else None
    before = [line for line in draft.lines(*_PROSE) if first and line.end < first.start]
    if first is None or not before or draft.text[before[-1].end : first.start].strip():
        return False
    return draft.edit([(before[-1].end, first.start, "  ")])


NOISES: dict[str, Noise] = {
    **{lines.kind: _furniture(lines) for lines in _words().lines},
    "N-08": _in_marks(r"(?<=\d{4})年(?=\d)|(?<=\d{4}年)[01](?=\d月)", ("",), "DATE"),
    "N-09": _in_marks(r"(?<=\d)(?=[\d年月日条件次])|(?<=-)(?=\d)", (" ",), "DATE", "COUNT", "PHONE"),
    "N-10": _in_marks(r"\d+", _widened, "DATE", "COUNT", "PHONE", "DOC_NO"),
    "N-11": _in_marks(r"(?<!\d)20\d\d(?=年)", _round_year, "DATE"),
    "N-20": _spam,
    "N-22": _in_prose(r"(?<=政府)信息|(?<=主动公开)政府(?=信息)", ("**",)),
    "N-23": _page_numbers,
    "N-24": _glue("              ", 3),
    "N-25": _glue("", 9),
    "N-26": _ordinals,
    "N-27": _again,
    "N-28": _cover,
    "N-29": _title,
    "N-30": _undated,
    "N-32": _in_prose(r"[”）)》]", ("",)),
    "N-33": _in_prose(r"(?<=。)(?=[一-鿿])", ("教育政策知晓率进一步提高。",)),
    "N-34": _in_prose(r"我[区县局市镇]", ("我区（委/办/局）", "xx市")),
    "N-35": _in_prose(r"[。，；,;]", lambda match, rng: match[0] + rng.choice(("。", "，", match[0]))),
    "N-36": _in_prose(r"(?<=[，,。])(?=[一-鿿])", ("?span>2009平span>", "臲", "��")),
    "N-19": _pinyin,
    "N-18": _translate,
}
"""Every kind of noise outside tables, in the order in which they are done; each tells whether it changed anything."""
# what turns a whole page into another is rarer than a lost bracket
_RARE = {"N-18": 0.1, "N-19": 0.1, "N-20": 0.4, "N-25": 0.4, "N-28": 0.3, "N-36": 0.4}
_SHARE = 0.35  # of the kinds, at full strength


def chosen(strength: float, kinds: frozenset[str], rng: random.Random) -> frozenset[str]:
    """Kinds of noise for one report.

    Args:
      strength: 0 for none, 1 for about a third of all kinds.
      kinds: to choose from.
      rng: what is drawn from.
    """
    return frozenset(kind for kind in sorted(kinds) if rng.random() < strength * _SHARE * _RARE.get(kind, 1.0))


def spoil(draft: Draft, kinds: frozenset[str], rng: random.Random) -> None:
    """Does the kinds of noise to a draft, one after the other."""
    for kind, noise in NOISES.items():
        if kind in kinds:
            noise(draft, rng)

"""What a printed number means: its key against the rules of the catalogue."""

from __future__ import annotations

import re
from functools import cached_property

from nianbao.document import Mention
from nianbao.facts.context import cues
from nianbao.facts.rules import NumberRule, rules

_LEFT, _RIGHT, _WIDE = 40, 28, 70
# two spaces part a heading from the text glued to it
_DELIMITER = re.compile(r"[,:()]|\s{2,}")
_SENTENCE_END = re.compile("[;。!?\n]")
_RIGHT_END = re.compile(r"[,:;。()、!?\nN]")
_NOISE = re.compile("[\\s“”\"'‘’「」]+")
_RUN = re.compile("D+|N+")
# words that name nothing: a clause of only these takes its sense from the one before
_BARE = re.compile(
    r"(?:其中|共|共计|合计|总计|累计|有|为|计|约|达到?|已|均|的|另|另有|还有|则|分别|是|仅|近|全年|同时|其|D|并|、|和)*"
)
# words of measure between the thing and its number
_MEASURED = re.compile("(?:各|不少于|不低于|至少|超过|约为?|近)$")
_COMPARED = re.compile(r"(?:比|较|同比|与)?D(?:度)?[^D]{0,8}?(?:为|是|的|有|共|合计)*")
# percentages, multiples and points are shares of something, never a count of it
_SHARES = frozenset({"%", "倍", "分", "个百分点", "百分点", "‰", "字", "级"})
_COORDINATION = re.compile("[、和与及]|以及")
_CERTAIN, _EXTENDED = 0.93, 0.85


class Keyed:
    """A number with the keys that the words around it make; the longer keys only when a rule asks for them."""

    def __init__(self, text: str, left: int, sentence: int, start: int, end: int) -> None:
        """`left`: where the words before the number begin (behind the previous number); offsets in the paragraph."""
        stretch = text[max(left, start - _LEFT) : start]
        cut = max((m.end() for m in _DELIMITER.finditer(stretch)), default=0)
        self._text, self._sentence, self._start, self._end = text, sentence, start, end
        self._right = _squash(_RIGHT_END.split(text[end : end + _RIGHT], maxsplit=1)[0])
        words = _squash(stretch[cut:]).lstrip("、")
        self.left = _MEASURED.sub("", words)
        self.each = words.endswith("各")
        self.plain = f"{self.left}#{self._right}"

    @cached_property
    def _before(self) -> str:
        return _squash(self._text[max(self._sentence, self._start - _LEFT) : self._start])

    @cached_property
    def sentence(self) -> str:
        """The sentence up to the number."""
        return _squash(self._text[self._sentence : self._start])

    @cached_property
    def extended(self) -> str:
        """The key that runs back over the clauses and numbers before."""
        return f"{self._before}#{self._right}"

    @cached_property
    def wide(self) -> str:
        """The key that runs on to the end of the sentence."""
        rest = _SENTENCE_END.split(self._text[self._end : self._end + _WIDE], maxsplit=1)[0]
        return f"{self.left}#{_squash(rest)}"

    @property
    def is_part(self) -> bool:
        """Whether the number is introduced as a part of the one before (其中)."""
        return self.left.startswith("其中") or self._before.endswith("其中")

    @property
    def sums(self) -> bool:
        """Whether the number adds up those before it (…128元、…22元,合计150元)."""
        return self.left in ("合计", "共计", "总计")

    @property
    def own_part(self) -> bool:
        """Whether the number is the body's own part of the region's just named (全市…N条,其中局机关#)."""
        return bool(cues().own.fullmatch(re.sub("^其中|(?:共|为|有|公开)+$", "", self.left)))

    @property
    def compares(self) -> bool:
        """Whether the number only says what another year's was (上年为4件)."""
        return bool(_COMPARED.fullmatch(self.left))

    @property
    def bare(self) -> bool:
        """Whether the words before the number in its own clause name nothing."""
        return bool(_BARE.fullmatch(self.left))


def _squash(text: str) -> str:
    return _RUN.sub(lambda m: m[0][0], _NOISE.sub("", text))


def read_number(
    keyed: Keyed, mention: Mention, topic: str, label: str, year: int | None
) -> tuple[tuple[str, ...], bool, float] | None:
    """The indicators that a number means, whether as a total, and how sure; None when it means none.

    Args:
      topic: what the clause speaks of; label: the paragraph's; year: the report's, for rules bound to an era.
    """
    if mention.unit in _SHARES or cues().difference.search(keyed.plain):
        return None
    about = {topic, label}
    for key, confidence in ((keyed.plain, _CERTAIN), (keyed.extended if keyed.bare else "", _EXTENDED)):
        rule = _first(key, keyed, mention, about, year) if key else None
        if rule is None:
            continue
        each = mention.value == 0 or keyed.each
        if each and len(rule.indicators) == 1 and _COORDINATION.search(keyed.left):
            return _coordinated(keyed, mention, about, year, rule), rule.total, confidence
        beside = tuple(
            i for r in rules().also if r.of in rule.indicators and r.match.search(keyed.wide) for i in r.indicators
        )
        return rule.indicators + beside, rule.total, confidence
    return None


def _first(key: str, keyed: Keyed, mention: Mention, about: set[str], year: int | None) -> NumberRule | None:
    for rule in rules().numbers.get(mention.unit, ()):
        if rule.topics and not rule.topics & about:
            continue
        if year is not None and not rule.years[0] <= year <= rule.years[1]:
            continue
        found = rule.match.search(keyed.wide if rule.wide else key) or (
            rule.after and rule.after.search(keyed.extended)
        )
        if not found or (rule.skip and rule.skip.search(key)):
            continue
        if rule.context_skip and rule.context_skip.search(keyed.sentence):
            continue
        if rule.context is None or rule.context.search(keyed.sentence):
            return rule
    return None


def _coordinated(
    keyed: Keyed, mention: Mention, about: set[str], year: int | None, rule: NumberRule
) -> tuple[str, ...]:
    """传真和信函申请为0件, 当面、信函各1件: a zero, or 各, holds for each of the things that are named together."""
    found = set(rule.indicators)
    for part in _COORDINATION.split(keyed.left):
        other = _first(f"{part}#", keyed, mention, about, year)
        if other and other.topics == rule.topics:
            found |= set(other.indicators)
    return tuple(sorted(found))

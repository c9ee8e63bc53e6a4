"""Statements without a number: none of something (未收到申请), free of charge, the same of all (均已办结)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nianbao.document import Fact
from nianbao.facts.passage import Passage, Statement
from nianbao.facts.rules import rules

_CLAUSE = re.compile(r"[^,;。:()!?\n]+")
_NEGATION = re.compile(
    r"(?:尚未|从未|并未|均未|也未|未)(?=收到|接到|接受|接收|受理|发生|产生|出现|涉及|有|引发|引起|被|收取|收费|向|因|制作|对|提起|办理|征收|开展收费|制发|安排|举办|召开|作出|出台|制定|组织|参加|开展|实施|发布|撰写|结转|转入|设|单独|自行)"
    r"|(?:均|也|都|并|亦|暂|尚|还|又)?(?<!有)(?:没有|没|无|冇有?)(?!法|论|需|锡|偿|障碍|故|效|纸|线|锁|正当|关|须|异|条件|违|理|缝|遗漏|死角|差错|疑|人|数|形|非|锋|界|为|证|私|党|干)"
    r"|不存在|不(?=涉及|制[发定]|单列|收一分)|(?:均|都|皆|也)?(?:为|是)(?:零|〇|0)(?![\d.%])(?!N)|[零0]$|(?:情况)?(?:均|都)?未(?:发生|涉及|出现|产生)$|(?<=件数)0$"
)
# words without which nothing is said to be none
_TELLING = re.compile("[未没无不零〇0冇免]")
_AFTERWARDS = re.compile(
    r"^(?:均|都|皆|也)?(?:为|是)?(?:零|〇|0)$|^(?:均|都|也)?(?:没有|无|未发生|未涉及|未出现|未产生)(?:此类|该类|上述)?(?:情况|情形|发生|事项)?$"
)
# a condition or a rule states nothing; a thing not found out about is no thing not there
_VETO = re.compile("如果?(?!期|下|实|何)|若|凡|未发现|不得|是否|应公开|的申请人|除[^,]{0,12}外|填写?“?无|统一表述")
# the answer to a whole section: 无。 2016年度无申请 under a heading that names the matter
_WHOLE = re.compile(
    r"^(?:\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十\d]+[、.])?[^,;。]{0,40}?[:。]?(?:D度?)?,?(?:我|本)?[局委办镇乡区县市机关单位街道]{0,4}(?:均)?(?:无|没有|未发生|没有发生|无此类情况|未涉及|无申请|零|暂无)(?:此类|该类|相关)?(?:情况|事项|申请|发生|案件)?[。.;]?$"
)
_SECTION_ZERO = {
    "requests": ("requests_received",),
    "fees": ("fees_collected",),
    "review_litigation": ("review_total", "litigation_total"),
}
_FEE_LABELS = frozenset({"fees", "requests", "other", "proactive"})
# words without which nothing is said of all
_ALL_OF = re.compile("均|全部|都|逐一|一一|已")
# what is said of the rest is not said of all: 其中6件结转,其余均已办结
_REST = re.compile("(?:其余|其他|其它|剩余|余下)[^,;。]*")
_STATED, _SECTION, _ALL = 0.92, 0.85, 0.85


def read_words(passage: Passage) -> Iterator[Statement]:
    """What a passage says in words to be none, each indicator at most once."""
    text, label = passage.text, passage.label
    found: dict[str, tuple[int, int, float]] = {}
    if not _TELLING.search(text):
        return
    if _NEGATION.search(text):
        for indicator, at, stop in _zeros(text):
            found.setdefault(indicator, (at, stop, _STATED))
    for indicator, at, stop in _free(text, label):
        found.setdefault(indicator, (at, stop, _STATED))
    if not found and label in _SECTION_ZERO and _WHOLE.match(text):
        found = {i: (0, len(text), _SECTION) for i in _SECTION_ZERO[label]}
    for indicator, (at, stop, chance) in found.items():
        yield Statement(passage, at, stop, (indicator,), 0, chance)


def _zeros(text: str) -> Iterator[tuple[str, int, int]]:
    """Clause by clause, what is said to be none, with the span of the statement."""
    previous = (0, 0)
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        negation = _NEGATION.search(text, start, end)
        if negation and not _VETO.search(text, start, end):
            yield from _negated(text, (start, end), previous)
        previous = (start, end)


def _negated(text: str, clause: tuple[int, int], previous: tuple[int, int]) -> Iterator[tuple[str, int, int]]:
    start, end = clause
    for negation in _NEGATION.finditer(text, start, end):
        behind = re.sub("^(?:发生|出现|收到)?N+", "", text[negation.end() : end])  # 无一件, 没有发生一起
        if "N" in behind:
            continue  # 无不予公开,未审结N件: the number tells, not the word
        nouns = list(_nouns(text, negation.end(), end, text[start : negation.start()]))
        if nouns:
            for indicator, _, stop in nouns:
                yield indicator, negation.start(), stop
            return
        if _AFTERWARDS.match(text[negation.start() : end].strip()):
            for indicator, at, _ in list(_nouns(text, start, negation.start())) or _nouns(text, *previous):
                yield indicator, at, end
            return


def _nouns(text: str, start: int, end: int, lead: str = "") -> Iterator[tuple[str, int, int]]:
    """The things that the words from start to end name, `lead` being what the clause says before."""
    window = text[start:end]
    for rule in rules().zeros if rules().zero.search(window) else ():
        if rule.lead and not rule.lead.search(lead):
            continue
        match = None if rule.skip and rule.skip.search(window) else rule.match.search(window)
        if match:
            for indicator in rule.indicators:
                yield indicator, start + match.start(), _noun_end(text, start + match.end(), end)


def _noun_end(text: str, at: int, end: int) -> int:
    """The end of the noun phrase that the match began: 复议 -> 复议案件, 申请 -> 申请的情况."""
    tail = re.match(r"(?:或|、|和|及)?[^,N]{0,12}?(?:案件|案|情况|行为|事项|申请|信息|的情形)", text[at:end])
    return at + tail.end() if tail else at


def _free(text: str, label: str) -> Iterator[tuple[str, int, int]]:
    for rule in rules().free:
        for match in rule.match.finditer(text):
            clause = text[text.rfind(",", max(0, match.start() - 60), match.start()) + 1 or match.start() : match.end()]
            if (rule.skip and rule.skip.search(clause)) or _VETO.search(clause):
                continue
            for indicator in rule.indicators:
                if indicator != "fees_collected" or label in _FEE_LABELS:
                    yield indicator, match.start(), match.end()
            break


def of_all(passage: Passage, counted: Mapping[str, Fact]) -> Iterator[Fact]:
    """Outcomes said of all that was counted (均已办结), with the value and the setting of the fact they speak of."""
    if not counted or not _ALL_OF.search(passage.text):
        return
    said = _REST.sub(lambda rest: "|" * len(rest[0]), passage.text)
    for rule in rules().of_all:
        of = counted.get(rule.of or "")
        match = rule.match.search(said) if of and of.value else None
        if of and match and not (rule.skip and rule.skip.search(match[0])):
            start, end = passage.span(*match.span())
            for indicator in rule.indicators:
                if indicator not in counted:
                    yield replace(
                        of, indicator=indicator, unit="", start=start, end=end, confidence=of.confidence * _ALL
                    )

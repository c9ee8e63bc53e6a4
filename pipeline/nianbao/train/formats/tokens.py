"""Words for formats that count in tokens: jieba's, cut again at the edges of spans and around white space."""

from __future__ import annotations

from collections.abc import Iterable

from nianbao.tag.tokeniser import words


def token_edges(text: str, edges: Iterable[int] = ()) -> list[int]:
    """The edges of the words of a text, its start and end among them; every edge given is one.

    White space is in words of its own.
    """
    cuts = {0, len(text), *edges}
    for start, end in words(text):
        cuts.update((start, end))
        cuts.update(i for i in range(start + 1, end) if text[i].isspace() != text[i - 1].isspace())
    return sorted(cuts)

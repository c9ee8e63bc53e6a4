"""A font that has the characters of the charts."""

from __future__ import annotations

from functools import cache

# what the systems ship, the best first
KNOWN = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Heiti SC", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP",
    "Noto Serif CJK SC", "SimSun",
)  # fmt: skip


class FontError(RuntimeError):
    """No font of this system has Chinese characters; the message says what to install."""


@cache
def chinese_font() -> str:
    """The family name of a font with Chinese characters.

    Raises:
      FontError: there is none.
    """
    from matplotlib import font_manager

    found = {font.name for font in font_manager.fontManager.ttflist}
    for name in KNOWN:
        if name in found:
            return name
    raise FontError(
        "no Chinese font is installed, and charts would show boxes: install one (Debian, Ubuntu: apt install "
        "fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts; macOS and Windows bring one), then remove "
        "matplotlib's font cache"
    )

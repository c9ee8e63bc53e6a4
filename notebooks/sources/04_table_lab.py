# %% [markdown]
# # 四、表格实验室:从散落的字还原表格
#
# **Summary.** Web pages flatten the official tables: a cell a line, empty cells gone, labels overwritten by
# numbers. We damage a table on purpose and watch it being bound back to its form.
#
# 网页复制下来,官方表格常常只剩一串字。我们拿一份好的表,先压扁,再一步步弄坏,看引擎还认得多少;认不出的,它怎么说。

# %%
import re
from pathlib import Path

import pandas as pd

import nianbao
from nianbao.record import Report
from nianbao.train.marked import read

sample = read(Path("../corpora/samples/d_02.mr.txt"))
whole = nianbao.extract(sample.data, uri="whole", with_text=True)
table = next(table for table in whole.tables if table.form == "requests_2021")
print(whole.text[table.start : table.start + 420])

# %% [markdown]
# 上面是印在页面上的样子。引擎靠表样目录(行、列的官方叫法和走样的叫法)把每个数放回格子:

# %%
pd.DataFrame({row: {column: cell.value for column, cell in cells.items()} for row, cells in table.cells.items()}).T

# %% [markdown]
# ## 先压扁
#
# 一格一行,空行隔开,像从手机网页复制下来的那样。

# %%
before, printed, after = sample.data[: table.start], sample.data[table.start : table.end], sample.data[table.end :]
flat = "\n".join(cell.strip() for cell in re.split(r"[\n\t|]+", printed) if cell.strip())
print(flat[:200])


# %%
def requests(text: str) -> dict[tuple[str, str], tuple[float | None, str]]:
    """The cells of the requests table: value and state."""
    report: Report = nianbao.extract(text, uri="damaged")
    found = next((table for table in report.tables if table.form == "requests_2021"), None)
    rows = found.cells.items() if found else ()
    return {(row, column): (cell.value, cell.state) for row, cells in rows for column, cell in cells.items()}


truth = requests(sample.data)


def compare(name: str, damaged: str) -> dict[str, object]:
    """How many cells are right, wrong, or said to be unknown."""
    cells = requests(before + damaged + after)
    same = sum(cells.get(place) == value for place, value in truth.items())
    told = sum(
        cells.get(place, (None, "missing"))[0] is None for place, (value, _) in truth.items() if value is not None
    )
    return {"损坏 damage": name, "对 right": same, "说不知道 unknown": told, "错 wrong": len(truth) - same - told}


pd.DataFrame([compare("无", printed), compare("压扁", flat)])

# %% [markdown]
# ## 再弄坏
#
# 丢一个标签、丢一个数、数字写成全角、千分位里多了空格、表头没了、换成繁体的字、行尾接上页码。
# 要紧的不是全认出来,而是**认不出的要说不知道,不能填错**。

# %%
lines = flat.split("\n")
numbers = [place for place, line in enumerate(lines) if line.isdigit()]
labels = [place for place, line in enumerate(lines) if "予以公开" in line]


def without(place: int) -> str:
    """The flat table without one line."""
    return "\n".join(lines[:place] + lines[place + 1 :])


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
damages = {
    "丢一个标签 a label lost": without(labels[0]),
    "丢一个数 a number lost": without(numbers[10]),
    "全角数字 full-width digits": flat.translate(WIDE),
    "表头没了 no header": flat[flat.index("本年新收") - 2 :],
    "夹着页码 page numbers": flat.replace("\n", "\n- 3 -\n", 1),
    "标签走样 misprints": flat.replace("政府信息", "政府信 息").replace("申请", "申 请"),
}
pd.DataFrame([compare(name, damaged) for name, damaged in damages.items()])

# %% [markdown]
# ## 核查接着用
#
# 还原得对不对,勾稽关系会说话:每行各列之和等于总计,每列新收加结转等于办结加结转下年。改掉一个数,
# 行和列在同一格上交叉:

# %%
report = nianbao.extract(before + "\n".join(lines) + after, uri="flat")
print("原样 as printed:", [check.id for check in report.checks if check.status == "fail" and check.id.startswith("T3")])
first = next(place for place in numbers if lines[place] not in ("0", "1"))
changed = [*lines[:first], str(int(lines[first]) + 7), *lines[first + 1 :]]
report = nianbao.extract(before + "\n".join(changed) + after, uri="changed")
for check in report.checks:
    if check.status == "fail" and check.id.startswith("T3"):
        print(check.id, check.instance, check.left, check.right, check.detail)

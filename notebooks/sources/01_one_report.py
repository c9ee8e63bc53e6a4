# %% [markdown]
# # 一、一步一步读一份报告
#
# **Summary.** What `nianbao` makes of one report, stage by stage: the text, the record, the evidence for each
# value, the relations that the figures keep or break.
#
# 样本里有一份沂源县人民政府 2015 年的报告:正文说一套,统计表填一套。我们跟着引擎走一遍,看它读出了什么、凭什么、
# 又在哪里起了疑心。

# %%
from pathlib import Path

import nianbao
from nianbao.train.marked import read

sample = read(Path("../corpora/samples/b_01.mr.txt"))
print(sample.data[:360])

# %% [markdown]
# ## 一个函数,一条记录
#
# `nianbao.extract` 接受文本或字节;`with_text=True` 让记录带上全文,`timer` 会听到每个阶段的名字。

# %%
stages: list[str] = []
report = nianbao.extract(sample.data, uri="b_01.txt", with_text=True, timer=stages.append)
print(" → ".join(stages))
report

# %% [markdown]
# 上面就是记录在笔记本里的样子:指标、未通过的核查、章节和带依据的原文。
#
# ## 每个值都有出处
#
# `text[start:end]` 就是依据。`source` 说明值从哪里来:正文、零表述、表格、推算。

# %%
for name in ("requests_received", "requests_closed", "requests_denied", "review_total", "budget"):
    found = report.indicators[name]
    words = report.text[found.start : found.end] if found.start is not None else found.rule
    print(f"{name:20} {found.value:>10} {found.unit}  {found.source:8} {found.confidence:.2f}  {words!r}")

# %% [markdown]
# ## 不臆造:零、空白和没有写
#
# 表格里印着 0 的是 0,空着的是空白,没有提到的就没有这个键。三者在记录里各不相同。

# %%
from collections import Counter

for table in report.tables:
    print(table.form, Counter(cell.state for row in table.cells.values() for cell in row.values()))
print("requests_email" in report.indicators)

# %% [markdown]
# ## 起疑心的地方
#
# 引擎不改印出来的数。它把该相等而不相等的摆出来,左边、右边各是多少,让人去判断。

# %%
from nianbao.check import describe

for check in report.checks:
    if check.status == "fail":
        print(check.id, check.severity, "|", describe(check.id)[0], "|", check.detail)
print("标注者认定不成立的 annotated:", sample.gold.checks_fail)

# %% [markdown]
# ## 接下来
#
# 一份报告读懂了,下一本看一百多份:[二、一批报告的概貌](02_survey.ipynb)。

# %% [markdown]
# # 三、章节错在哪里
#
# **Summary.** Every line gets one of 18 section labels. Which are confused, is the classifier sure when it is
# wrong, and what does a wrong line look like?
#
# 引擎给每个段落贴一个栏目标签。随附模型就是用这些样本训练的,在样本上的错误自然少;剩下的错误仍然值得看,
# 因为那是连见过都学不会的。
# 没见过的报告会差一些,[第五本](05_retraining.ipynb)用留出的样本来量。

# %%
# %matplotlib inline
from pathlib import Path

from nianbao.evaluate import evaluate
from nianbao.train.samples import read_samples
from nianbao.view import charts
from nianbao.view.names import name_of

samples = read_samples(Path("../corpora/samples"))
found = evaluate(samples[::2], models=["sections"])
share = found.figure("paragraphs")
print(f"{len(samples[::2])} 份,{share.gold} 段,正确 {share.value:.3f},95% 区间 {share.low:.3f} 至 {share.high:.3f}")

# %% [markdown]
# ## 谁和谁容易混
#
# 对角线是对的。每行按标注归一。

# %%
charts.label_confusion(found.confusion)

# %%
import pandas as pd

wrong = {pair: count for pair, count in found.confusion.items() if pair[0] != pair[1]}
pd.DataFrame(
    [(name_of("sections", gold), name_of("sections", read), count) for (gold, read), count in sorted(wrong.items())],
    columns=["标注 annotated", "读出 read", "段 segments"],
).sort_values("段 segments", ascending=False, ignore_index=True)

# %% [markdown]
# ## 错的时候,它自己知道吗
#
# 可信度该说实话:九成把握的,十次里对九次。

# %%
sure = [value for tally in found.tallies for kind, value in tally.sure if kind == "paragraphs"]
charts.calibration([value.confidence for value in sure], [value.right for value in sure])

# %%
doubtful = sorted(sure, key=lambda value: value.confidence)[: len(sure) // 20]
missed = sum(not value.right for value in sure)
print(f"把握最小的二十分之一里,有全部错误的 {sum(not v.right for v in doubtful) / max(missed, 1):.0%}:先看那里。")

# %% [markdown]
# ## 错的样子
#
# 常见的原因:标题与正文不符、一段里说了两件事、标题丢了只剩正文、页面杂物混进正文。

# %%
for tally in found.worst(5):
    print(f"\n{tally.name}")
    for error in [error for error in tally.errors if error.measure == "paragraphs"][:3]:
        print("  ", error.detail, "|", error.excerpt[:46].replace("\n", " "))

# %% [markdown]
# # 六、跨年面板 2008–2025:口径在哪里断
#
# **Summary.** One body over the years: other spellings, two renamings, four forms. `panel` puts its reports into
# one row and marks where the figures of one year no longer continue those of the year before.
#
# 同一个机关,名字有时带省名、有时不带,改革后又换了名;表格换了三次,同一个词指的不再是同一件事。
# 把十八年的数直接连成一条线,
# 多半是错的。面板先认人,再认数,断开的地方画出来。

# %%
# %matplotlib inline
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nianbao
from nianbao.train.marked import read
from nianbao.view import charts

# %% [markdown]
# ## 一个演练用的机关
#
# 样本里极少有同一机关的多年报告。下面借十八份样本(每年一份)的写法和数字,把机关名换成阳城县的卫生部门。
# **这些数字与该机关无关,只为演示。** *Figures borrowed from other samples: an exercise, nothing about the body
# named.*

# %%
SERIES = {
    2008: ("a_24", "山西省阳城县卫生局"),
    2009: ("h_01", "阳城县卫生局"),
    2010: ("a_01", "阳城县卫生局"),
    2011: ("a_19", "晋城市阳城县卫生局"),
    2012: ("a_29", "山西省晋城市阳城县卫生局"),
    2013: ("a_17", "阳城卫生局"),
    2014: ("b_17", "阳城县卫生和计划生育局"),
    2015: ("b_11", "阳城县卫生和计划生育局"),
    2016: ("b_02", "阳城县卫生和计划生育局"),
    2017: ("b_03", "山西省阳城县卫生和计划生育局"),
    2018: ("b_16", "阳城县卫生和计划生育局"),
    2019: ("x_15", "阳城县卫生健康局"),
    2020: ("c_21", "阳城县卫生健康局"),
    2021: ("d_09", "阳城县卫生健康局"),
    2022: ("d_04", "阳城县卫生健康局"),
    2023: ("d_25", "阳城县卫生健康局"),
    2024: ("d_02", "阳城县卫生健康局"),
    2025: ("d_05", "阳城县卫生健康局"),
}
HERE = {"province": "山西省", "city": "晋城市", "county": "阳城县"}
folder = TemporaryDirectory()
reports, out = Path(folder.name, "reports"), Path(folder.name, "out")
reports.mkdir()
for year, (name, body) in SERIES.items():
    (path,) = Path("../corpora/samples").glob(f"{name}.mr.*")
    sample = read(path)
    names = dict.fromkeys([sample.gold.agency, *sample.gold.agency_aliases], body)
    names |= {there: HERE[level] for level, there in sample.gold.region.items() if there and level in HERE}
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    text = re.sub(pattern, lambda match, names=names: names[match[0]], sample.data)
    text = re.sub(f"(?:山西省|晋城市|阳城县)+(?={body})", "", text)
    (reports / f"{year}.{path.suffix[1:]}").write_text(text, encoding="utf-8")
batch = [sys.executable, "-m", "nianbao", "batch", reports, "-o", out, "--format", "jsonl,parquet", "--workers", "2"]
subprocess.run(batch, check=True, capture_output=True)
corpus = nianbao.open(out)
corpus.documents[["year", "agency", "agency_id", "era"]].sort_values("year", ignore_index=True)

# %% [markdown]
# ## 认人
#
# `agency_id` 是区划代码加规范名,与写法无关;改名由目录里的改革(2014 年前后卫生与计生合并、2018 年起卫生健康)连起来。
# 五种写法、两次改名,仍是一行。`‖` 是断点,字母是可比性等级:A 同一概念,B 折算后可比,C 口径改变。
# 鼠标停在断点上有说明。

# %%
panel = corpus.panel(["requests_received", "requests_granted", "fees_collected", "proactive_total", "review_total"])
panel

# %% [markdown]
# ## 认数
#
# `frame` 是长表。`value` 是印出来的数,`comparable` 是折算到序列口径的数:比如 2014
# 年表的“同意公开”要加上“属于已主动公开范围”,
# 才与 2019 年以后的“予以公开”是一回事。缺了要加的数就不折算,不猜。

# %%
panel.frame.query("indicator == 'requests_granted'")[["year", "era", "value", "comparable", "grade", "breaks"]]

# %%
for row in panel.frame[panel.frame["breaks"] != ""].itertuples():
    print(row.year, row.indicator, "‖", row.breaks)

# %% [markdown]
# ## 画出来
#
# 换格式的年份有竖线。没有数的年份是缺口。

# %%
records = [corpus.report(int(doc)) for doc in corpus.documents["doc"]]
charts.requests_over_years(charts.indicator_frame(records))

# %% [markdown]
# 样本里真有多年报告的机关只有两个,盐城市人民政府和德令哈市人民政府,相隔七年以上,换了表格:
# 在[第二本](02_survey.ipynb)的语料上
# `corpus.panel(["requests_received"], ["320900:盐城市人民政府"])` 就能看到。各指标的等级和说明在
# `catalogue/comparability.toml`。

# %%
folder.cleanup()

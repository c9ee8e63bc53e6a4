# %% [markdown]
# # 二、一批报告的概貌
#
# **Summary.** `nianbao batch` over all samples, opened with `nianbao.open`: what there is, what it says, where it
# fails.
#
# 拿到一个文件夹的报告,先问三件事:都读成了吗?覆盖了谁、哪些年?哪些数字靠不住?

# %%
# %matplotlib inline
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nianbao
from nianbao.view import charts

folder = TemporaryDirectory()
reports, out = Path(folder.name, "reports"), Path(folder.name, "out")
SAMPLES = "../corpora/samples"

# %% [markdown]
# 样本带着标注,先还原成读者看到的样子(文本和网页),再成批处理。在终端里就是 `nianbao batch reports/ -o out/
# --format jsonl,parquet`。

# %%
subprocess.run([sys.executable, "-m", "nianbao.train.marked", SAMPLES, reports], check=True, capture_output=True)
for gold in reports.glob("*.gold.json"):
    gold.unlink()
batch = [sys.executable, "-m", "nianbao", "batch", reports, "-o", out, "--format", "jsonl,parquet", "--workers", "2"]
subprocess.run(batch, check=True, capture_output=True)
corpus = nianbao.open(out)
corpus

# %% [markdown]
# ## 都读成了吗
#
# 不是报告的页面(解读、通知、目录页)也各有一条记录,状态说明白。

# %%
corpus.documents.groupby(["status", "kind"]).size().rename("documents").to_frame()

# %%
corpus.sql("""
    SELECT era, min(year) AS first, max(year) AS last, count(*) AS documents, count(DISTINCT province) AS provinces
    FROM documents WHERE era IS NOT NULL GROUP BY era ORDER BY first
""")

# %% [markdown]
# ## 申请与答复
#
# 样本不是按比例抽的,下面的线只说明样本,不说明全国。竖线是换格式的年份;没有报告给出的数是缺口,不是零。

# %%
records = [corpus.report(int(doc)) for doc in corpus.documents["doc"]]
frame = charts.indicator_frame(records)
charts.requests_over_years(frame)

# %%
charts.refusal_grounds(frame)

# %% [markdown]
# ## 哪些数字靠不住
#
# 核查不成立最多的关系。红的是确凿的错误,黄的存疑。样本里有意收了不少有毛病的报告。

# %%
charts.failed_checks(records)

# %%
corpus.checks.query("status == 'fail' and severity == 'hard'").merge(corpus.documents[["doc", "agency", "year"]])[
    ["agency", "year", "id", "left", "right", "detail"]
].head(8)

# %% [markdown]
# ## 正文里的数字归到哪里
#
# `facts` 收了每个与指标有关的数字,不算数的也在:别人的、往年的、打算的、累计的。

# %%
corpus.facts.groupby(["scope", "status", "used"]).size().rename("facts").to_frame()

# %%
folder.cleanup()

# %% [markdown]
# 章节分得对不对,见 [三、章节错在哪里](03_sections.ipynb);同一机关的历年数据,见 [六、跨年面板](06_panel.ipynb)。

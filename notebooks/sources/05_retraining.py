# %% [markdown]
# # 五、用自己的样本重新训练
#
# **Summary.** A section classifier from a few samples, then from more, each judged on reports that neither has
# seen: the before and after table. The same commands serve your own annotated reports.
#
# 引擎里学来的部分都能换:标注一些报告,一条命令,得到新模型。值不值得,要在没见过的报告上量。

# %%
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import nianbao

SAMPLES = sorted(Path("../corpora/samples").glob("*.mr.*"))
held_out = SAMPLES[3::5]
rest = [path for path in SAMPLES if path not in held_out]
few = rest[::16]
print(f"留出 {len(held_out)} 份用来量;先用 {len(few)} 份训练,再用 {len(rest)} 份。")

# %% [markdown]
# 留出的样本任何一次训练都不碰:随附的模型见过它们,拿来当起点就是自欺,所以两个模型都从头训练。

# %%
folder = TemporaryDirectory()
shipped = Path(nianbao.__file__).parent / "models"


def collection(name: str, paths: list[Path]) -> Path:
    """A folder of samples."""
    place = Path(folder.name, name)
    place.mkdir()
    for path in paths:
        shutil.copy(path, place)
    return place


def trained(name: str, samples: Path) -> Path:
    """`nianbao train sections SAMPLES --models MODELS`, beside a copy of the shipped models."""
    models = Path(folder.name, f"models-{name}")
    shutil.copytree(shipped, models)
    command = [sys.executable, "-m", "nianbao", "train", "sections", samples, "--models", models]
    subprocess.run(command, check=True, capture_output=True)
    return models


judges = collection("held-out", held_out)
models = {
    f"{len(few)} 份": trained("few", collection("few", few)),
    f"{len(rest)} 份": trained("rest", collection("rest", rest)),
}

# %% [markdown]
# ## 前后对照
#
# `NIANBAO_MODELS` 指到哪个文件夹,就用哪里的模型。区间是对文档重抽样的 95% 区间。


# %%
def evaluated(models: Path) -> dict:
    """`nianbao evaluate sections SAMPLES --json FILE` with the models of a folder."""
    figures = models / "figures.json"
    command = [sys.executable, "-m", "nianbao", "evaluate", "sections", judges, "--json", figures]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "NIANBAO_MODELS": str(models)})
    return json.loads(figures.read_text(encoding="utf-8"))


found = {name: evaluated(place)["figures"] for name, place in models.items()}
pd.DataFrame(
    [
        {
            "训练样本 trained on": name,
            "段落正确 segments": whole["value"],
            "95% 低 low": whole["low"],
            "高 high": whole["high"],
        }
        for name, figures in found.items()
        for whole in [figures["paragraphs"]["all"]]
    ]
)

# %% [markdown]
# ## 哪些栏目得益

# %%
labels = sorted(found[f"{len(rest)} 份"]["paragraph_labels"])
change = pd.DataFrame(
    {
        name: {label: figures["paragraph_labels"].get(label, {}).get("value") for label in labels if label != "all"}
        for name, figures in found.items()
    }
)
change["变化 change"] = change.iloc[:, 1] - change.iloc[:, 0]
change.sort_values("变化 change", ascending=False).round(3)

# %% [markdown]
# 样本少时,常见的栏目(依申请公开、主动公开)已经不错,罕见的才缺例子。变化也有负的:留出的样本里有的栏目只有几十段,
# 一两段就看得见,别把它当规律。所以标注要挑着标:`nianbao annotate next 报告/
# -n 20`
# 挑出最没把握的。模型卡记着训练用的样本和交叉验证的得分:

# %%
newest = sorted((models[f"{len(rest)} 份"] / "sections").iterdir())[-1]
card = json.loads(next(newest.glob("*.json")).read_text(encoding="utf-8"))
print(json.dumps({key: card[key] for key in ("seed", "corpus") if key in card}, indent=1))
folder.cleanup()

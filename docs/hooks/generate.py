"""Pages that are made from the code and the catalogues when the site is built, so that they cannot fall behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from nianbao.batch.codebook import write_codebook
from nianbao.catalogue import catalogue
from nianbao.catalogue.comparability import Series, comparability
from nianbao.check.relations import Case, relations
from nianbao.cli import app
from nianbao.record import Report
from nianbao.view.names import name_of

_OPERATORS = {"=>": "⇒", "<=>": "⇔", "<=": "≤", ">=": "≥", "~": "≈"}
_SEVERITY = {"hard": "错误 hard", "soft": "存疑 soft"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the generated pages to the site."""
    pages = {
        "reference/cli.md": _cli(),
        "reference/codebook.md": _codebook(),
        "reference/comparability.md": _comparability(),
        "reference/record.md": _record(),
        "explanation/checks.md": _checks(),
    }
    for name, lines in pages.items():
        files.append(File.generated(config, name, content="\n".join(lines) + "\n"))
    return files


def _cli() -> Iterator[str]:
    yield "# 命令行\n\n**Summary.** Every command with its options, from the program itself.\n"
    yield "由程序本身生成,与 `nianbao COMMAND --help` 相同。\n"
    yield from _commands(typer.main.get_command(app), "nianbao")


def _commands(command: Any, name: str) -> Iterator[str]:
    for word, child in sorted(getattr(command, "commands", {}).items()):
        yield f"## `{name} {word}`\n\n{_flat(child.help)}\n"
        rows = [(f"`{_parameter(one)}`", _flat(getattr(one, "help", ""))) for one in child.params]
        yield from _grid(("参数", "说明"), rows)
        yield from _commands(child, f"{name} {word}")


def _parameter(one: Any) -> str:
    return " ".join((*one.opts, *one.secondary_opts)) if one.param_type_name == "option" else one.metavar or one.name


def _codebook() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        write_codebook(Path(folder))
        head, _, rest = Path(folder, "codebook.md").read_text(encoding="utf-8").partition("\n")
    yield f"{head.replace('Code book', '数据字典 Code book')}\n"
    yield "`nianbao batch` 每次都把它写在输出文件夹里(`codebook.md`、`codebook.json`)。\n"
    yield rest


def _comparability() -> Iterator[str]:
    eras = catalogue().labels["era"]
    yield "# 可比性目录\n"
    yield "**Summary.** How far the figures of an indicator continue those of the era before: A the same concept,"
    yield " B comparable once derived, C a break; empty where the era does not ask.\n"
    yield "等级说的是:这一时期的数怎样接上前一个有数的时期。A 同一概念,B 折算后可比,C 口径改变,空格是不填报。"
    yield "折算式用于 `panel` 的 `comparable` 一列。\n"
    rows = [
        (_names(series.indicators), *(series.grades.get(era, "") for era in eras), _caveat(series))
        for series in comparability().series
    ]
    yield from _grid(("指标", *(name_of("eras", era) for era in eras), "说明"), rows)
    yield "## 法律的转折\n"
    turns = [(turn.year, _names(turn.indicators), f"{turn.zh}<br>{turn.en}") for turn in comparability().turns]
    yield from _grid(("年", "指标", "说明"), turns)


def _names(indicators: Iterable[str]) -> str:
    return "<br>".join(f"`{name}` {name_of('indicators', name)}" for name in indicators)


def _caveat(series: Series) -> str:
    derived = "".join(f"<br>{name_of('eras', era)}: `{_sum(terms)}`" for era, terms in series.derive.items())
    return f"{series.zh}<br>{series.en}{derived}"


def _record() -> Iterator[str]:
    yield "# 记录\n\n**Summary.** One input, one record: its keys, from the JSON Schema of the record.\n"
    yield "一条记录是 JSON Lines 的一行,也是一个 `nianbao.Report`。`nianbao schema` 打印全部 JSON Schema。\n"
    schema = Report.model_json_schema()
    yield "## 键\n"
    yield from _grid(("键", "类型"), _properties(schema))
    for name, part in sorted(schema["$defs"].items()):
        yield f"## `{name}`\n\n{_flat(part.get('description'))}\n"
        yield from _grid(("键", "类型"), _properties(part))


def _properties(schema: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"`{name}`", _type(value)) for name, value in schema.get("properties", {}).items()]


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in value:
        return " 或 ".join(map(_type, value["anyOf"]))
    if "enum" in value or "const" in value:
        return " ".join(f"`{one}`" for one in value.get("enum", [value.get("const")]))
    if value.get("type") == "array":
        return f"列表: {_type(value.get('items', {}))}"
    if value.get("type") == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"字典: {_type(value['additionalProperties'])}"
    return str(value.get("type", "任意"))


def _checks() -> Iterator[str]:
    yield "# 每条核查\n"
    yield "**Summary.** Every relation that the figures of a report have to keep, from `catalogue/relations.toml`.\n"
    yield "`错误` 是确凿的错误,在报告里或在读取中;`存疑` 可能另有原因。操作数有一个不知道就不判断(`skip`),"
    yield "缺数绝不算通过。"
    yield "式中的行、列名见[数据字典](../reference/codebook.md),`@` 开头的是指标,`.列` 指逐行核对的那一行。\n"
    for relation in relations().relations:
        yield f"## {relation.id}\n\n{relation.zh}。*{relation.en}.* {_SEVERITY[relation.severity]}\n"
        for case in relation.cases:
            yield f"- {_case(case)}"
        if relation.indicators:
            yield f"- 正文与表格逐一相符: {' '.join(f'`{name}`' for name in relation.indicators)}"
        yield ""


def _case(case: Case) -> str:
    forms = "、".join(f"`{form}`" for form in case.forms)
    each = {"once": "", "row": ",逐行", "column": ",逐列", "cell": ",逐格"}[case.per]
    relation = f"`{_sum(case.left)} {_OPERATORS.get(case.op, case.op)} {_sum(case.right)}`"
    said = "每格是非负整数" if case.op == "count" else relation
    limits = [f"允差 {case.tolerance:.0%}"] if case.tolerance else []
    limits += [f"报告年度 {case.years[0]}–{case.years[1]}"] if case.years else []
    limits += [f"左边{'较小' if case.soft == '<' else '较大'}时只存疑"] if case.soft else []
    return f"{forms}{each}: {said}" + (f"({';'.join(limits)})" if limits else "")


def _sum(terms: Sequence[str | float]) -> str:
    return " + ".join(map(str, terms)).replace("+ -", "- ")


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def _grid(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    shown = [[str(cell).replace("|", "\\|") for cell in cells] for cells in rows]
    for cells in (head, ["---"] * len(head), *shown) if shown else ():
        yield f"| {' | '.join(cells)} |"
    yield ""

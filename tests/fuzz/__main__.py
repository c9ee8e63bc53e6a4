"""`python -m fuzz SECONDS`: reads damaged reports for so long, and keeps those whose record breaks a promise."""

from __future__ import annotations

import argparse
import logging
import re
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from fuzz.mutations import Source, mutant
from fuzz.oracle import GRACE, faults
from nianbao import engine, inputs
from nianbao.train import marked

_MOST_MEMORY = 1024 * 1024  # kilobytes that reading may add: what a batch allows one input
_SAMPLES = Path(__file__).parents[2] / "corpora" / "samples"


def main() -> int:
    """Exit status: 1 when there are findings."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("paths", nargs="*", help="reports, plain or marked")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="where findings are kept")
    arguments = parser.parse_args()
    logging.disable()  # a stage that fails is logged; here it is counted
    reports = samples(*arguments.paths)
    findings: Counter[str] = Counter()
    until, done = time.monotonic() + arguments.seconds, 0
    while time.monotonic() < until:
        seed = f"{arguments.seed}-{done}"
        source, steps = mutant(reports, seed)
        for fault in _judged(source):
            findings[kind := _kind(fault)] += 1
            if findings[kind] == 1:
                _keep(arguments.out, seed, source)
                sys.stdout.write(f"{seed} ({', '.join(steps)}): {fault}\n")
        done += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if memory > _MOST_MEMORY:
        findings["memory"] += 1
    sys.stdout.write(
        f"{done} mutants of {len(reports)} reports, {memory // 1024} MB at most: {dict(findings) or 'no findings'}\n"
    )
    return 1 if findings else 0


def samples(*paths: str) -> list[Source]:
    """The reports at the paths, marked ones without their marks; the project's own if no path is given."""
    return [_plain(Path(path)) for path in inputs.find(paths or [str(_SAMPLES)])]


def _plain(path: Path) -> Source:
    return marked.read(path).data if ".mr." in path.name else path.read_bytes()


def _judged(source: Source) -> list[str]:
    limits, began = engine.Limits(), time.process_time()
    found = faults(source, limits)
    seconds = time.process_time() - began
    return [*found, "takes too long"] if seconds > limits.timeout + GRACE else found


def _kind(fault: str) -> str:
    """A fault without what differs from one mutant to the next."""
    return re.sub(r"\d+|'.*'", "#", fault)[:60]


def _keep(out: Path, seed: str, source: Source) -> None:
    out.mkdir(parents=True, exist_ok=True)
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    (out / f"{seed}.{'bytes' if isinstance(source, bytes) else 'str'}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())

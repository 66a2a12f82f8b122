"""The file of results: written whole, read again to go on, merged for a report.

``sessions`` says for each command that added runs when, where and how it ran; ``plan``
what was planned; ``corpora`` what was read; ``runs`` are the records of
`benchmarks.session`, with ``session`` as the index of theirs.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.rows import OBJECTIVES

FORMAT = 2

Results = dict[str, Any]
Run = dict[str, Any]


def save(results: Results, path: Path) -> None:
    """Write the results as a whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


def load(path: Path) -> Results:
    """Read a file of this format, or of the one before.

    Raises
    ------
    ValueError
        If it is neither.
    """
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        return results if results.get("format") == FORMAT else _from_format_1(results)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: not results of benchmarks.run ({error!r})") from None


def _from_format_1(old: dict[str, Any]) -> Results:
    """Format 1 had the settings and the corpus once, and a row was an objective."""
    plan, corpus = old["plan"], old["corpus"]
    rows = [
        {
            "name": name,
            "objective": name,
            "settings": {},
            "source": plan["source"],
            "measure": "training",
        }
        for name in plan["objectives"]
    ]
    runs = []
    for run in old["runs"]:
        switches = OBJECTIVES[run["objective"]]
        settings = {**plan["settings"], "sg": switches.sg, "hs": switches.hs, "seed": run["seed"]}
        if switches.hs:
            settings["negative"] = 0
        runs.append(
            {
                **run,
                "session": 0,
                "row": run["objective"],
                "settings": settings,
                "source": plan["source"],
                "measure": "training",
                "corpus_words": corpus["words"],
                "corpus_sha256": corpus["sha256"],
            }
        )
    return {
        "format": FORMAT,
        "sessions": [{key: old[key] for key in ("command", "date", "complete", "machine")}],
        "plan": {
            "systems": plan["systems"],
            "rows": rows,
            "settings": plan["settings"],
            "seeds": plan["seeds"],
            "name": None,
        },
        "corpora": [corpus],
        "runs": runs,
    }


def done(results: Results) -> set[tuple[str, str, int]]:
    """Return (row, system, repetition) of the runs that need not be run again."""
    return {
        (run["row"], run["system"], run["repetition"]) for run in results["runs"] if counts(run)
    }


def counts(run: Run) -> bool:
    """Whether a run ended well and really trained."""
    return bool(run.get("result")) and not run.get("problems")


def check_same(results: Results, plan: dict[str, Any], corpora: list[dict[str, Any]]) -> None:
    """Raise ValueError unless runs of this plan may be added to `results`."""
    known = {corpus["name"]: corpus["sha256"] for corpus in results["corpora"]}
    for corpus in corpora:
        if known.get(corpus["name"], corpus["sha256"]) != corpus["sha256"]:
            raise ValueError(f"{corpus['name']} is not the text of the results so far")
    old, new = ({row["name"]: row for row in side["rows"]} for side in (results["plan"], plan))
    changed = [name for name in old.keys() & new.keys() if old[name] != new[name]]
    if results["plan"]["settings"] != plan["settings"]:
        changed += [
            f"{key}={value}"
            for key, value in results["plan"]["settings"].items()
            if plan["settings"].get(key) != value
        ]
    if results["plan"]["seeds"] != plan["seeds"]:
        changed.append(f"seeds {results['plan']['seeds']}")
    if changed:
        raise ValueError(f"its runs were made with other settings ({', '.join(sorted(changed))})")


def extend(results: Results, plan: dict[str, Any], corpora: list[dict[str, Any]]) -> None:
    """Add what is new in a plan and its corpora; runs stay."""
    for key, name in (("rows", "name"), ("systems", "label")):
        known = {item[name] for item in results["plan"][key]}
        results["plan"][key] += [item for item in plan[key] if item[name] not in known]
    names = {corpus["name"] for corpus in results["corpora"]}
    results["corpora"] += [corpus for corpus in corpora if corpus["name"] not in names]


def drop_failed(results: Results, plan_rows: Iterable[str]) -> None:
    """Forget runs of these rows that did not count: they are run again."""
    again = set(plan_rows)
    results["runs"] = [run for run in results["runs"] if counts(run) or run["row"] not in again]


def merge(many: list[Results]) -> Results:
    """Return all in one. Rows of one name and another content get the file's number."""
    merged = json.loads(json.dumps(many[0]))
    for number, other in enumerate(many[1:], 2):
        other = json.loads(json.dumps(other))
        taken = {run["row"]: content(run) for run in merged["runs"]}
        renamed = {
            run["row"]: f"{run['row']} ({number})"
            for run in other["runs"]
            if taken.get(run["row"], content(run)) != content(run)
        }
        for row in other["plan"]["rows"]:
            row["name"] = renamed.get(row["name"], row["name"])
        for run in other["runs"]:
            run["row"] = renamed.get(run["row"], run["row"])
            run["session"] += len(merged["sessions"])
        merged["sessions"] += other["sessions"]
        merged["runs"] += other["runs"]
        extend(merged, other["plan"], other["corpora"])
        merged["plan"]["name"] = merged["plan"]["name"] or other["plan"].get("name")
    return merged


def content(run: Run) -> tuple[Any, ...]:
    """Return what a run measured, whatever its row is called: equal runs compare."""
    settings = {key: value for key, value in run["settings"].items() if key != "seed"}
    return (
        run["objective"],
        run["source"],
        run["measure"],
        run["corpus_sha256"] or run["corpus_words"],
        tuple(sorted(settings.items())),
    )

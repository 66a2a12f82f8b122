"""Drivers of tools that are programs of their own, with programs that speak as they do."""

import sys
from collections import Counter

import numpy as np
import pytest
from benchmark_cases import SETTINGS, make_plan, run_plan

from benchmarks import run, session
from benchmarks.rows import Row
from benchmarks.systems import native, parse_systems

# Speaks as word2vec.c does. BROKEN is how it goes wrong; it trains nothing at rate 0.
TOOL = """#!{python}
import collections, os, struct, sys
flags = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
allowed = {allowed}
assert set(flags) <= allowed, set(flags) - allowed
broken = {broken!r}
text = open(flags["-train"]).read()
if "-read-vocab" in flags:
    words = [line.split() for line in open(flags["-read-vocab"])]
else:
    counts = collections.Counter(text.split())
    kept = [(w, c) for w, c in counts.most_common() if c >= int(flags["-min-count"])]
    words = [("</s>", text.count("\\n")), *kept]
    if broken == "vocabulary":
        words = words[:2]
if "-save-vocab" in flags:
    open(flags["-save-vocab"], "w").writelines(f"{{w}} {{c}}\\n" for w, c in words)
if "-output" in flags:
    epochs = int(flags["-iter"])
    for done in range(1, 10 * epochs + 1):
        if broken == "epochs" and done > 10:
            break
        sys.stdout.write(f"\\rAlpha: 0.02  Progress: {{10 * done / epochs:.2f}}%  Words/sec: 1k  ")
        sys.stdout.flush()
    size, moved = int(flags["-size"]), float(flags["-alpha"]) > 0 and broken != "still"
    with open(flags["-output"], "wb") as out:
        out.write(f"{{len(words)}} {{size}}\\n".encode())
        for number, (word, _) in enumerate(words):
            row = [number + 0.5 + moved] * size
            out.write(f"{{word}} ".encode() + struct.pack(f"{{size}}f", *row) + b"\\n")
if broken == "crash":
    sys.exit("cannot go on")
"""
FLAGS = "size window sample negative min-count threads iter alpha binary debug"
FILES = "train save-vocab read-vocab output"
SETTINGS_OF_ALL = {**SETTINGS, "window": 5, "sample": 1e-3, "min_count": 5, "alpha": 0.025}


def make_tool(folder, more="cbow hs", broken=""):
    """A program that takes the tool's flags and those in `more`, and no others."""
    path = folder / "tool"
    allowed = {f"-{flag}" for flag in f"{FLAGS} {FILES} {more}".split()}
    path.write_text(TOOL.format(python=sys.executable, allowed=allowed, broken=broken))
    path.chmod(0o755)
    return path


def run_tool(tmp_path, system="word2vec-c", **tool):
    program = make_tool(tmp_path, **tool)
    text = tmp_path / "text.txt"
    # Progress is told every 10,000 words, so an epoch must be longer than that.
    text.write_text("\n".join(["a b  c\td e", "", "f g h i j"] * 10_000))
    plan = make_plan(*parse_systems(f"{system}={program}"), settings=SETTINGS_OF_ALL)
    corpora = {None: session.Corpus(text, 100_000)}
    (record,) = session.run_session(plan, corpora)
    return record


@pytest.mark.parametrize(("system", "more"), [("word2vec-c", "cbow hs"), ("pword2vec", "")])
def test_a_tool_is_measured(tmp_path, system, more):
    record = run_tool(tmp_path, system, more=more)
    assert record["problems"] == []
    result = record["result"]
    assert (result["vocabulary_size"], result["corpus_words"]) == (10, 100_000)
    assert result["raw_words"] == 200_000
    assert result["rows_moved"] == 1
    assert 0 < result["training_s"] < result["total_s"]
    assert result["peak_rss"] > 1_000_000


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("epochs", "trained 100,000 words instead of 200,000"),
        ("still", "only 0% of its vectors moved"),
        ("vocabulary", "holds 10,000"),
        ("crash", "cannot go on"),
    ],
)
def test_a_tool_that_did_not_train_is_found_out(tmp_path, broken, reason):
    record = run_tool(tmp_path, broken=broken)
    assert reason in " ".join([*record.get("problems", []), record.get("stderr", "")])


FASTTEXT = """
import sys
import numpy as np
def train_unsupervised(**options):
    assert (options["maxn"], options["minn"], options["bucket"]) == (0, 0, 0)
    counts = {}
    for word in open(options["input"]).read().split():
        counts[word] = counts.get(word, 0) + 1
    sys.stderr.write("Read 0M words\\nProgress: 100.0% words/sec/thread: 9 lr: 0.0\\n")
    return Model(counts, options["epoch"])
class Model:
    def __init__(self, counts, epochs):
        self.counts, self.epochs = {**counts, "</s>": 7}, epochs
    def get_words(self, include_freq):
        return list(self.counts), list(self.counts.values())
    def get_input_matrix(self):
        return np.full((len(self.counts), 4), 1.0 + self.epochs, np.float32)
    def save_model(self, path):
        open(path, "w").close()
"""


def test_fasttext_is_measured(tmp_path, monkeypatch):
    # A package that stands in for fastText, found as an installed one is.
    (tmp_path / "fasttext.py").write_text(FASTTEXT.replace("\\\\", "\\"))
    info = tmp_path / "fasttext-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fasttext\nVersion: 9.9\n")
    (info / "top_level.txt").write_text("fasttext\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    text = tmp_path / "text.txt"
    text.write_text("a b c d e f g h i j\n" * 10)
    plan = make_plan(*parse_systems("fasttext"), settings=SETTINGS_OF_ALL)
    (record,) = run_plan(plan, text)
    assert record.get("problems") == [], record.get("stderr")
    result = record["result"]
    assert result["versions"]["fasttext"] == "fasttext 9.9"
    assert (result["vocabulary_size"], result["raw_words"]) == (10, 200)


def test_progress_is_read_with_its_time():
    watched = native.Watched(
        [(0.5, "Progress: 50.00%  x"), (1.0, "no"), (2.0, "Progress: 100%")], 3, 3
    )
    assert watched.progress() == [(0.5, 0.5), (2.0, 1.0)]


def test_words_that_a_vocabulary_left_out_are_missed():
    counts = Counter(a=10, b=5, c=1)
    native.check_kept(counts, 5, 15)
    with pytest.raises(RuntimeError, match="holds 10 words of the text, not 15"):
        native.check_kept(counts, 5, 10)


def test_the_share_of_moved_rows_is_of_rows():
    before, after = np.zeros((4, 3)), np.zeros((4, 3))
    after[1, 2] = 1
    assert native.moved(before, after) == 0.25


def test_a_tool_takes_no_part_where_it_cannot(tmp_path):
    tool = make_tool(tmp_path)
    plan = make_plan(*parse_systems(f"pword2vec={tool}"), rows=(Row("x", "cbow-ns"), Row("y")))
    assert [row.name for _, row, _ in plan.runs()] == ["y"]
    assert run.parse_arguments(["--systems", f"pword2vec={tool}"]).plan.repeat == 5

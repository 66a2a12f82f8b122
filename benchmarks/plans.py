"""Plans with a name: all rows of a question, and what is wanted of them."""

from dataclasses import dataclass

from benchmarks.rows import Row

OURS = ("ours",)


@dataclass(frozen=True)
class Target:
    """One line of the table of targets: a ratio of two medians.

    Attributes
    ----------
    row, system : str
        What is compared.
    base_row, base_system : str
        What it is compared with; an empty row is `row`.
    metric : str
        "speed" (words a second; of processor time with one thread), "scan" (words a
        second), "total" (seconds from text to saved vectors) or "memory" (peak).
    must, goal : float
        Ratios that are wanted: at least, but for memory at most.
    """

    title: str
    row: str
    must: float
    goal: float
    metric: str = "speed"
    system: str = "ours"
    base_row: str = ""
    base_system: str = "gensim"


ONE = {"workers": 1, "epochs": 1}
WHOLE_WAY = {"workers": 2, "epochs": 5}
TWO = {"workers": 2, "epochs": 1}

TABLE_ROWS = (
    Row("sg-ns", "sg-ns", ONE, simd=("avx2", "scalar")),
    Row("sg-ns-exact", "sg-ns-exact", ONE, only=OURS),
    Row("cbow-ns", "cbow-ns", ONE, simd=("avx2",)),
    Row("cbow-ns-corrected", "cbow-ns-corrected", ONE, only=OURS),
    Row("sg-hs", "sg-hs", ONE),
    Row("cbow-hs", "cbow-hs", ONE),
    Row("dimension-300", "sg-ns", {**ONE, "vector_size": 300}),
    Row("window-10", "sg-ns", {**ONE, "window": 10}),
    Row("negative-15", "sg-ns", {**ONE, "negative": 15}),
    Row("min-count-1", "sg-ns", {**ONE, "min_count": 1}),
    Row("from-file", "sg-ns", WHOLE_WAY, measure="end-to-end"),
    Row("from-line-sentence", "sg-ns", WHOLE_WAY, source="line-sentence", measure="end-to-end"),
    Row("from-lists", "sg-ns", WHOLE_WAY, source="list", measure="end-to-end"),
    Row("build-vocab", "sg-ns", TWO, measure="vocabulary"),
    Row("sg-ns-2-threads", "sg-ns", TWO, only=OURS),
    Row("cbow-ns-2-threads", "cbow-ns", TWO, only=OURS),
    Row("sg-hs-2-threads", "sg-hs", TWO, only=OURS),
    Row("cbow-hs-2-threads", "cbow-hs", TWO, only=OURS),
)

TABLE_TARGETS = (
    Target("SG-NS, default mode", "sg-ns", 15, 20),
    Target("SG-NS, exact mode", "sg-ns-exact", 5.5, 7.5, base_row="sg-ns"),
    Target("CBOW-NS", "cbow-ns", 7, 10),
    Target("CBOW-NS, corrected", "cbow-ns-corrected", 7, 10, base_row="cbow-ns"),
    Target("SG-HS", "sg-hs", 5.5, 8),
    Target("CBOW-HS", "cbow-hs", 3.8, 6),
    Target("SG-NS, dimension 300", "dimension-300", 15, 22),
    Target("SG-NS, window 10", "window-10", 15, 22),
    Target("SG-NS, 15 negatives", "negative-15", 15, 22),
    Target("SG-NS, min_count=1", "min-count-1", 15, 22),
    Target("SG-NS, AVX2 only", "sg-ns", 10, 13, system="ours:avx2"),
    Target("CBOW-NS, AVX2 only", "cbow-ns", 5.5, 7, system="ours:avx2"),
    Target("SG-NS, scalar", "sg-ns", 1, 2, system="ours:scalar"),
    Target("text file to saved vectors", "from-file", 20, 30, "total"),
    Target("the same from LineSentence", "from-line-sentence", 8, 12, "total"),
    Target("the same from token lists", "from-lists", 12, 20, "total"),
    Target(
        "the same from a file, to pWord2Vec", "from-file", 5, 5, "total", base_system="pword2vec"
    ),
    Target("build_vocab from a file", "build-vocab", 6, 15, "scan"),
    Target("peak memory, one thread", "sg-ns", 1.0, 0.7, "memory"),
    Target("peak memory, text file to vectors", "from-file", 1.0, 0.7, "memory"),
    *(
        Target(
            f"two threads over one, {name.upper()}",
            f"{name}-2-threads",
            must,
            must,
            base_row=name,
            base_system="ours",
        )
        for name, must in (("sg-ns", 1.8), ("cbow-ns", 1.8), ("sg-hs", 1.6), ("cbow-hs", 1.6))
    ),
)

# Words of the corpus (None: all) and epochs at which quality is compared.
QUALITY_SIZES = ((None, 5), (3_400_000, 5), (3_400_000, 20))
QUALITY_OBJECTIVES = ("sg-ns", "sg-ns-exact", "cbow-ns", "sg-hs", "cbow-hs", "cbow-ns-corrected")


def quality_rows() -> tuple[Row, ...]:
    """Return a row for each objective and size; gensim trains each objective once."""
    return tuple(
        Row(
            f"{objective} {f'{words:,}' if words else 'all'} words x {epochs}",
            objective,
            {"epochs": epochs},
            words=words,
            only=OURS if objective in ("sg-ns-exact", "cbow-ns-corrected") else (),
        )
        for words, epochs in QUALITY_SIZES
        for objective in QUALITY_OBJECTIVES
    )


PLANS = {"table": TABLE_ROWS, "quality": quality_rows()}

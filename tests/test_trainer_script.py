"""trainer.js: the same numbers as word2vec.reference, and steps back to the last bit."""

from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from reference_cases import CBOW, SENTENCES, SIX, Case, randomise
from script_cases import open_script

from word2vec.reference import Output, Step, Trainer
from word2vec.training.noise import alias_table

STEPS = 300
# Sums are taken in another order; each of some hundred steps adds some 1e-16.
CLOSE = {"rtol": 0, "atol": 1e-12}
OPTIONS = {
    "vector_size": "vectorSize",
    "window": "window",
    "negative": "negative",
    "alpha": "alpha",
    "seed": "seed",
    "shrink_windows": "shrinkWindows",
    "ns_exponent": "nsExponent",
    "cbow_mean": "cbowMean",
    "corrected_cbow": "correctedCbow",
}
FLAGS = ("shrink_windows", "cbow_mean", "corrected_cbow")
VARIANTS = [
    Case(1, "softmax", {"shrink_windows": 0, "window": 1, "vector_size": 1}),
    Case(0, "ns", {"ns_exponent": -1.0, "negative": 1}),
    Case(1, "ns", {"ns_exponent": 0.0, "negative": 20, "window": 30}),
    Case(0, "hs", {"seed": 2**53 - 1, "vector_size": 17, "alpha": 0.5}),
]
# A trainer of the page's own form of the options; `state` is all that a step may change.
MAKE = """
    const trainer = given.options && new Trainer(given.options);
    const rows = (matrix) => matrix.map((row) => [...row]);
    const plain = (value) => JSON.parse(JSON.stringify(value, (_, entry) =>
      typeof entry === "bigint" ? String(entry) : ArrayBuffer.isView(entry) ? [...entry] : entry));
    const state = () => JSON.stringify(plain([
      trainer.input, trainer.output, trainer.place, trainer.stream, trainer.losses, trainer.last]));
    const go = (n) => { for (let i = 0; i < n; i++) trainer.step(); };
"""


@pytest.fixture(scope="module")
def run():
    with open_script("trainer.js") as run:
        yield lambda body, **given: run(MAKE + body, given)


def options_of(trainer, sentences=SENTENCES):
    options = {theirs: getattr(trainer, ours) for ours, theirs in OPTIONS.items()}
    options |= {OPTIONS[name]: bool(getattr(trainer, name)) for name in FLAGS}
    architecture = "sg" if trainer.sg else "cbow"
    return options | {
        "sentences": sentences,
        "architecture": architecture,
        "output": trainer.objective,
    }


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def plain(value):
    """A Step as trainer.js would write it."""
    if isinstance(value, (Step, Output)):
        return {camel(f.name): plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def assert_same(found, expected):
    """The same names, words and whole numbers; other numbers nearly the same."""
    close = []

    def walk(one, other):
        if isinstance(other, dict):
            assert set(one) == set(other)
            for name, value in other.items():
                walk(one[name], value)
        elif isinstance(other, list):
            assert len(one) == len(other)
            for both in zip(one, other, strict=True):
                walk(*both)
        elif isinstance(other, float):
            close.append((one, other))
        else:
            assert one == other

    walk(found, expected)
    assert_allclose(*zip(*close, strict=True), **CLOSE)


@pytest.mark.parametrize("case", [*SIX, *CBOW, *VARIANTS], ids=str)
def test_every_number_of_every_step_is_that_of_the_reference(run, case):
    trainer = case.trainer()
    found = run(
        """
        const before = trainer.evaluate(), start = rows(trainer.input), records = [];
        for (let i = 0; i < given.steps; i++) {
          if (i === 100) trainer.alpha /= 2;
          records.push(plain(trainer.step()));
        }
        return { before, start, records, losses: trainer.losses, steps: trainer.steps,
          input: rows(trainer.input), output: rows(trainer.output), after: trainer.evaluate(),
          vocabulary: trainer.vocabulary };
        """,
        options=options_of(trainer),
        steps=STEPS,
    )
    words = [{"word": w, "count": n} for w, n in zip(trainer.words, trainer.counts, strict=True)]
    assert found["vocabulary"] == words
    assert found["start"] == trainer.input.tolist()
    # The chances of noise words are rounded to 32 bits in the alias table.
    assert found["before"] == pytest.approx(trainer.evaluate(), rel=1e-8)
    expected = []
    for number in range(STEPS):
        if number == 100:
            trainer.alpha /= 2
        expected.append(plain(trainer.step()))
    assert_same(found["records"], expected)
    assert found["steps"] == STEPS
    assert_allclose(found["losses"], trainer.losses, **CLOSE)
    assert_allclose(found["input"], trainer.input, **CLOSE)
    assert_allclose(found["output"], trainer.output, **CLOSE)
    assert found["after"] == pytest.approx(trainer.evaluate(), rel=1e-8)


def test_defaults_are_those_of_the_reference(run):
    found = run("go(50); return rows(trainer.input);", options={"sentences": SENTENCES})
    trainer = Trainer(SENTENCES)
    for _ in range(50):
        trainer.step()
    assert_allclose(found, trainer.input, **CLOSE)


def texts():
    """Texts whose words have counts of all kinds: equal, steep, one word alone."""
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 7, 20, 49):
        for counts in (np.ones(n, int), rng.integers(1, 5, n), 2 ** rng.integers(0, 7, n)):
            yield [[f"w{word}" for word in rng.permutation(np.repeat(np.arange(n), counts))] * 2]


def test_trees_are_those_of_the_library(run):
    trainers = [Trainer(sentences, output="hs") for sentences in texts()]
    trees = run(
        "return given.all.map((options) => new Trainer(options).tree);",
        all=[{"sentences": sentences, "output": "hs"} for sentences in texts()],
    )
    for trainer, tree in zip(trainers, trees, strict=True):
        paths, codes = zip(*map(trainer.tree.path, range(len(trainer.words))), strict=True)
        assert tree["paths"] == [path.tolist() for path in paths]
        assert tree["codes"] == [code.tolist() for code in codes]
        assert len(tree["nodes"]) == trainer.tree.n_inner == len(trainer.output)
        for number, node in enumerate(tree["nodes"]):
            assert (node["kind"], node["id"]) == ("node", number)
            assert node["count"] == sum(child["count"] for child in node["children"])
        for word, (path, code) in enumerate(zip(tree["paths"], tree["codes"], strict=True)):
            assert path[:1] == [tree["root"]] * bool(path)
            steps = zip(path, code, strict=True)
            children = [tree["nodes"][node]["children"][turn] for node, turn in steps]
            reached = [(child["kind"], child["id"]) for child in children]
            ends = [("word", word)] * bool(path)
            assert reached == [("node", node) for node in path[1:]] + ends


@pytest.mark.parametrize("exponent", [0.75, 1.0, 0.0, -0.5])
def test_noise_is_that_of_the_library(run, exponent):
    trainers = [Trainer(sentences, output="ns", ns_exponent=exponent) for sentences in texts()]
    found = run(
        """
        return given.all.map((options) => {
          const { noise, table } = new Trainer(options);
          return [noise, table.map(({ alias }) => alias), table.map(({ threshold }) => threshold)];
        });
        """,
        all=[
            {"sentences": sentences, "output": "ns", "nsExponent": exponent}
            for sentences in texts()
        ],
    )
    for trainer, (chances, aliases, thresholds) in zip(trainers, found, strict=True):
        assert_allclose(chances, trainer.noise, rtol=0, atol=1e-8)
        expected = alias_table(trainer.counts, exponent)
        assert aliases == expected["alias"].tolist()
        # A power may differ in its last bit.
        assert_allclose(thresholds, expected["threshold"], rtol=0, atol=1)


def test_there_is_no_tree_and_no_noise_without_need(run):
    found = run(
        """
        return ["softmax", "hs", "ns"].map((output) => {
          const { tree, noise } = new Trainer({ sentences: given.sentences, output });
          return [tree !== null, noise !== null];
        });
        """,
        sentences=SENTENCES,
    )
    assert found == [[False, False], [True, False], [False, True]]


# ---- Back and forth ----------------------------------------------------------


@pytest.mark.parametrize("case", SIX, ids=str)
def test_back_undoes_to_the_last_bit(run, case):
    answer = run(
        """
        const states = [state()];
        for (let i = 0; i < 300; i++) {
          if (i % 50 === 0) trainer.alpha = 0.01 * (i + 1);
          trainer.step();
          states.push(state());
        }
        for (let i = 299; i >= 0; i--) {
          const record = trainer.back();
          if (state() !== states[i] || record !== trainer.last) return i;
        }
        return trainer.last === null && trainer.back() === null && state() === states[0];
        """,
        options=options_of(case.trainer(vector_size=3)),
    )
    assert answer is True  # or the step at which it went wrong


def test_back_goes_five_thousand_steps_and_no_further(run):
    case = Case(0, "ns", {"vector_size": 2, "negative": 2})
    assert run(
        """
        go(200);
        const early = [rows(trainer.input), rows(trainer.output), trainer.losses.length];
        go(5000);
        const late = state();
        for (let i = 0; i < 5000; i++) trainer.back();
        const same = JSON.stringify([rows(trainer.input), rows(trainer.output), trainer.steps])
          === JSON.stringify(early);
        const stopped = trainer.back() === null && trainer.steps === 200;
        go(5000);
        return [same, stopped, state() === late];
        """,
        options=options_of(case.trainer()),
    ) == [True, True, True]


@pytest.mark.parametrize("case", SIX, ids=str)
def test_peek_shows_the_next_step_and_takes_none(run, case):
    assert (
        run(
            """
        for (let i = 0; i < 80; i++) {
          const before = state(), seen = JSON.stringify(plain(trainer.peek()));
          if (state() !== before) return "changed " + i;
          if (JSON.stringify(plain(trainer.step())) !== seen) return "other " + i;
        }
        return "same";
        """,
            options=options_of(case.trainer()),
        )
        == "same"
    )


def test_reset_starts_again_at_the_same_rate(run):
    answer = run(
        """
        const start = state();
        trainer.alpha = 1;
        go(90);
        trainer.reset();
        return state() === start && trainer.alpha === 1 && trainer.back() === null;
        """,
        options=options_of(Case(1, "ns").trainer()),
    )
    assert answer is True


# ---- Questions ---------------------------------------------------------------


def test_similar_words_are_those_of_keyed_vectors(run):
    trainer = Case(1, "softmax").trainer()
    trainer.train(5)
    found = run(
        """
        go(given.steps);
        return [trainer.neighbours("cat", 20), trainer.neighbours(trainer.id("cat"), 3),
          trainer.similarity("cat", "dog"), trainer.similarity(0, 0)];
        """,
        options=options_of(trainer),
        steps=len(trainer.losses),
    )
    wv = trainer.to_keyed_vectors()
    expected = wv.most_similar("cat", topn=20)
    assert [entry["word"] for entry in found[0]] == [word for word, _ in expected]
    similarities = [entry["similarity"] for entry in found[0]]
    assert_allclose(similarities, [value for _, value in expected], atol=1e-6)
    assert [entry["id"] for entry in found[0]] == [trainer.words.index(w) for w, _ in expected]
    assert found[1] == found[0][:3]
    assert found[2] == pytest.approx(wv.similarity("cat", "dog"), abs=1e-6)
    assert found[3] == pytest.approx(1)


def test_a_zero_row_is_like_nothing(run):
    found = run(
        "trainer.input[0].fill(0); return [trainer.similarity(0, 1), trainer.similarity(0, 0)];",
        options=options_of(Trainer(SENTENCES)),
    )
    assert_array_equal(found, 0)


def test_large_scores_do_not_overflow(run):
    for case in SIX:
        trainer = randomise(case.trainer(), scale=100)
        found = run(
            """
            trainer.input.forEach((row, i) => row.set(given.input[i]));
            trainer.output.forEach((row, i) => row.set(given.output[i]));
            return [trainer.evaluate(), trainer.step().loss];
            """,
            options=options_of(trainer),
            input=trainer.input.tolist(),
            output=trainer.output.tolist(),
        )
        assert found == pytest.approx([trainer.evaluate(), trainer.step().loss], rel=1e-8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "rnn"}, "architecture=rnn: it must be one of sg, cbow"),
        ({"output": "both"}, "output=both: it must be one of softmax, hs, ns"),
        ({"vectorSize": 0}, "vectorSize=0: it must be a whole number >= 1"),
        ({"window": 1.5}, "window=1.5: it must be a whole number >= 1"),
        ({"negative": None}, "negative=null: it must be a whole number >= 1"),
        ({"alpha": -1}, "alpha=-1: it must be a number >= 0"),
        ({"alpha": "a"}, "alpha=a: it must be a number >= 0"),
        ({"seed": -1}, "seed=-1: it must be a whole number >= 0"),
        ({"seed": 2**53}, "seed=9007199254740992: it must be a whole number >= 0"),
        ({"nsExponent": "x"}, "nsExponent=x: it must be a number"),
        ({"sentences": [["a"], []]}, "no sentence has two words"),
    ],
)
def test_wrong_options_are_refused(run, options, message):
    with pytest.raises(AssertionError, match=f"RangeError: {message}"):
        run("", options={"sentences": SENTENCES} | options)


@pytest.mark.parametrize("word", ["'unicorn'", "99", "-1"])
def test_unknown_words_are_refused(run, word):
    with pytest.raises(AssertionError, match=r"RangeError: .* is not in the vocabulary"):
        run(f"trainer.similarity(0, {word});", options={"sentences": SENTENCES})

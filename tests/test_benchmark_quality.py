"""Judging vectors by public sets and by the text itself."""

from pathlib import Path

import numpy as np
import pytest
from benchmark_cases import make_plan, make_system, run_plan, write_text

from benchmarks import quality, session
from benchmarks.session import Judge
from benchmarks.systems.measure import write_vectors


@pytest.fixture
def text(tmp_path):
    return write_text(tmp_path)


def test_spearman_equals_scipys_with_ties():
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(1)
    x = random.integers(0, 20, 200).astype(float)
    y = x + random.normal(size=200) * 8
    assert quality.spearman(x, y.round()) == pytest.approx(
        stats.spearmanr(x, y.round()).statistic, abs=1e-12
    )
    assert quality.spearman(x, np.ones(200)) is None


def make_vectors(**rows):
    return quality.Vectors.of(list(rows), np.array(list(rows.values()), np.float32))


def test_analogies_are_answered_among_the_most_frequent_words_only():
    vectors = make_vectors(
        man=[1, 0, 0], king=[1, 1, 0], woman=[0, 0, 1], queen=[0, 1, 1], rare=[-0.3, 0.7, 1]
    )
    sections = {
        "family": [("man", "king", "woman", "queen"), ("man", "king", "woman", "absent")],
        "gram1": [("man", "king", "queen", "woman")],
    }
    scores = quality.analogies(vectors, sections, restrict=4)
    assert (scores["known"], scores["total"]) == (2, 3)
    # In gram1 the question's own words are left out, so woman is the only one left.
    assert (scores["semantic"], scores["syntactic"], scores["score"]) == (1, 1, 1)
    # Among all words `rare` lies nearer to king - man + woman.
    assert quality.analogies(vectors, sections, restrict=5)["semantic"] == 0
    assert quality.analogies(vectors, sections, restrict=3)["known"] == 0
    assert quality.analogies(vectors, sections, restrict=3)["score"] is None


def test_the_more_frequent_of_two_spellings_counts():
    assert make_vectors(Paris=[1, 0], paris=[0, 1]).index() == {"paris": 0}


def test_similarity_is_the_rank_correlation_of_the_known_pairs():
    angles = np.linspace(0, 1.5, 12)
    vectors = make_vectors(
        o=[1, 0], **{f"w{i}": [np.cos(a), np.sin(a)] for i, a in enumerate(angles)}
    )
    pairs = [("o", f"w{i}", float(12 - i)) for i in range(12)] + [("o", "absent", 1.0)]
    scores = quality.similarity(vectors, pairs)
    assert scores == {"score": pytest.approx(1), "known": 12, "total": 13}
    assert quality.similarity(vectors, pairs[:9])["score"] is None


@pytest.mark.parametrize("line_feed", [b"", b"\n"])
def test_both_vector_formats_hold_the_same(tmp_path, line_feed):
    words, vectors = ["the", "œuvre", "人工"], np.arange(6, dtype=np.float32).reshape(3, 2)
    write_vectors(str(tmp_path / "v.npz"), words, vectors)
    rows = (
        w.encode() + b" " + v.tobytes() + line_feed for w, v in zip(words, vectors, strict=True)
    )
    (tmp_path / "v.bin").write_bytes(b"3 2\n" + b"".join(rows))
    for name in ("v.npz", "v.bin"):
        read = quality.read_vectors(tmp_path / name)
        assert read.words == words
        np.testing.assert_allclose(np.linalg.norm(read.unit, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("data", [b"", b"one two\n", b"2 2\na 12345678b 1234", b"1 2\nabc"])
def test_a_damaged_vectors_file_is_refused(tmp_path, data):
    path = tmp_path / "v.bin"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.bin"):
        quality.read_vectors(path)


def test_as_many_words_as_vectors():
    with pytest.raises(ValueError, match="1 words but 2 vectors"):
        quality.Vectors.of(["a"], np.zeros((2, 2), np.float32))


def make_sets(folder):
    (folder / quality.ANALOGIES).write_text(": family\nMan King Woman Queen\n")
    for name in quality.PAIR_SETS.values():
        (folder / name).write_text("# comment\nMan\tKing\t3.5\n")
    return folder


def test_a_vectors_file_is_judged_on_every_set(tmp_path):
    write_vectors(
        str(tmp_path / "v.npz"),
        ["man", "king", "woman", "queen"],
        np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], np.float32),
    )
    scores = quality.evaluate(tmp_path / "v.npz", quality.find_sets(make_sets(tmp_path)))
    assert scores["analogies"]["score"] == 1
    assert scores["simlex999"] == {"score": None, "known": 1, "total": 1}


def test_a_missing_evaluation_set_is_named(tmp_path):
    make_sets(tmp_path)
    (tmp_path / "simlex999.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"simlex999\.txt"):
        quality.find_sets(tmp_path)


def test_the_first_run_with_each_seed_is_judged(tmp_path, text):
    body = """
import pathlib
def run(job):
    if job["vectors"]:
        pathlib.Path(job["vectors"]).write_text(str(job["settings"]["seed"]))
    return answer({**job, 'vectors': None})
"""
    judged = []
    plan = make_plan(make_system(tmp_path, body=body), repeat=3, seeds=(8, 9), quality=True)
    judge = Judge(lambda *_: None, lambda path: judged.append(Path(path).read_text()) or {})
    records = run_plan(plan, text, judge=judge)
    assert judged == ["8", "9"]
    assert ["quality" in record for record in records] == [True, True, False]


def test_vectors_that_cannot_be_judged_are_a_problem_of_that_run(tmp_path, text):
    body = "\ndef run(job):\n    return answer({**job, 'vectors': None})\n"
    plan = make_plan(make_system(tmp_path, body=body))
    (record,) = run_plan(plan, text, judge=Judge(quality.neighbours))
    assert "cannot be judged" in record["problems"][0]


def write_neighbours(folder, near):
    """Vectors of 200 words; with `near`, those that stand side by side are alike."""
    words = [f"w{i}" for i in range(200)]
    random = np.random.default_rng(3)
    text = folder / "pairs.txt"
    lines = (" ".join(f"w{i + j}" for j in (0, 1)) for i in random.integers(50, 199, 12_000))
    text.write_text("\n".join(lines))
    vectors = random.normal(size=(200, 20))
    if near:
        angles = np.arange(200)[:, None] / 5
        vectors = np.hstack([np.cos(angles), np.sin(angles)])
    write_vectors(str(folder / "v.npz"), words, vectors.astype(np.float32))
    return folder / "v.npz", text


def test_trained_vectors_put_neighbours_of_the_text_near(tmp_path):
    near = quality.neighbours(*write_neighbours(tmp_path, near=True))
    assert near > 0.9


def test_random_vectors_are_found_out(tmp_path, text, monkeypatch):
    # The pairs are 149 at most, so chance is not as near to one half as it is in a text.
    by_chance = quality.neighbours(*write_neighbours(tmp_path, near=False))
    assert abs(by_chance - 0.5) < 0.15
    plan = make_plan(make_system(tmp_path))
    for share, n_problems in ((by_chance - 0.2, 1), (0.9, 0), (None, 0)):
        (record,) = run_plan(plan, text, judge=Judge(lambda *_, share=share: share))
        assert record["neighbours"] == share
        assert record["problems"] == []  # its 100 words are too few to condemn it
        with monkeypatch.context() as patch:
            patch.setattr(session, "JUDGED_FROM_WORDS", 200)
            (record,) = run_plan(plan, text, judge=Judge(lambda *_, share=share: share))
        assert len(record["problems"]) == n_problems


def test_a_text_of_few_pairs_says_nothing(tmp_path, text):
    vectors, _ = write_neighbours(tmp_path, near=True)
    assert quality.neighbours(vectors, text) is None

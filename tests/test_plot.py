"""Pictures: what is in them, names that do not overlap, errors with a cure."""

import subprocess
import sys
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from checkpoint_cases import SENTENCES, train
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from word2vec import KeyedVectors, Word2Vec, plot
from word2vec.errors import MissingDependencyError, ParameterError
from word2vec.plot.labels import place
from word2vec.training.history import History, Record

RNG = np.random.default_rng(4)
WORDS = [f"word-{i}" for i in range(30)]


def vectors(rows=None):
    rows = RNG.normal(size=(30, 8)) if rows is None else np.asarray(rows)
    wv = KeyedVectors(rows.shape[1])
    wv.add_vectors(WORDS[: len(rows)], rows.astype(np.float32))
    return wv


@pytest.fixture(scope="module")
def wv():
    return vectors()


def texts_of(figure):
    FigureCanvasAgg(figure).draw()
    return [text for text in figure.axes[0].texts if text.get_text()]


def assert_readable(figure):
    """No two names overlap, and none leaves the axes."""
    boxes = [text.get_window_extent() for text in texts_of(figure)]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    inside = figure.axes[0].get_window_extent()
    for box in boxes:
        assert inside.x0 <= box.x0 < box.x1 <= inside.x1
        assert inside.y0 <= box.y0 < box.y1 <= inside.y1


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_a_map_has_all_words_and_can_be_read(method, wv):
    figure = plot.words(wv, WORDS, method)
    assert sorted(text.get_text() for text in texts_of(figure)) == sorted(WORDS)
    assert_readable(figure)
    points = figure.axes[0].collections[0].get_offsets()
    assert points.shape == (30, 2)
    again = plot.words(wv, WORDS, method).axes[0].collections[0].get_offsets()
    assert_allclose(again, points)


def test_pca_keeps_what_a_plane_has():
    rows = np.zeros((6, 8))
    angles = np.array([0.1, 0.9, 2.0, 3.0, 4.0, 5.5])
    rows[:, 2], rows[:, 5] = np.cos(angles), np.sin(angles)  # unit vectors in one plane
    figure = plot.words(vectors(rows), WORDS[:6])
    points = figure.axes[0].collections[0].get_offsets()
    distances = [np.linalg.norm(a - b) for a, b in combinations(np.asarray(points), 2)]
    expected = [np.linalg.norm(a - b) for a, b in combinations(rows, 2)]
    assert_allclose(distances, expected, rtol=1e-5)


def test_umap_gets_unit_vectors_and_its_points_are_drawn(wv, monkeypatch):
    """A stand-in: the package itself takes a minute to compile itself."""
    points = RNG.normal(size=(30, 2))

    class Umap:
        def __init__(self, **options):
            assert options["n_neighbors"] == 15
            assert options["metric"] == "cosine"

        def fit_transform(self, rows):
            assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
            return points

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    figure = plot.words(wv, WORDS, "umap")
    assert_readable(figure)
    assert_allclose(figure.axes[0].collections[0].get_offsets(), points)


@pytest.mark.parametrize(("method", "module"), [("tsne", "sklearn.manifold"), ("umap", "umap")])
def test_a_missing_package_is_named_with_its_extra(method, module, wv, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    extra = {"tsne": "plot", "umap": "umap"}[method]
    with pytest.raises(MissingDependencyError, match=rf"word2vec-hogwild\[{extra}\].*'pca'"):
        plot.words(wv, WORDS, method)


def test_without_matplotlib_the_extra_is_named():
    code = "import sys; sys.modules['matplotlib'] = None; import word2vec.plot"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "MissingDependencyError" in done.stderr
    assert "pip install 'word2vec-hogwild[plot]'" in done.stderr


@pytest.mark.parametrize("spread", [1.0, 0.02])
def test_names_never_overlap(spread):
    figure = Figure(figsize=(7, 5))
    ax = figure.subplots()
    points = np.random.default_rng(2).normal(size=(25, 2)) * [spread, 1.0]
    ax.scatter(*points.T)
    ax.set_xlim(-4, 4)
    ax.set_ylim(-4, 4)
    place(ax, points, WORDS[:25])
    assert_readable(figure)


def test_a_single_point_has_its_name_to_the_right():
    figure = Figure()
    ax = figure.subplots()
    (text,) = place(ax, np.array([[0.5, 0.5]]), ["here"])
    assert text.get_text() == "here"
    assert text.xyann[0] > 0 == text.xyann[1]


def test_the_history_shows_losses_and_ends_of_epochs():
    model = train(validation=SENTENCES[:50])
    (ax,) = plot.history(model).axes
    training, held_out, *ends = ax.lines
    assert_allclose(training.get_ydata(), model.epoch_losses)
    assert_allclose(held_out.get_ydata(), [r.validation_loss for r in model.history])
    assert len(ends) == 2
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["training", "held-out"]
    assert "thousand words" in ax.get_xlabel()


def test_a_history_without_losses_shows_the_speed():
    records = [Record(1, 500, 1.0, 500.0, 0.02), Record(2, 900, 1.0, 400.0, 0.01)]
    (ax,) = plot.history(History(records)).axes
    assert_allclose(ax.lines[0].get_ydata(), [500, 400])
    assert ax.get_ylabel() == "words per second"


def test_similarities_are_those_of_the_vectors(wv):
    figure = plot.similarities(wv, WORDS[:4])
    ax = figure.axes[0]
    image = ax.images[0].get_array()
    expected = [[wv.similarity(a, b) for b in WORDS[:4]] for a in WORDS[:4]]
    assert_allclose(image, expected, atol=1e-6)
    shown = [float(t.get_text().replace("\N{MINUS SIGN}", "-")) for t in ax.texts]
    assert_allclose(shown, np.ravel(expected), atol=0.0051)
    assert [t.get_text() for t in ax.get_yticklabels()] == WORDS[:4]


def test_a_parallelogram_ends_where_it_should():
    corners = np.array([[1.0, 0.2, 0.0], [1.0, 0.2, 0.4], [1.0, -0.2, 0.0], [1.0, -0.2, 0.4]])
    wv = vectors(corners)
    figure = plot.analogy(wv, *WORDS[:4])
    drawn, cross = figure.axes[0].collections
    points = np.asarray(drawn.get_offsets())
    ideal = points[1] - points[0] + points[2]
    assert_allclose(np.asarray(cross.get_offsets())[0], ideal)
    assert np.linalg.norm(ideal - points[3]) < 0.05  # nearly: rows are cut to length 1
    assert_readable(figure)


@pytest.mark.parametrize(
    "draw",
    [
        lambda wv, ax: plot.words(wv, WORDS[:5], ax=ax),
        lambda wv, ax: plot.similarities(wv, WORDS[:3], ax=ax),
        lambda wv, ax: plot.analogy(wv, *WORDS[:4], ax=ax),
        lambda wv, ax: plot.history(History([Record(1, 5, 1.0, 5.0, 0.1, 2.0)]), ax=ax),
    ],
)
def test_axes_of_the_user_are_drawn_into(draw, wv):
    figure = Figure(figsize=(6, 4))
    left, right = figure.subplots(1, 2)
    assert draw(wv, right) is figure
    assert right.has_data()
    assert not left.has_data()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda wv: plot.words(wv, WORDS, "mds"), "method='mds'.*'pca', 'tsne', 'umap'"),
        (lambda wv: plot.words(wv, ["word-1", "word-2", "word-1"]), "at least 3"),
        (lambda wv: plot.similarities(wv, []), "at least one word"),
        (lambda wv: plot.analogy(wv, *["word-1"] * 4), "four different words"),
        (lambda wv: plot.history(Word2Vec()), "history is empty"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message, wv):
    with pytest.raises(ParameterError, match=message):
        call(wv)


def test_an_unknown_word_is_named(wv):
    with pytest.raises(KeyError, match="'nobody'"):
        plot.similarities(wv, ["word-1", "nobody"])

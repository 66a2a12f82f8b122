"""The map's numbers: projection, clusters, quantised vectors, exports, errors."""

import csv
import json
import re
from importlib import resources

import cli_cases
import numpy as np
import pytest
from browser_cases import unpack
from cli_cases import fails
from numpy.testing import assert_allclose
from vector_cases import make

from word2vec.errors import MissingDependencyError, ParameterError
from word2vec.see import export, layout, page
from word2vec.see.map import MOST_WORDS, SCRIPTS, into_square, quantise
from word2vec.vectors.arrays import unit_rows
from word2vec.vectors.keyed_vectors import KeyedVectors

run = pytest.fixture(cli_cases.run)
NASTY = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"&'<!--", "\ud800"]


def words(n=40, size=8, seed=0):
    wv = make([f"w{i}" for i in range(n)], size, seed)
    wv.expandos["count"] = np.arange(n, 0, -1) * 10
    return wv


def test_the_page_holds_the_first_words_with_counts_and_places():
    wv = words()
    page = wv.map(words=30, projection="pca").html
    about = json.loads(unpack(page, "about"))
    assert about["words"] == wv.index_to_key[:30]
    assert about["projection"] == "PCA"
    assert np.frombuffer(unpack(page, "counts"), "<f8").tolist() == list(range(400, 100, -10))
    assert np.frombuffer(unpack(page, "places"), "<u2").shape == (60,)
    assert np.frombuffer(unpack(page, "clusters"), "u1").shape == (30,)


@pytest.mark.parametrize(("bits", "tolerance"), [(16, 3e-5), (8, 1e-2)])
def test_cosines_of_quantised_vectors_are_those_of_the_vectors(bits, tolerance):
    wv = words(60, 50)
    stored = quantise(unit_rows(wv.vectors), bits).astype(np.float64)
    assert np.abs(stored).max() == 2 ** (bits - 1) - 1
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    true = wv.vectors / np.linalg.norm(wv.vectors.astype(np.float64), axis=1, keepdims=True)
    assert_allclose(stored @ stored.T, true @ true.T, atol=tolerance)


def test_zero_vectors_stay_zero():
    wv = words()
    wv.vectors[3] = 0
    assert not quantise(unit_rows(wv.vectors), 16)[3].any()
    assert len(wv.map(projection="pca").words) == 40


def test_principal_components_are_those_of_the_singular_value_decomposition():
    vectors = np.random.default_rng(1).standard_normal((50, 6)) * [5, 4, 3, 2, 1, 0.5]
    centred = vectors - vectors.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    actual = layout.principal_components(vectors, 2)
    assert_allclose(np.abs(actual), np.abs(left[:, :2] * scale[:2]), atol=1e-9)
    assert_allclose(layout.principal_components(vectors, 2), actual)


def test_one_dimension_is_drawn_as_a_line():
    assert layout.principal_components(np.array([[1.0], [3.0]]), 2)[:, 1].tolist() == [0, 0]
    assert len(words(6, 1).map(projection="pca").positions) == 6


def test_clusters_find_groups_that_are_there():
    rng = np.random.default_rng(0)
    centres = np.eye(10)[:3] * 5
    truth = np.repeat([0, 1, 2], [50, 30, 20])
    units = unit_rows(centres[truth] + 0.1 * rng.standard_normal((100, 10)))
    groups, typical = layout.cluster(units, 3, seed=1)
    assert groups.tolist() == truth.tolist()  # the largest first
    assert [{truth[i] for i in group} for group in typical] == [{0}, {1}, {2}]


def test_the_same_seed_gives_the_same_page():
    assert words().map(projection="pca").html == words().map(projection="pca").html


def test_places_keep_their_proportions_inside_the_square():
    square = into_square(np.array([[0.0, 0.0], [10.0, 5.0]]))
    assert_allclose(square, [[0.02, 0.26], [0.98, 0.74]], atol=1e-6)
    assert_allclose(into_square(np.zeros((2, 2))), 0.5)


def test_places_of_ones_own():
    places = np.random.default_rng(0).standard_normal((40, 2))
    wordmap = words().map(positions=places)
    assert wordmap.projection == "given"
    assert_allclose(wordmap.positions, into_square(places))


def test_rows_without_a_key_are_left_out():
    wv = KeyedVectors(4, count=3)
    wv.add_vector("a", np.ones(4, np.float32))
    assert wv.map(projection="pca").words == ["a"]


def test_words_cannot_become_markup():
    page = make(NASTY).map(projection="pca", title=NASTY[0]).html
    assert "alert(1)" not in page.replace(NASTY[0].replace("<", "&lt;").replace(">", "&gt;"), "")
    assert json.loads(unpack(page, "about"))["words"] == NASTY
    shown = make(NASTY).map(projection="pca")._repr_html_()
    assert shown.count("<") == shown.count(">") == 2  # the frame and nothing else


def test_the_texts_are_those_that_the_page_uses():
    files = [resources.files("word2vec.see") / name for name in ("page.js", *SCRIPTS)]
    files += [resources.files("word2vec.see") / name for name in ("page.html", "map.html")]
    code = "\n".join(file.read_text("utf-8") for file in files)
    used = set(re.findall(r'(?:\btexts\.|data-(?:text|label)=")(\w+)', code))
    for names in re.findall(r"\{ ([\w, ]+) \} = this\.texts", code):
        used |= set(names.split(", "))
    assert used == set(page.translated("texts")["map"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"words": 0}, "words=0: it must be an integer from 1 to 100,000"),
        ({"words": MOST_WORDS + 1}, "words=100001"),
        ({"words": 2.5}, "words=2.5"),
        ({"seed": -1}, "seed=-1: it must be an integer from 0 to 4,294,967,295"),
        ({"seed": 2**32}, "seed=4294967296"),
        ({"clusters": 257}, "clusters=257: it must be an integer from 1 to 256"),
        ({"bits": 12}, "bits=12: it must be 16, or 8"),
        ({"projection": "flat"}, "projection='flat': it must be one of auto, umap, tsne, pca"),
        ({"positions": np.zeros((3, 2))}, r"positions of shape \(3, 2\): the 40 words"),
        ({"positions": np.full((40, 2), np.nan)}, "positions hold values that are not finite"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ParameterError, match=message):
        words().map(**options)


def test_vectors_that_cannot_be_drawn():
    with pytest.raises(ParameterError, match="the vectors hold no words"):
        make("").map()
    wv = words()
    wv.vectors[7] = np.nan
    with pytest.raises(ParameterError, match="the first in row 7"):
        wv.map()


def test_a_missing_package(monkeypatch):
    monkeypatch.setattr(layout, "_installed", lambda package: False)
    assert layout.choose("auto", 100) == "pca"
    for projection in ("umap", "tsne"):
        with pytest.raises(MissingDependencyError, match=r"word2vec-hogwild\[map\]"):
            layout.choose(projection, 100)
    assert layout.choose("umap", 3) == "pca"


def test_tsne_keeps_groups_together():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    truth = np.repeat([0, 1], 20)
    rng = np.random.default_rng(0)
    units = unit_rows(np.eye(8)[truth] + 0.05 * rng.standard_normal((40, 8)))
    places = layout.project(units, "tsne", seed=1)
    far = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(far, np.inf)
    assert (truth[far.argmin(axis=1)] == truth).all()


def test_tensorboard_files(tmp_path):
    wv = make(["plain", "two words\t", "ünï"])
    wv.map(projection="pca").save_tensorboard(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert_allclose(np.loadtxt(folder / "vectors.tsv", delimiter="\t"), wv.vectors, rtol=1e-6)
    assert (folder / "metadata.tsv").read_text("utf-8") == "plain\ntwo words \nünï\n"
    assert 'tensor_path: "vectors.tsv"' in (folder / "projector_config.pbtxt").read_text()


def test_tensorboard_metadata_with_counts_has_a_header(tmp_path):
    words(3).map(projection="pca").save_tensorboard(tmp_path)
    with (tmp_path / "metadata.tsv").open(newline="") as file:
        table = list(csv.reader(file, delimiter="\t"))
    assert table == [["word", "count"], ["w0", "30"], ["w1", "20"], ["w2", "10"]]


def test_parquet_for_embedding_atlas(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    wv = words()
    wordmap = wv.map(projection="pca")
    wordmap.save_parquet(tmp_path / "w.parquet")
    table = parquet.read_table(tmp_path / "w.parquet").to_pydict()
    assert table["word"] == wv.index_to_key
    assert table["count"] == wv.expandos["count"].tolist()
    assert_allclose(table["projection_x"], wordmap.positions[:, 0])
    assert set(table["cluster"]) == set(wordmap.cluster_names)
    expected = wv.most_similar("w5", topn=export.NEIGHBOURS)
    found = table["neighbors"][5]
    assert [wv.index_to_key[i] for i in found["ids"]] == [word for word, _ in expected]
    assert_allclose(found["distances"], [1 - cosine for _, cosine in expected], atol=1e-6)


def test_nearest_of_few_rows():
    ids, distances = export.nearest(np.eye(3, dtype=np.float32)[:1], 15)
    assert ids.shape == distances.shape == (1, 0)


def test_the_command_writes_the_page_and_the_exports(run, tmp_path):
    words().save(tmp_path / "v.kv")
    code, out, err = run("map", "v.kv", "-n", 20, "--projection", "pca", "--tensorboard", "tb")
    assert (code, err) == (0, "")
    assert (
        out == f"map.html: 20 words, PCA, {(tmp_path / 'map.html').stat().st_size / 1e6:.1f} MB\n"
    )
    assert "<title>v.kv</title>" in (tmp_path / "map.html").read_text("utf-8")
    assert len((tmp_path / "tb" / "vectors.tsv").read_text().splitlines()) == 20


def test_the_command_checks_its_outputs_first(run, tmp_path):
    fails(run("map", "missing.kv", "-o", tmp_path / "no" / "map.html"), "does not exist")
    fails(run("map", "missing.kv", "--parquet", tmp_path), "this is a folder")
    words().save(tmp_path / "v.kv")
    fails(run("map", "v.kv", "-n", 100_001), "words=100001")

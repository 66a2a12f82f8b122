"""Whole models in files: round trips, going on with training, damaged files."""

import io
import json
import pathlib

import numpy as np
import pytest

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import (
    FormatError,
    NotTrainableError,
    ParameterError,
    ParameterTypeError,
    TruncatedFileError,
)
from word2vec.io import container
from word2vec.params import OPTIONS

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 40
STATE = (
    "comment", "corpus_count", "corpus_total_words", "effective_min_count", "train_count",
    "total_train_time", "min_alpha_yet_reached", "running_training_loss", "epoch_losses",
)  # fmt: skip


def trained(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 5, "min_count": 1, "workers": 1, "sample": 0.01, "epochs": 2} | options,
    )


def assert_same(loaded, model):
    for name in (*OPTIONS, *STATE):
        assert getattr(loaded, name) == getattr(model, name), name
        assert type(getattr(loaded, name)) is type(getattr(model, name)), name
    assert loaded.layer1_size == model.layer1_size
    assert loaded.wv.index_to_key == model.wv.index_to_key
    assert loaded.wv.key_to_index == model.wv.key_to_index
    assert loaded.wv.expandos.keys() == model.wv.expandos.keys()
    for name, values in model.wv.expandos.items():
        if values.dtype == object:  # of arrays: the paths in the tree
            pairs = zip(loaded.wv.expandos[name], values, strict=True)
            assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in pairs)
            continue
        np.testing.assert_array_equal(loaded.wv.expandos[name], values, strict=True)
    np.testing.assert_array_equal(loaded.wv.vectors, model.wv.vectors, strict=True)
    np.testing.assert_array_equal(loaded.wv.vectors_lockf, model.wv.vectors_lockf, strict=True)
    for name in ("syn1", "syn1neg"):
        assert hasattr(loaded, name) == hasattr(model, name)
        if hasattr(model, name):
            np.testing.assert_array_equal(getattr(loaded, name), getattr(model, name), strict=True)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sg": 1, "hs": 1, "negative": 0, "compute_loss": True, "comment": "fünf"},
        {"hs": 1, "null_word": 1, "seed": 2**64 - 1, "max_final_vocab": 4, "max_vocab_size": 9},
        {"sg": 1, "shared_negatives": True, "cache_corpus": True, "seed": None, "alpha": 1},
        {"shared_negatives": False, "corrected_cbow": 1, "cbow_mean": 0, "shrink_windows": 0},
    ],
    ids=str,
)
def test_every_attribute_survives(options, tmp_path):
    model = trained(**options)
    model.wv.vectors_lockf = np.linspace(0, 1, len(model.wv)).astype(np.float32)
    model.wv.set_vecattr("a", "mine", 7)
    model.save(tmp_path / "model.w2v")
    assert_same(Word2Vec.load(tmp_path / "model.w2v"), model)


def test_a_model_without_vocabulary_survives(tmp_path):
    model = Word2Vec(window=3)
    model.save(tmp_path / "shell.w2v")
    loaded = Word2Vec.load(tmp_path / "shell.w2v")
    assert_same(loaded, model)
    loaded.build_vocab(SENTENCES)
    assert loaded.train(SENTENCES, total_examples=120, epochs=1)[1] == 320


def test_names_paths_and_open_files_are_targets(tmp_path):
    model = trained()
    path = tmp_path / "model.w2v"
    model.save(str(path), separately=[], sep_limit=1, ignore=["x"], pickle_protocol=4)
    assert list(tmp_path.iterdir()) == [path]
    assert_same(Word2Vec.load(str(path)), model)
    buffer = io.BytesIO()
    model.save(buffer)
    buffer.seek(0)
    assert_same(Word2Vec.load(buffer), model)
    assert buffer.getvalue() == path.read_bytes()


def test_a_subclass_is_loaded_as_itself(tmp_path):
    class Mine(Word2Vec):
        pass

    trained().save(tmp_path / "model.w2v")
    assert type(Mine.load(tmp_path / "model.w2v")) is Mine


def test_mapped_models_answer_and_are_not_written(tmp_path):
    path = tmp_path / "model.w2v"
    model = trained()
    model.save(path)
    before = path.read_bytes()
    mapped = Word2Vec.load(path, mmap="r")
    assert mapped.wv.most_similar("a") == model.wv.most_similar("a")
    with pytest.raises(NotTrainableError, match="mmap='r'"):
        mapped.train(SENTENCES, total_examples=120, epochs=1)
    copied = Word2Vec.load(path, mmap="c")
    copied.train(SENTENCES, total_examples=120, epochs=1)
    assert path.read_bytes() == before


OBJECTIVES = [
    {"sg": sg, "hs": hs, "negative": negative}
    for sg in (0, 1)
    for hs, negative in ((0, 5), (1, 0), (1, 5))
]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_training_after_loading_goes_on_as_if_nothing_had_happened(objective, tmp_path):
    def start():
        model = Word2Vec(
            vector_size=7, min_count=1, workers=1, alpha=0.02, min_alpha=0.02, sample=0.01,
            **objective,
        )  # fmt: skip
        model.build_vocab(SENTENCES)
        return model

    whole = start()
    whole.train(SENTENCES, total_examples=120, epochs=5)
    first = start()
    first.train(SENTENCES, total_examples=120, epochs=2)
    first.save(tmp_path / "half.w2v")
    second = Word2Vec.load(tmp_path / "half.w2v")
    second.train(SENTENCES, total_examples=120, epochs=3)
    np.testing.assert_array_equal(second.wv.vectors, whole.wv.vectors)
    for name in ("syn1", "syn1neg"):
        if hasattr(whole, name):
            np.testing.assert_array_equal(getattr(second, name), getattr(whole, name))


def test_a_grown_tree_survives(tmp_path):
    model = trained(hs=1, negative=0)
    model.build_vocab([["f", "g"]] * 3, update=True)
    model.save(tmp_path / "model.w2v")
    loaded = Word2Vec.load(tmp_path / "model.w2v")
    for name in ("path_offsets", "path_nodes", "path_codes", "n_inner"):
        ours, theirs = (getattr(m._tables.tree, name) for m in (loaded, model))
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(loaded.score([["a", "f"]]), model.score([["a", "f"]]))


def test_numpy_numbers_set_by_hand_can_be_saved(tmp_path):
    model = trained()
    model.alpha, model.window, model.workers = np.float64(0.5), np.int64(3), 2.0
    model.running_training_loss = 0  # what callbacks write
    model.min_alpha_yet_reached = 1
    model.epoch_losses = [np.float32(0.5)]
    model.save(tmp_path / "model.w2v")
    loaded = Word2Vec.load(tmp_path / "model.w2v")
    assert (loaded.alpha, loaded.window, loaded.workers) == (0.5, 3, 2)
    assert (loaded.running_training_loss, loaded.epoch_losses) == (0.0, [0.5])


def test_what_cannot_be_read_back_is_not_saved(tmp_path):
    path = tmp_path / "model.w2v"
    model = trained()
    model.save(path)
    before = path.read_bytes()
    model.window = 0
    with pytest.raises(ParameterError, match="window=0"):
        model.save(path)
    model.window = 5
    model.comment = object()
    with pytest.raises(ParameterTypeError, match="comment="):
        model.save(path)
    model.comment = 5
    with pytest.raises(ParameterTypeError, match="comment"):
        model.save(path)
    model.comment = None
    model.wv.add_vector("by hand", np.ones(5))
    with pytest.raises(ParameterError, match=r"syn1neg has shape \(5, 5\) and the vectors"):
        model.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# ---- other kinds of files ------------------------------------------------------------


def test_keyed_vectors_read_the_vectors_of_a_model(tmp_path):
    model = trained()
    model.save(tmp_path / "model.w2v")
    wv = KeyedVectors.load(tmp_path / "model.w2v")
    assert type(wv) is KeyedVectors
    np.testing.assert_array_equal(wv["a"], model.wv["a"])
    assert wv.get_vecattr("a", "count") == 120


def test_a_model_does_not_read_vectors(tmp_path):
    trained().wv.save(tmp_path / "vectors.kv")
    with pytest.raises(FormatError, match=r"'keyed_vectors' .* not a whole.*KeyedVectors\.load"):
        Word2Vec.load(tmp_path / "vectors.kv")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(tmp_path / "no.w2v")


# ---- damaged files ---------------------------------------------------------------------


def tampered(tmp_path, change, **options):
    """A model file with sound layout whose parts were changed."""
    path = pathlib.Path(tmp_path) / "model.w2v"
    trained(hs=1, **options).save(path)
    content = container.read(path)
    change(content.tensors, content.meta)
    container.write(path, content.kind, content.tensors, content.meta)
    return path


def drop(name):
    return lambda tensors, meta: tensors.pop(name)


def put(name, value):
    return lambda tensors, meta: tensors.update({name: value(tensors[name])})


def option(name, value):
    return lambda tensors, meta: meta["options"].update({name: value})


def state(name, value):
    return lambda tensors, meta: meta["state"].update({name: value})


DAMAGES = {
    "no vectors": (drop("vectors"), "vectors"),
    "no syn1neg": (drop("syn1neg"), "no syn1neg"),
    "no syn1": (drop("syn1"), "no syn1"),
    "short syn1neg": (put("syn1neg", lambda a: a[1:]), "syn1neg is float32 of shape"),
    "double syn1": (put("syn1", np.float64), "syn1 is float64"),
    "double vectors": (put("vectors", np.float64), "float64"),
    "other vector_size": (option("vector_size", 6), "5 dimensions in a model of 6"),
    "no counts": (lambda t, m: m["wv"]["attributes"].pop("count"), "no counts"),
    "no thresholds": (lambda t, m: m["wv"]["attributes"].pop("sample_int"), "no counts or"),
    "negative count": (put("expando.count", lambda a: a - 100), "counts or thresholds"),
    "float counts": (put("expando.count", np.float64), "counts or thresholds"),
    "wide thresholds": (put("expando.sample_int", np.int64), "counts or thresholds"),
    "double locks": (put("vectors_lockf", np.float64), "vectors_lockf is float64"),
    "no locks": (put("vectors_lockf", lambda a: a[:0]), "vectors_lockf is float32 of shape"),
    "no offsets": (drop("tree.path_offsets"), "no valid path_offsets"),
    "no nodes": (drop("tree.path_nodes"), "no valid path_nodes"),
    "wide codes": (put("tree.path_codes", np.int64), "no valid path_codes"),
    "short offsets": (put("tree.path_offsets", lambda a: a[:-1]), "does not fit"),
    "long offsets": (put("tree.path_offsets", lambda a: np.append(a, a[-1])), "does not fit"),
    "late offsets": (put("tree.path_offsets", lambda a: np.maximum(a, 1)), "does not fit"),
    "early end": (put("tree.path_offsets", lambda a: np.minimum(a, a[-1] - 1)), "does not fit"),
    "falling offsets": (put("tree.path_offsets", lambda a: a[[0, 2, 1, 3, 4, 5]]), "does not fit"),
    "short nodes": (put("tree.path_nodes", lambda a: a[:-1]), "does not fit"),
    "short codes": (put("tree.path_codes", lambda a: a[:-1]), "does not fit"),
    "node out of range": (put("tree.path_nodes", lambda a: a + 1), "does not fit"),
    "negative node": (put("tree.path_nodes", lambda a: a - 4), "does not fit"),
    "code of 2": (put("tree.path_codes", lambda a: a + 1), "does not fit"),
    "no options": (lambda t, m: m.pop("options"), "options are missing"),
    "options as list": (lambda t, m: m.update(options=[]), "options are missing"),
    "unknown option": (option("colour", 1), "not known to this release"),
    "option out of range": (option("window", 0), "window=0"),
    "option of a wrong type": (option("alpha", "high"), "alpha='high'"),
    "no state": (lambda t, m: m.pop("state"), "state is missing"),
    "missing state": (lambda t, m: m["state"].pop("train_count"), "train_count=None"),
    "state of a wrong type": (state("corpus_count", "12"), "corpus_count='12'"),
    "state as truth value": (state("train_count", True), "train_count=True"),
    "comment as number": (state("comment", 5), "comment=5"),
    "losses as text": (state("epoch_losses", ["0.5"]), "epoch_losses"),
    "losses as number": (state("epoch_losses", 0.5), "epoch_losses"),
    "negative epochs": (state("_epochs_done", -1), "_epochs_done=-1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_models_are_refused(damage, tmp_path):
    change, message = DAMAGES[damage]
    with pytest.raises(FormatError, match=message) as caught:
        Word2Vec.load(tampered(tmp_path, change))
    assert isinstance(caught.value, ValueError)


def test_options_of_a_later_release_have_defaults(tmp_path):
    """A file from before an option was invented is read with the option's default."""
    path = tampered(tmp_path, lambda tensors, meta: meta["options"].pop("cache_corpus"))
    assert Word2Vec.load(path).cache_corpus == OPTIONS["cache_corpus"].default


def test_truncated_models_are_refused(tmp_path):
    path = tmp_path / "model.w2v"
    trained(hs=1).save(path)
    whole = path.read_bytes()
    for length in [*range(0, 400, 13), *range(400, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(TruncatedFileError) as caught:
            Word2Vec.load(path)
        assert isinstance(caught.value, EOFError)


def test_nothing_in_a_file_is_run(tmp_path):
    path = tmp_path / "model.w2v"
    Word2Vec(SENTENCES, min_count=1, vector_size=5, trim_rule=lambda *_: 0, hashfxn=len).save(path)
    header = path.read_bytes()[8:]
    header = header[: header.index(b'"vectors"')]
    assert b"hashfxn" not in header
    assert b"trim_rule" not in header
    assert Word2Vec.load(path).hashfxn is hash


def test_the_file_is_described_by_its_documentation(tmp_path):
    """The names in docs/file-format.md are those in a file."""
    path = tmp_path / "model.w2v"
    trained(hs=1).save(path)
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    assert metadata.keys() == {"format", "version", "kind", "meta"}
    assert metadata["kind"] == "word2vec"
    assert json.loads(metadata["meta"]).keys() == {"wv", "options", "state"}
    assert set(header) == {
        "vectors", "syn1", "syn1neg", "vectors_lockf", "keys.blob", "keys.offsets",
        "expando.count", "expando.sample_int",
        "tree.path_offsets", "tree.path_nodes", "tree.path_codes",
    }  # fmt: skip
    document = pathlib.Path(__file__).parent.parent / "docs" / "file-format.md"
    text = document.read_text(encoding="utf-8")
    for name in (*(n for n in header if not n.startswith("expando.")), *STATE):
        assert f"`{name}`" in text, name
    assert (8 + length) % 64 == 0  # the first array is aligned

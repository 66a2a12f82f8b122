"""Helpers of gensim.utils, names of its modules, and the three scripts."""

import bz2
import gzip
import lzma
import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import word2vec
from word2vec import KeyedVectors, LineSentence, Word2Vec
from word2vec.compat import constants, keyedvectors, utils
from word2vec.errors import FormatError, ParameterError
from word2vec.scripts import glove2word2vec, word2vec2tensor, word2vec_standalone
from word2vec.vectors.arrays import fill_random

# ---- text --------------------------------------------------------------------

TEXT = "Señor O'Neil's 2 co-ops: a1b _x foo_bar É É antidisestablishmentarianism"


def test_simple_preprocess_lowers_and_drops_short_long_and_private_tokens():
    assert utils.simple_preprocess(TEXT) == ["señor", "neil", "co", "ops", "foo_bar"]
    assert utils.simple_preprocess(TEXT, deacc=True, min_len=1, max_len=3) == [
        "o", "s", "co", "ops", "a", "b", "e", "e",
    ]  # fmt: skip
    assert utils.simple_preprocess("abcdefghijklmno abcdefghijklmnop") == ["abcdefghijklmno"]
    assert utils.simple_preprocess(b"caf\xc3\xa9 b\xffad") == ["café", "bad"]


def test_tokenize_cuts_at_digits_and_punctuation():
    assert list(utils.tokenize("a1b c_d, E")) == ["a", "b", "c_d", "E"]
    for option in ("lowercase", "to_lower", "lower"):
        assert list(utils.tokenize("Ab", **{option: True})) == ["ab"]
    assert list(utils.tokenize("É", deacc=True)) == ["E"]
    with pytest.raises(UnicodeDecodeError):
        utils.tokenize(b"\xff")


def test_deaccent_and_the_two_conversions():
    assert utils.deaccent("Šéf, ñandú; \u0133") == "Sef, nandu; \u0133"
    assert utils.deaccent("é".encode()) == "e"
    assert utils.to_unicode(b"\xe9", "latin1") == utils.any2unicode("é") == "é"
    assert utils.to_utf8("é") == utils.any2utf8(b"\xe9", encoding="latin1") == b"\xc3\xa9"
    with pytest.raises(UnicodeDecodeError):
        utils.any2utf8(b"\xff")


# ---- corpora -----------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2", ".xz"])
def test_saved_sentences_are_read_back(tmp_path, ending):
    sentences = [["a", "ü"], ["b"]]
    path = tmp_path / f"corpus.txt{ending}"
    utils.save_as_line_sentence(iter(sentences), path)
    assert list(LineSentence(path)) == sentences


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("old\n")
    with pytest.raises(TypeError):
        utils.save_as_line_sentence([["a"], [1]], path)
    assert path.read_text() == "old\n"


def test_corpora_repeated_and_clipped():
    assert list(utils.RepeatCorpus([1, 2, 3], 7)) == [1, 2, 3, 1, 2, 3, 1]
    assert list(utils.RepeatCorpusNTimes([1, 2], 2)) == [1, 2, 1, 2]
    clipped = utils.ClippedCorpus([1, 2, 3], 2)
    assert list(clipped) == list(clipped) == [1, 2]
    assert len(clipped) == 2
    assert len(utils.ClippedCorpus([1, 2, 3])) == 3


def test_rules_decide_before_counts():
    def rule(word, count, min_count):
        return {"keep": utils.RULE_KEEP, "drop": utils.RULE_DISCARD}.get(word, utils.RULE_DEFAULT)

    assert utils.keep_vocab_item("keep", 1, 5, rule)
    assert not utils.keep_vocab_item("drop", 9, 5, rule)
    assert utils.keep_vocab_item("x", 5, 5, rule)
    assert not utils.keep_vocab_item("x", 4, 5)
    counts = {"keep": 1, "drop": 9, "x": 5, "y": 4}
    assert utils.prune_vocab(counts, 5, rule) == 13
    assert counts == {"keep": 1, "x": 5}


# ---- files -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "opener"), [("", open), (".gz", gzip.open), (".bz2", bz2.open), (".xz", lzma.open)]
)
def test_open_goes_through_the_compressor_that_the_name_asks_for(tmp_path, ending, opener):
    path = tmp_path / f"file{ending}"
    with utils.open(path, "w") as file:
        file.write("ü\n")
    with opener(path, "rb") as file:
        assert file.read() == "ü\n".encode()
    with utils.open(str(path)) as file:
        assert file.read() == "ü\n"
    with utils.open(path, "rb") as file:
        assert file.read() == "ü\n".encode()


def test_open_reads_zst_and_refuses_what_it_cannot_do(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / "file.zst"
    path.write_bytes(zstandard.compress("ü\n".encode()))
    with utils.open(path) as file:
        assert file.read() == "ü\n"
    with utils.open(path, "rb") as file:
        assert file.read() == "ü\n".encode()
    with pytest.raises(ParameterError, match="only opened for reading"):
        utils.open(path, "w")
    with pytest.raises(ParameterError, match="is a URL"):
        utils.open("https://example.org/x.txt")


def test_call_on_class_only_raises():
    with pytest.raises(AttributeError, match="This method should be called on a class object"):
        utils.call_on_class_only("x")


def test_all_names_exist():
    for module in (utils, keyedvectors, word2vec):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


# ---- names of gensim's modules -----------------------------------------------


def test_aliases_are_the_class_itself():
    for alias in ("Word2VecKeyedVectors", "EuclideanKeyedVectors", "Doc2VecKeyedVectors"):
        assert getattr(keyedvectors, alias) is KeyedVectors
    assert keyedvectors.Vocab is keyedvectors.CompatVocab
    assert keyedvectors.REAL is np.float32


def test_vocab_holds_facts_and_compares_by_count():
    few, many = keyedvectors.Vocab(count=1, index=4), keyedvectors.Vocab(count=2)
    assert few < many
    assert not many < few
    assert keyedvectors.Vocab().count == 0
    assert repr(few) == "Vocab(count=1, index=4)"
    assert pickle.loads(pickle.dumps(few)).index == 4


def test_module_functions_load_vectors(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("1 2\na 1 2\n")
    assert_array_equal(keyedvectors.load_word2vec_format(path)["a"], [1, 2])
    private = keyedvectors._load_word2vec_format
    assert_array_equal(private(KeyedVectors, path, binary_chunk_size=1)["a"], [1, 2])
    with pytest.raises(ParameterError):
        private(KeyedVectors, path, binary_chunk_size=0)


def test_weak_vectors_are_those_of_numpy_s_sfc64():
    vector = keyedvectors.pseudorandom_weak_vector(6, "abc", hashfxn=lambda _: 2**40 + 7)
    drawn = np.random.Generator(np.random.SFC64(7)).random(6)
    np.testing.assert_allclose(vector, (drawn - 0.5) / 6, rtol=1e-5)
    first, second = (keyedvectors.pseudorandom_weak_vector(6) for _ in range(2))
    assert (first != second).any()


def test_prep_vectors_keeps_the_rows_there_are():
    prior = np.ones((2, 3), np.float32)
    grown = keyedvectors.prep_vectors((4, 3), prior, seed=5)
    expected = np.empty((4, 3), np.float32)
    fill_random(expected, 5)
    expected[:2] = 1
    assert_array_equal(grown, expected)
    assert keyedvectors.prep_vectors((2, 3), prior) is prior
    assert keyedvectors.prep_vectors((2, 3), dtype=np.float16).dtype == np.float16
    for shape in ((1, 3), (4, 2)):
        with pytest.raises(ParameterError):
            keyedvectors.prep_vectors(shape, prior)


def test_constants_of_the_module_word2vec():
    assert word2vec.FAST_VERSION >= 0
    assert word2vec.MAX_WORDS_IN_BATCH == 10_000
    assert word2vec.CORPUSFILE_VERSION == 1
    light = constants.Heapitem(count=1, index=9, left=None, right=None)
    assert light < constants.Heapitem(2, 0, None, None)
    assert not constants.Heapitem(2, 0, None, None) < light


# ---- scripts -----------------------------------------------------------------

GLOVE = b"the 1.5 2\nof -1 0.25\n\xc3\xbc 3 4\n"


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_glove_vectors_get_a_header(tmp_path, ending):
    source, target = tmp_path / f"glove.txt{ending}", tmp_path / f"out.txt{ending}"
    with utils.open(source, "wb") as file:
        file.write(GLOVE)
    with pytest.warns(DeprecationWarning, match="no_header=True"):
        assert word2vec.glove2word2vec(source, target) == (3, 2)
    with utils.open(target, "rb") as file:
        assert file.read() == b"3 2\n" + GLOVE
    assert_array_equal(KeyedVectors.load_word2vec_format(target)["ü"], [3, 4])


def test_what_is_no_glove_file_is_refused(tmp_path):
    source = tmp_path / "glove.txt"
    for content in (b"", b"word\n"):
        source.write_bytes(content)
        with pytest.raises(FormatError, match="no key with numbers"):
            glove2word2vec.main(["-i", str(source), "-o", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, "-m", f"word2vec.scripts.{script}", *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )


def test_glove2word2vec_as_a_program(tmp_path):
    (tmp_path / "glove.txt").write_bytes(GLOVE)
    done = run("glove2word2vec", "-i", tmp_path / "glove.txt", "-o", tmp_path / "out.txt")
    assert done.stdout == ""
    assert "3 vectors and 2 dimensions" in done.stderr
    assert (tmp_path / "out.txt").read_bytes() == b"3 2\n" + GLOVE


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec2tensor_writes_vectors_and_keys_line_by_line(tmp_path, binary):
    wv = KeyedVectors(2)
    wv.add_vectors(["a", "ü"], np.float32([[0.1, -2], [3, 4e-8]]))
    wv.save_word2vec_format(tmp_path / "v", binary=binary)
    flags = ["-b"] if binary else []
    word2vec2tensor.main(["-i", str(tmp_path / "v"), "-o", str(tmp_path / "t"), *flags])
    assert (tmp_path / "t_metadata.tsv").read_text(encoding="utf-8") == "a\nü\n"
    rows = (tmp_path / "t_tensor.tsv").read_text().splitlines()
    assert_array_equal(np.float32([row.split("\t") for row in rows]), wv.vectors)


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("a b c a b a\nd a b c\n" * 10)
    return path


def test_standalone_as_a_program(tmp_path, corpus):
    output = tmp_path / "vectors.bin"
    done = run(
        "word2vec_standalone", "-train", corpus, "-output", output, "-size", 7, "-binary", 1,
        "-cbow", 0, "-iter", 2, "-threads", 2, "-min_count", 1,
    )  # fmt: skip
    assert done.stdout == ""
    assert "finished running" in done.stderr
    wv = KeyedVectors.load_word2vec_format(output, binary=True)
    assert wv.index_to_key == ["a", "b", "c", "d"]
    assert wv.vector_size == 7


def test_standalone_trains_what_the_flags_say(tmp_path, corpus, monkeypatch):
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    base = ["-train", str(corpus), "-size", "3", "-threads", "1", "-min-count", "1"]
    made = []
    original = word2vec_standalone._train
    monkeypatch.setattr(
        word2vec_standalone, "_train", lambda args: made.append(original(args)) or made[-1]
    )
    vocab, output = tmp_path / "vocab.txt", tmp_path / "v.txt"
    word2vec_standalone.main(
        [*base, "-output", str(output), "-hs", "1", "-negative", "0", "-window", "2", "-sample",
         "0", "-iter", "3", "-alpha", "0.1", "-save-vocab", str(vocab), "-debug", "2"]
    )  # fmt: skip
    model = made[0]
    assert (model.hs, model.negative, model.window, model.sample) == (1, 0, 2, 0)
    assert (model.epochs, model.alpha, model.sg, model.vector_size) == (3, 0.1, 0, 3)
    assert vocab.read_text() == "a 40\nb 30\nc 20\nd 10\n"
    expected = Word2Vec(
        corpus_file=corpus, vector_size=3, workers=1, min_count=1, hs=1, negative=0, window=2,
        sample=0, epochs=3, alpha=0.1,
    )  # fmt: skip
    assert_array_equal(model.wv.vectors, expected.wv.vectors)

    word2vec_standalone.main([*base, "-read-vocab", str(vocab), "-cbow", "0"])
    model = made[1]
    assert (model.alpha, model.sg) == (0.025, 1)
    assert model.wv.key_to_index == expected.wv.key_to_index
    assert model.corpus_total_words == 100
    assert_array_equal(
        Word2Vec.load(tmp_path / "corpus.model").wv.vectors, model.wv.vectors
    )  # without -output


def test_standalone_scores_analogies_in_the_log(tmp_path, corpus, caplog, monkeypatch):
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    caplog.set_level("INFO")
    questions = tmp_path / "questions.txt"
    questions.write_text(": letters\na b c d\n")
    word2vec_standalone.main(
        ["-train", str(corpus), "-output", str(tmp_path / "v.txt"), "-min_count", "1", "-accuracy",
         str(questions), "-iter", "1"]
    )  # fmt: skip
    assert "letters: " in caplog.text


def test_standalone_needs_a_corpus(capsys):
    with pytest.raises(SystemExit):
        word2vec_standalone.main(["-size", "3"])
    assert "-train" in capsys.readouterr().err

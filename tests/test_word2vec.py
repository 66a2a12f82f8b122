"""`Word2Vec` as gensim's users call it: checks, errors, warnings, callbacks."""

import logging
import random
import warnings

import numpy as np
import pytest

from word2vec import CallbackAny2Vec, KeyedVectors, LineSentence, Word2Vec, Word2VecError
from word2vec.errors import CorpusTypeError, NotTrainableError, ParameterError

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 4
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1}


def built(**options):
    model = Word2Vec(**SMALL | options)
    model.build_vocab(SENTENCES)
    return model


def warned(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


# ---- whole programs ------------------------------------------------------------


def test_the_seed_program_runs_unchanged(tmp_path):
    words = ["人工智慧", "機器", "學習", "深度", "網路", "資料", "科學", "語言", "模型"]
    rng = random.Random(1)
    data = [rng.choices(words, k=8) for _ in range(60)]
    with pytest.warns(DeprecationWarning, match="size="):
        model = Word2Vec(size=256, min_count=5, window=5, sg=0)
    model.build_vocab(data)
    before = model.wv["人工智慧"].copy()
    for _ in range(20):
        rng.shuffle(data)
        model.train(data, total_examples=len(data), epochs=1)
    assert model.wv["人工智慧"].shape == (256,)
    assert not np.array_equal(model.wv["人工智慧"], before)
    assert model.train_count == 20
    path = tmp_path / "人工智慧.model"
    model.save(str(path))
    assert Word2Vec.load(str(path)).wv["人工智慧"] == pytest.approx(model.wv["人工智慧"])


def test_decaying_the_rate_by_hand_works(caplog):
    model = built(alpha=0.025)
    for _ in range(3):
        model.train(SENTENCES, total_examples=12, epochs=1)
        model.alpha -= 0.002
        model.min_alpha = model.alpha
    assert model.alpha == pytest.approx(0.019)
    assert model.min_alpha_yet_reached < 0.022


# ---- what train and the constructor refuse ------------------------------------------

VOCABULARY = "you must first build vocabulary before training the model"
TOTALS = (
    "You must specify either total_examples or total_words, for proper learning-rate and "
    "progress calculations. "
)
EPOCHS = "You must specify an explicit epochs count. The usual value is epochs=model.epochs."
GENERATOR = (
    "Using a generator as corpus_iterable can't support {} passes. Try a re-iterable sequence."
)


@pytest.mark.parametrize(
    "corpus", [[], [[]], [["a", "b"]] * 4, iter([])], ids=["none", "empty", "rare", "iterator"]
)
def test_a_corpus_that_leaves_no_word_cannot_be_trained_on(corpus):
    with pytest.raises(NotTrainableError, match=VOCABULARY) as caught:
        Word2Vec(corpus)
    assert isinstance(caught.value, RuntimeError)


def test_a_file_that_leaves_no_word_cannot_be_trained_on(tmp_path):
    path = tmp_path / "few.txt"
    path.write_text("a b\n")
    with pytest.raises(NotTrainableError, match=VOCABULARY):
        Word2Vec(corpus_file=path)


def test_the_checks_of_train_come_in_gensims_order(caplog):
    """Each call repairs what the one before failed on; nothing is read or changed."""
    model = Word2Vec(**SMALL | {"hs": 0, "negative": 0, "epochs": 3})
    model.min_alpha_yet_reached = 0.01

    def fails(kind, message, *args, **kwargs):
        caplog.clear()
        with pytest.raises(kind) as caught:
            model.train(*args, **kwargs)
        assert message in str(caught.value)
        assert isinstance(caught.value, Word2VecError)
        assert model.epochs == 3
        return warned(caplog)

    objective = "You must set either 'hs' or 'negative' to be positive for proper training. "
    assert fails(ValueError, objective, SENTENCES) == []
    model.hs, model.negative = 1, 5
    both, alpha = fails(RuntimeError, VOCABULARY, SENTENCES)
    assert both.startswith("Both hierarchical softmax and negative sampling are activated. ")
    assert alpha == "Effective 'alpha' higher than previous training cycles"
    model.build_vocab(SENTENCES)
    vectors, model.wv.vectors = model.wv.vectors, model.wv.vectors[:0]
    fails(RuntimeError, "you must initialize vectors before training the model", SENTENCES)
    model.wv.vectors = vectors
    fails(ValueError, TOTALS, SENTENCES)
    fails(ValueError, EPOCHS, SENTENCES, total_examples=12)
    fails(ValueError, EPOCHS, SENTENCES, total_examples=12, epochs=0)
    enough = {"total_examples": 12, "epochs": 2}
    neither = "Either one of corpus_file or corpus_iterable value must be provided"
    assert len(fails(TypeError, neither, **enough)) == 2


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"total_examples": -1}, ValueError, "total_examples=-1"),
        ({"total_words": -5}, ValueError, "total_words=-5"),
        ({"total_examples": "12"}, TypeError, "total_examples='12'"),
        ({"total_examples": 12, "epochs": 1.5}, ValueError, "epochs=1.5"),
        ({"total_examples": 12, "epochs": "5"}, TypeError, "epochs='5'"),
        ({"total_examples": 12, "start_alpha": -0.1}, ValueError, "alpha=-0.1"),
        ({"total_examples": 12, "end_alpha": float("nan")}, ValueError, "min_alpha=nan"),
        ({"total_examples": 12, "compute_loss": 2}, ValueError, "compute_loss=2"),
    ],
)
def test_train_refuses_impossible_numbers(arguments, kind, message):
    model = built()
    before = model.wv.vectors.copy()
    with pytest.raises(kind, match=message):
        model.train(SENTENCES, **{"epochs": 1} | arguments)
    np.testing.assert_array_equal(model.wv.vectors, before)
    assert (model.alpha, model.min_alpha, model.epochs) == (0.025, 0.0001, 1)


def constructor(**corpus):
    return Word2Vec(corpus.pop("corpus_iterable", None), **corpus, **SMALL)


def build_vocab(**corpus):
    return Word2Vec(**SMALL).build_vocab(**corpus)


def scan_vocab(**corpus):
    return Word2Vec(**SMALL).scan_vocab(**corpus)


def train(**corpus):
    return built().train(**corpus, total_examples=12, total_words=32, epochs=1)


@pytest.mark.parametrize("call", [constructor, build_vocab, scan_vocab, train])
def test_exactly_one_usable_corpus_is_needed(call, tmp_path):
    def fails(message, kind=CorpusTypeError, **corpus):
        with pytest.raises(kind, match=message) as caught:
            call(**corpus)
        return caught.value

    both = "Both corpus_file and corpus_iterable must not be provided at the same time"
    fails(both, corpus_iterable=SENTENCES, corpus_file=__file__)
    if call is not constructor:
        fails("Either one of corpus_file or corpus_iterable value must be provided")
    lists = "The corpus_iterable must be an iterable of lists of strings, got 5 instead"
    assert isinstance(fails(lists, corpus_iterable=5), TypeError)
    path = "Parameter corpus_file must be a valid path to a file, got {!r} instead"
    fails(path.format(5), corpus_file=5)
    fails("got .*instead", corpus_file=tmp_path)
    missing = fails("to a file, got .*no.txt' instead", corpus_file=str(tmp_path / "no.txt"))
    assert isinstance(missing, FileNotFoundError)
    fails("sentence 1|number 1|\\b1\\b", TypeError, corpus_iterable=[["a"], 7])


def test_generators_are_refused_unless_one_pass_is_enough():
    with pytest.raises(CorpusTypeError, match=GENERATOR.format(2)):
        Word2Vec((s for s in SENTENCES), **SMALL)
    model = Word2Vec(**SMALL)
    model.build_vocab(s for s in SENTENCES)
    assert model.corpus_count == 12
    assert model.train((s for s in SENTENCES), total_examples=12, epochs=1)[1] == 32
    with pytest.raises(CorpusTypeError, match=GENERATOR.format(2)):
        model.train((s for s in SENTENCES), total_examples=12, epochs=2)


def test_a_corpus_file_needs_its_words(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(s) + "\n" for s in SENTENCES))
    model = built()
    with pytest.raises(
        ParameterError, match=r"total_words must be provided alongside corpus_file argument\."
    ):
        model.train(corpus_file=path, total_examples=12, epochs=1)
    assert model.train(corpus_file=path, total_words=32, epochs=1)[1] == 32


def test_an_empty_corpus_warns(caplog):
    built().train([], total_examples=12, total_words=32, epochs=1)
    empty, examples, words = warned(caplog)
    assert empty.startswith("train() called with an empty iterator (if not intended, be sure to")
    assert examples == "EPOCH 0: supplied example count (0) did not equal expected count (12)"
    assert words == "EPOCH 0: supplied raw word count (0) did not equal expected count (32)"


def test_wrong_totals_warn(caplog):
    model = built()
    model.train(SENTENCES, total_examples=13, total_words=32, epochs=1)
    model.min_alpha_yet_reached = 1.0
    model.train(SENTENCES, total_examples=12, total_words=33, epochs=1)
    assert warned(caplog) == [
        "EPOCH 0: supplied example count (12) did not equal expected count (13)",
        "EPOCH 0: supplied raw word count (32) did not equal expected count (33)",
    ]


@pytest.mark.parametrize("sentences", ["abc abc", ["abc", "abc"]], ids=["str", "list of str"])
def test_text_instead_of_words_warns(sentences, caplog):
    model = Word2Vec(sentences, **SMALL)
    assert (
        "Each 'sentences' item should be a list of words (usually unicode strings). "
        "First item here is instead plain <class 'str'>." in "\n".join(warned(caplog))
    )
    assert set(model.wv.index_to_key) <= set("abc ")


def test_rising_rates_warn_once_for_each_call(caplog):
    model = Word2Vec(SENTENCES, **SMALL)
    assert warned(caplog) == []
    model.train(SENTENCES, total_examples=12, epochs=1)
    assert warned(caplog) == ["Effective 'alpha' higher than previous training cycles"]
    model.train(SENTENCES, total_examples=12, epochs=1, start_alpha=0, end_alpha=0)
    assert len(warned(caplog)) == 1


def test_both_objectives_warn_once_and_train_both(caplog):
    model = Word2Vec(SENTENCES, hs=1, sample=0, **SMALL)
    (message,) = warned(caplog)
    assert message.startswith("Both hierarchical softmax and negative sampling are activated. ")
    assert model.syn1.any()
    assert model.syn1neg.any()


@pytest.mark.parametrize("given", [{"trim_rule": lambda *_: 0}, {"callbacks": [CallbackAny2Vec()]}])
def test_hooks_without_a_corpus_warn(given, caplog):
    Word2Vec(**given)
    assert len(warned(caplog)) == 1
    caplog.clear()
    Word2Vec()
    assert warned(caplog) == []


# ---- what train gives, logs and calls -------------------------------------------------


def test_train_counts_known_and_all_words():
    model = built(min_count=5, sample=0)
    assert model.train(SENTENCES, total_examples=12, epochs=3) == (3 * 20, 3 * 32)


def test_training_logs_gensims_lines(caplog):
    caplog.set_level(logging.INFO)
    Word2Vec(SENTENCES, **SMALL | {"epochs": 2})
    text = caplog.text
    assert "collected 5 word types from a corpus of 32 raw words and 12 sentences" in text
    assert "effective_min_count=1 retains 5 unique words (100.00% of original 5, drops 0)" in text
    assert "EPOCH 0: training on 32 raw words (" in text
    assert "EPOCH 1: training on 32 raw words (" in text


class Notes(CallbackAny2Vec):
    def __init__(self):
        self.calls = []

    def note(self, *args):
        self.calls.append(args)

    on_train_begin = on_epoch_begin = on_epoch_end = on_train_end = note


def test_callbacks_get_the_model():
    notes = Notes()
    model = Word2Vec(SENTENCES, callbacks=[notes], **SMALL | {"epochs": 3})
    assert notes.calls == [(model,)] * 8
    model.train(SENTENCES, total_examples=12, epochs=1)
    assert len(notes.calls) == 8  # they are for one call
    model.train(SENTENCES, total_examples=12, epochs=1, callbacks=(notes, notes))
    assert len(notes.calls) == 16


def test_a_callback_without_a_method_is_an_error():
    with pytest.raises(AttributeError, match="on_train_begin"):
        Word2Vec(SENTENCES, callbacks=[object()], **SMALL)


@pytest.mark.parametrize(("name", "value"), [("workers", 0), ("window", 0), ("alpha", -1.0)])
def test_options_set_by_hand_are_checked_and_never_hang(name, value):
    model = built()
    setattr(model, name, value)
    with pytest.raises(ParameterError, match=f"^{name}="):
        model.train(SENTENCES, total_examples=12, epochs=1)


@pytest.mark.parametrize(("name", "value"), [("hs", 1), ("negative", 3)])
def test_an_objective_needs_its_weights(name, value):
    model = built(hs=int(name != "hs"), negative=3 * (name != "negative"))
    setattr(model, name, value)
    with pytest.raises(NotTrainableError, match=r"no syn1.*set hs and negative before build_vocab"):
        model.train(SENTENCES, total_examples=12, epochs=1)
    model.build_vocab(SENTENCES, update=True)
    assert model.train(SENTENCES, total_examples=12, epochs=1)[1] == 32


@pytest.mark.parametrize("objective", [{"hs": 0}, {"negative": 0}], ids=str)
def test_an_objective_can_be_switched_off(objective):
    model = built(hs=1, sample=0)
    for name, value in objective.items():
        setattr(model, name, value)
    model.train(SENTENCES, total_examples=12, epochs=1)
    assert model.syn1.any() == ("hs" not in objective)
    assert model.syn1neg.any() == ("negative" not in objective)


def test_vectors_from_elsewhere_have_no_counts():
    model = built()
    wv = KeyedVectors(4)
    wv.add_vectors(model.wv.index_to_key, model.wv.vectors)
    model.wv = wv
    with pytest.raises(NotTrainableError, match="the model has no count, sample_int"):
        model.train(SENTENCES, total_examples=12, epochs=1)


@pytest.mark.parametrize("name", ["vectors", "syn1neg"])
@pytest.mark.parametrize(
    "change", [lambda x: x.astype(np.float64), np.asfortranarray, lambda x: x.tolist()]
)
def test_weights_of_a_wrong_type_are_refused_with_the_cure(name, change):
    model = built()
    owner = model.wv if name == "vectors" else model
    given = change(getattr(owner, name))
    owner.__dict__[name] = given
    with pytest.raises(NotTrainableError, match=f"{name} is trained in place.*np.array"):
        model.train(SENTENCES, total_examples=12, epochs=1)


@pytest.mark.parametrize("locks", [0.0, np.zeros(1), np.zeros(3, np.int64)])
def test_lock_factors_may_be_numbers_of_any_kind(locks):
    model = built()
    before = model.wv.vectors.copy()
    model.wv.vectors_lockf = locks
    model.train(SENTENCES, total_examples=12, epochs=1)
    np.testing.assert_array_equal(model.wv.vectors, before)


def test_a_vector_size_that_does_not_fit_the_vectors_is_refused():
    model = built()
    model.vector_size = 7
    with pytest.raises(NotTrainableError, match="vector_size=7"):
        model.train(SENTENCES, total_examples=12, epochs=1)


def test_options_set_in_a_callback_are_live():
    class Change(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            model.window = 1 if model.window == 5 else 5
            model.workers = 2

    def loss(**options):
        model = Word2Vec(
            SENTENCES * 50, compute_loss=True, sg=1, sample=0, **SMALL | {"epochs": 2}, **options
        )
        return model, model.epoch_losses, model.get_latest_training_loss()

    changed, means, total = loss(callbacks=[Change()])
    _, _, plain = loss()
    assert changed.workers == 2
    assert changed.window == 5
    assert len(means) == 2
    assert total < 0.9 * plain  # fewer pairs in the epoch with a window of 1


def test_start_alpha_of_a_callback_stays():
    class Halve(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.alpha /= 2

    model = built()
    model.train(SENTENCES, total_examples=12, epochs=1, start_alpha=0.02, callbacks=[Halve()])
    assert model.alpha == 0.01


def test_saving_in_a_callback_works(tmp_path):
    class Save(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.save(tmp_path / f"{len(model.epoch_losses)}.w2v")

    Word2Vec(SENTENCES, callbacks=[Save()], compute_loss=True, **SMALL | {"epochs": 2})
    assert len(Word2Vec.load(tmp_path / "2.w2v").epoch_losses) == 2


def test_locked_rows_keep_every_bit():
    model = built(sg=1, sample=0)
    locks = np.ones(5, np.float32)
    locks[[1, 3]] = 0
    model.wv.vectors_lockf = locks
    before = model.wv.vectors.copy()
    model.train(SENTENCES * 20, total_examples=240, epochs=2)
    same = (model.wv.vectors == before).all(axis=1)
    # "b" and "d" are locked; "e" stands alone and has no contexts.
    assert model.wv.index_to_key == ["a", "b", "e", "d", "c"]
    assert same.tolist() == [False, True, True, True, False]


def test_str_says_the_size():
    assert str(built()) == "Word2Vec<vocab=5, vector_size=4, alpha=0.025>"


def test_line_sentences_train_like_lists(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(s) + "\n" for s in SENTENCES))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lines = Word2Vec(LineSentence(path), **SMALL)
    np.testing.assert_array_equal(lines.wv.vectors, Word2Vec(SENTENCES, **SMALL).wv.vectors)


@pytest.mark.parametrize("options", [{}, {"max_vocab_size": 100}], ids=["scan", "pruned scan"])
def test_an_open_file_is_a_corpus(options, tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(s) + "\n" for s in SENTENCES))
    with open(path, "rb") as file:
        opened = Word2Vec(corpus_file=file, **SMALL, **options)
    np.testing.assert_array_equal(opened.wv.vectors, Word2Vec(SENTENCES, **SMALL).wv.vectors)

"""Methods of whole epochs and of reports that subclasses override: called and obeyed."""

import pickle

import pytest
from numpy.testing import assert_array_equal

from word2vec import Word2Vec
from word2vec.errors import (
    NotTrainableError,
    ParameterError,
    ParameterTypeError,
)

SENTENCES = [[f"w{i * j % 23}" for j in range(2 + i % 9)] for i in range(60)]
WORDS = sum(map(len, SENTENCES))
SMALL = {"vector_size": 6, "min_count": 1, "workers": 1, "batch_words": 40, "epochs": 2}
# One learning rate for a batch, as jobs have it, is then that of each sentence.
CONSTANT = SMALL | {"alpha": 0.03, "min_alpha": 0.03}


# ---- epochs ------------------------------------------------------------------


class Epochs(Word2Vec):
    """Notes every epoch and trains it on `replacement`, if there is one."""

    replacement = None

    def __init__(self, *args, **options):
        self.seen = []
        super().__init__(*args, **options)

    def _train_epoch(self, data_iterable, **arguments):
        self.seen.append((data_iterable, arguments))
        return super()._train_epoch(self.replacement or data_iterable, **arguments)

    def _train_epoch_corpusfile(self, corpus_file, **arguments):
        self.seen.append((corpus_file, arguments))
        return super()._train_epoch_corpusfile(self.replacement or corpus_file, **arguments)


def test_an_epoch_gets_gensims_arguments():
    model = Epochs(**SMALL)
    model.build_vocab(SENTENCES)
    callbacks = ()
    model.train(
        SENTENCES,
        total_examples=60,
        total_words=WORDS,
        epochs=2,
        queue_factor=7,
        report_delay=3.0,
        callbacks=callbacks,
    )
    assert [corpus is SENTENCES for corpus, _ in model.seen] == [True, True]
    assert [arguments["cur_epoch"] for _, arguments in model.seen] == [0, 1]
    assert model.seen[1][1] == {
        "cur_epoch": 1,
        "total_examples": 60,
        "total_words": WORDS,
        "queue_factor": 7,
        "report_delay": 3.0,
        "callbacks": callbacks,
    }
    plain = Word2Vec(SENTENCES, **SMALL)
    assert_array_equal(model.wv.vectors, plain.wv.vectors)


class Copied(Word2Vec):
    """Pickles itself in the middle of an epoch."""

    def _log_progress(self, *counts):
        self.__dict__.setdefault("copies", []).append(pickle.dumps(self.wv))
        pickle.dumps(self)


def test_a_model_can_be_pickled_within_an_epoch():
    model = Copied(**SMALL)
    model.build_vocab(SENTENCES)
    model.train(SENTENCES, total_examples=60, epochs=2, report_delay=0.0)
    assert_array_equal(pickle.loads(model.copies[-1]).vectors, model.wv.vectors)


def test_an_epoch_may_train_on_another_corpus():
    class Backwards(Epochs):
        replacement = SENTENCES[::-1]

    model = Backwards(**SMALL)
    plain = Word2Vec(**SMALL)
    for one, corpus in ((model, SENTENCES), (plain, SENTENCES[::-1])):
        one.build_vocab(SENTENCES)
        one.train(corpus, total_examples=60, epochs=2)
    assert_array_equal(model.wv.vectors, plain.wv.vectors)


def test_epochs_of_a_file_have_a_method_of_their_own(tmp_path):
    path, other = tmp_path / "corpus", tmp_path / "other"
    path.write_text("\n".join(map(" ".join, SENTENCES)))
    other.write_text("\n".join(map(" ".join, SENTENCES[::-1])))
    model = Epochs(corpus_file=path, **SMALL)
    assert [corpus for corpus, _ in model.seen] == [path, path]
    assert model.seen[1][1] == {
        "cur_epoch": 1,
        "total_examples": 60,
        "total_words": WORDS,
        "callbacks": (),
    }
    assert_array_equal(model.wv.vectors, Word2Vec(corpus_file=path, **SMALL).wv.vectors)

    class Backwards(Epochs):
        replacement = other

    backwards, plain = (cls(**SMALL) for cls in (Backwards, Word2Vec))
    for one, corpus in ((backwards, path), (plain, other)):
        one.build_vocab(corpus_file=path)
        one.train(corpus_file=corpus, total_words=WORDS, epochs=2)
    assert_array_equal(backwards.wv.vectors, plain.wv.vectors)


def test_what_an_epoch_returns_is_what_counts():
    ended = []

    class Counts(Word2Vec):
        def _train_epoch(self, data_iterable, cur_epoch=0, **arguments):
            if cur_epoch:
                super()._train_epoch(data_iterable, cur_epoch=cur_epoch, **arguments)
            return 5, 7, 2

        def _log_train_end(self, raw_word_count, trained_word_count, total_elapsed, job_tally):
            ended.append((raw_word_count, trained_word_count, total_elapsed >= 0, job_tally))

    model = Counts(**SMALL)
    model.build_vocab(SENTENCES)
    assert model.train(SENTENCES, total_examples=60, epochs=2) == (10, 14)
    assert ended == [(14, 10, True, 4)]


def test_an_epoch_belongs_to_a_run():
    model = Word2Vec(SENTENCES, **SMALL)
    with pytest.raises(NotTrainableError, match="a part of train"):
        model._train_epoch(SENTENCES, total_examples=60)

    class Lost(Word2Vec):
        def _train_epoch(self, data_iterable, **arguments):
            return model._train_epoch(data_iterable, **arguments)

    with pytest.raises(NotTrainableError, match="a part of train"):
        Lost(SENTENCES, **SMALL)


def test_an_epoch_needs_to_know_its_length():
    class Forgets(Word2Vec):
        def _train_epoch(self, data_iterable, cur_epoch=0, **arguments):
            return super()._train_epoch(data_iterable, cur_epoch)

    with pytest.raises(ParameterError, match="either total_examples or total_words"):
        Forgets(SENTENCES, **SMALL)


@pytest.mark.parametrize(
    ("method", "result", "needed"),
    [
        ("_do_train_job", None, "2 integers, effective and raw words$"),
        ("_do_train_job", (1, 2, 3), "2 integers"),
        ("_do_train_job", (1.5, 2), "2 integers"),
        ("_train_epoch", 7, "3 integers, effective and raw words, and jobs"),
        ("_train_epoch", (1, 2), "3 integers"),
    ],
)
def test_results_that_cannot_be_are_refused(method, result, needed):
    cls = type("Bad", (Word2Vec,), {method: lambda self, *args, **kwargs: result})
    with pytest.raises(ParameterTypeError, match=rf"{method}\(\) returned .* must be {needed}"):
        cls(SENTENCES, **SMALL)


# ---- reports -----------------------------------------------------------------


def test_progress_is_told_to_a_subclass_instead_of_the_log(caplog):
    told = []

    class Tells(Word2Vec):
        def _log_progress(self, job_queue, progress_queue, cur_epoch, *counts):
            told.append((job_queue, progress_queue, cur_epoch, *counts))
            super()._log_progress(job_queue, progress_queue, cur_epoch, *counts)

    model = Tells(**SMALL)
    model.build_vocab(SENTENCES)
    with caplog.at_level("INFO"):
        trained, raw = model.train(
            SENTENCES, total_examples=60, total_words=WORDS, epochs=2, report_delay=0.0
        )
    (*first, elapsed), (*last, _) = told[0], told[-1]
    assert last == [None, None, 1, 60, 60, WORDS, WORDS, last[7]]
    assert first[2] == 0
    assert elapsed >= 0
    assert sum(end[7] for end in (first, last)) == trained
    assert raw == 2 * WORDS
    lines = [r.getMessage() for r in caplog.records if "PROGRESS" in r.getMessage()]
    assert len(lines) == len(told)
    assert lines[-1].startswith("EPOCH 1 - PROGRESS: at 100.00% examples, ")
    with caplog.at_level("INFO"):
        model._log_progress(None, None, 3, 1, None, 30, 60, 25, 2.0)
    assert "EPOCH 3 - PROGRESS: at 50.00% words, 12 words/s" in caplog.text


def test_the_end_of_an_epoch_and_of_training_is_told(caplog, tmp_path):
    told = []

    class Tells(Word2Vec):
        def _log_epoch_end(self, *args):
            told.append(args)

    with caplog.at_level("INFO"):
        Tells(SENTENCES, **SMALL)
    *counts, elapsed, from_file = told[1]
    assert counts[:5] == [1, 60, 60, WORDS, WORDS]
    assert 0 < counts[5] <= WORDS
    assert elapsed > 0
    assert from_file is False
    assert "training on 2" not in caplog.text.replace(f"training on {2 * WORDS}", "")
    assert f"training on {2 * WORDS} raw words" in caplog.text
    path = tmp_path / "corpus"
    path.write_text("\n".join(map(" ".join, SENTENCES)))
    Tells(corpus_file=path, **SMALL)
    assert told[-1][-1] is True


def test_a_subclass_may_check_the_corpus_itself():
    checked = []

    class Lenient(Word2Vec):
        def _check_corpus_sanity(self, corpus_iterable=None, corpus_file=None, passes=1):
            checked.append((corpus_iterable is SENTENCES, corpus_file, passes))

    Lenient(SENTENCES, **SMALL)
    # Of the constructor, of build_vocab and of train, as gensim asks.
    assert checked == [(True, None, 3), (True, None, 1), (True, None, 2)]

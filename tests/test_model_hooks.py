"""Methods that subclasses override to change training: called as in gensim, and obeyed."""

from threading import get_ident

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from word2vec import LineSentence, Word2Vec
from word2vec.errors import (
    NotTrainableError,
    ParameterError,
    UnreachableHookError,
)

SENTENCES = [[f"w{i * j % 23}" for j in range(2 + i % 9)] for i in range(60)]
WORDS = sum(map(len, SENTENCES))
SMALL = {"vector_size": 6, "min_count": 1, "workers": 1, "batch_words": 40, "epochs": 2}
# One learning rate for a batch, as jobs have it, is then that of each sentence.
CONSTANT = SMALL | {"alpha": 0.03, "min_alpha": 0.03}


class Jobs(Word2Vec):
    """Notes every job and trains it."""

    def __init__(self, *args, **options):
        self.jobs = []
        super().__init__(*args, **options)

    def _do_train_job(self, sentences, alpha, inits):
        self.jobs.append((sentences, alpha, inits, get_ident()))
        return super()._do_train_job(sentences, alpha, inits)


# ---- batches -----------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"sg": 1, "hs": 1, "negative": 0}], ids=str)
def test_jobs_that_are_passed_on_train_the_same_bits(options):
    options = CONSTANT | options | {"sample": 0.01, "compute_loss": True}
    jobs, plain = (cls(SENTENCES, **options) for cls in (Jobs, Word2Vec))
    assert_array_equal(jobs.wv.vectors, plain.wv.vectors)
    assert jobs.epoch_losses == plain.epoch_losses
    train = {"total_examples": 60, "epochs": 1}
    assert jobs.train(SENTENCES, **train) == plain.train(SENTENCES, **train)
    assert_array_equal(jobs.wv.vectors, plain.wv.vectors)


@pytest.mark.parametrize("workers", [1, 3])
def test_jobs_hold_whole_sentences_and_every_one_once(workers):
    model = Jobs(Restartable(SENTENCES), **SMALL | {"workers": workers, "epochs": 1})
    assert sorted(s for job in model.jobs for s in job[0]) == sorted(SENTENCES)
    sizes = [sum(map(len, sentences)) for sentences, *_ in model.jobs]
    assert max(sizes) <= 40
    if workers == 1:
        # A job ends only where the next sentence does not fit.
        following = [len(job[0][0]) for job in model.jobs[1:]]
        assert all(a + b > 40 for a, b in zip(sizes, following, strict=False))
        rates = [alpha for _, alpha, *_ in model.jobs]
        assert rates[0] == pytest.approx(0.025)
        assert rates == sorted(rates, reverse=True)
        assert rates[-1] == pytest.approx(0.025 - 0.0249 * (WORDS - sizes[-1]) / WORDS)


class Restartable:  # an iterable that is no list
    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


def test_each_worker_has_memory_of_its_own():
    class Memory(Jobs):
        def _get_thread_working_mem(self):
            return ["of", get_ident()]

    model = Memory(SENTENCES, **SMALL | {"workers": 3})
    assert all(inits == ["of", thread] for _, _, inits, thread in model.jobs)
    work, neu1 = Jobs(SENTENCES, **SMALL).jobs[0][2]
    for array in (work, neu1):
        assert_array_equal(array, np.zeros(6, np.float32), strict=True)


def test_what_a_job_returns_is_what_counts(caplog):
    class Skips(Word2Vec):
        def _do_train_job(self, sentences, alpha, inits):
            return 1, 10

    model = Skips(SENTENCES, **SMALL)
    before = model.wv.vectors.copy()
    jobs = len(Jobs(SENTENCES, **SMALL | {"epochs": 1}).jobs)
    assert model.train(SENTENCES, total_examples=60, epochs=3) == (3 * jobs, 30 * jobs)
    assert_array_equal(model.wv.vectors, before)
    assert "supplied raw word count" in caplog.text


def test_sentences_may_be_anything_that_is_counted_and_unpacked():
    class Documents(Word2Vec):
        def _raw_word_count(self, job):
            return sum(len(document["words"]) for document in job)

        def _do_train_job(self, sentences, alpha, inits):
            words = [document["words"] for document in sentences]
            kept, _ = super()._do_train_job([], alpha, inits)
            kept += Word2Vec._do_train_job(PLAIN, words, alpha, inits)[0]
            return kept, self._raw_word_count(sentences)

    model = Documents(**CONSTANT)
    model.build_vocab(SENTENCES)
    PLAIN = Word2Vec(**CONSTANT)
    PLAIN.build_vocab(SENTENCES)
    documents = [{"words": sentence} for sentence in SENTENCES]
    trained, raw = model.train(documents, total_words=WORDS, epochs=2)
    assert 0 < trained <= raw == 2 * WORDS
    assert (PLAIN.syn1neg != 0).any()


def test_the_same_job_trained_twice_draws_twice():
    kept = []

    class Twice(Word2Vec):
        def _do_train_job(self, sentences, alpha, inits):
            counts = [super(Twice, self)._do_train_job(sentences, 0.0, inits) for _ in range(8)]
            kept.extend(count for count, _ in counts)
            return counts[0]

    Twice(SENTENCES, **SMALL | {"sample": 0.01, "epochs": 1, "batch_words": 10**6})
    assert len(kept) == 8
    assert len(set(kept)) > 2


def test_a_job_can_be_trained_from_outside():
    model = Word2Vec(**CONSTANT | {"sample": 0.01})
    with pytest.raises(NotTrainableError, match="you must first build vocabulary"):
        model._do_train_job(SENTENCES, 0.01, None)
    model.build_vocab(SENTENCES)
    before = model.wv.vectors.copy()
    kept = [model._do_train_job(iter(SENTENCES), 0.01, None) for _ in range(8)]
    assert {raw for _, raw in kept} == {WORDS}
    assert len(set(kept)) > 2
    assert not np.array_equal(model.wv.vectors, before)
    assert model._do_train_job([], 0.01, None) == (0, 0)
    with pytest.raises(ParameterError, match="learning rate"):
        model._do_train_job(SENTENCES, float("nan"), None)
    model.negative, model.hs = 0, 1
    with pytest.raises(NotTrainableError, match="no syn1,"):
        model._do_train_job(SENTENCES, 0.01, None)


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_a_job_reaches_the_caller(workers):
    class Breaks(Word2Vec):
        def _do_train_job(self, sentences, alpha, inits):
            raise KeyError("in a job")

    with pytest.raises(KeyError, match="in a job"):
        Breaks(SENTENCES, **SMALL | {"workers": workers})


def test_a_method_set_on_the_object_is_an_override_too():
    model = Word2Vec(**SMALL)
    model.build_vocab(SENTENCES)
    model._do_train_job = lambda sentences, alpha, inits: (0, len(sentences))
    assert model.train(SENTENCES, total_examples=60, epochs=1) == (0, 60)


# ---- rates and checks --------------------------------------------------------


def test_a_subclass_may_set_the_learning_rate():
    asked = []

    class Steps(Word2Vec):
        def _get_next_alpha(self, epoch_progress, cur_epoch):
            asked.append((epoch_progress, cur_epoch))
            return 0.02 if cur_epoch == 0 else 0.0

    options = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0, "batch_words": 40}
    model = Steps(SENTENCES, epochs=2, **options)
    progress = [share for share, epoch in asked if epoch == 0]
    assert progress == sorted(progress)
    assert progress[0] == 0.0
    assert 0.5 < progress[-1] < 1.0
    assert [share for share, epoch in asked if epoch == 1] == progress
    # A rate of zero moves nothing: two epochs are one at a constant rate.
    constant = Word2Vec(SENTENCES, epochs=1, alpha=0.02, min_alpha=0.02, **options)
    assert_array_equal(model.wv.vectors, constant.wv.vectors)


def test_a_rate_that_cannot_be_is_refused():
    class Bad(Word2Vec):
        def _get_next_alpha(self, epoch_progress, cur_epoch):
            return float("nan")

    with pytest.raises(ParameterError, match="learning rate"):
        Bad(SENTENCES, **SMALL)


def test_a_subclass_may_check_before_and_clear_after_training():
    calls = []

    class Strict(Word2Vec):
        def _check_training_sanity(self, epochs=None, **kwargs):
            calls.append(("check", epochs))
            super()._check_training_sanity(epochs=epochs, **kwargs)

        def _clear_post_train(self):
            calls.append(("clear", self.train_count))

    Strict(SENTENCES, min_count=1, epochs=2)
    assert calls == [("check", 2), ("clear", 1)]
    with pytest.raises(NotTrainableError):
        Strict().train(SENTENCES, total_examples=1, epochs=1)


def test_the_linear_rate_can_be_asked_for():
    model = Word2Vec(alpha=0.5, min_alpha=0.1, epochs=4)
    assert model._get_next_alpha(0.0, 0) == 0.5
    assert model._get_next_alpha(0.5, 1) == pytest.approx(0.35)
    assert model._get_next_alpha(1.0, 9) == 0.1
    assert model._raw_word_count([["a", "b"], ["c"]]) == 3


# ---- what would never be called -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("_worker_loop", "_do_train_job"),
        ("_worker_loop_corpusfile", "_train_epoch_corpusfile"),
        ("_job_producer", "_train_epoch"),
        ("_do_train_epoch", "_train_epoch_corpusfile"),
        ("_log_epoch_progress", "_log_progress"),
        ("_scan_vocab", "scan_vocab"),
    ],
)
def test_methods_of_gensims_queues_are_refused_and_not_ignored(name, cure):
    cls = type("Queued", (Word2Vec,), {name: lambda self, *args, **kwargs: None})
    with pytest.raises(UnreachableHookError, match=rf"Queued overrides {name}\(\).*{cure}"):
        cls(SENTENCES, **SMALL)
    model = Word2Vec(**SMALL)
    model.build_vocab(SENTENCES)
    vars(model)[name] = lambda *args: None
    with pytest.raises(NotImplementedError, match=name):
        model.train(SENTENCES, total_examples=60, epochs=1)


@pytest.mark.parametrize("name", ["_do_train_job", "_raw_word_count", "_get_thread_working_mem"])
def test_a_file_does_not_pass_by_the_methods_for_sentences(name, tmp_path):
    path = tmp_path / "corpus"
    path.write_text("\n".join(map(" ".join, SENTENCES)))
    base = getattr(Word2Vec, name)
    cls = type("Own", (Word2Vec,), {name: lambda self, *args: base(self, *args)})
    with pytest.raises(UnreachableHookError, match=rf"{name}\(\).*LineSentence\(path\)"):
        cls(corpus_file=path, **SMALL)
    model = cls(LineSentence(path), **CONSTANT)
    assert_array_equal(model.wv.vectors, Word2Vec(corpus_file=path, **CONSTANT).wv.vectors)


# ---- the vocabulary ----------------------------------------------------------


def test_build_vocab_goes_through_the_steps_of_a_subclass():
    calls = []

    class Steps(Word2Vec):
        def scan_vocab(self, corpus_iterable=None, corpus_file=None, **arguments):
            calls.append(("scan", sorted(arguments)))
            result = super().scan_vocab(corpus_iterable, corpus_file, **arguments)
            self.raw_vocab.pop("w0", None)
            return result

        def prepare_vocab(self, **arguments):
            calls.append(("prepare", sorted(arguments)))
            return super().prepare_vocab(**arguments)

    model = Steps(SENTENCES, **SMALL)
    assert calls == [
        ("scan", ["progress_per", "trim_rule"]),
        ("prepare", ["keep_raw_vocab", "trim_rule", "update"]),
    ]
    plain = Word2Vec(SENTENCES, **SMALL)
    assert set(plain.wv.index_to_key) - set(model.wv.index_to_key) == {"w0"}
    assert (model.corpus_count, model.corpus_total_words) == (60, WORDS)
    assert model.raw_vocab == {}
    model.build_vocab([["new"] * 3], update=True, min_count=3, keep_raw_vocab=True)
    assert "new" in model.wv
    assert model.raw_vocab == {"new": 3}
    assert calls[-1] == ("prepare", ["keep_raw_vocab", "min_count", "trim_rule", "update"])


def test_steps_that_are_passed_on_build_the_same_vocabulary():
    class Same(Word2Vec):
        def scan_vocab(self, *args, **kwargs):
            return super().scan_vocab(*args, **kwargs)

    same, plain = (cls(SENTENCES, **SMALL) for cls in (Same, Word2Vec))
    assert same.wv.index_to_key == plain.wv.index_to_key
    assert_array_equal(same.wv.vectors, plain.wv.vectors)

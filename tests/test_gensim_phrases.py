"""Phrases that gensim saved, of all releases, read without gensim and without running them.

The files are written by Python's own pickle from stand-ins of gensim's classes, with
the attributes that each release had.
"""

import pickle
import sys
from collections import defaultdict

import fake_gensim
import numpy as np
import pytest

from word2vec import (
    FrozenPhrases,
    KeyedVectors,
    Phraser,
    Phrases,
    Word2Vec,
    npmi_scorer,
    original_scorer,
)
from word2vec.errors import FormatError, ParameterError, RefusedGlobalError, WrongObjectError

COUNTS = {"new": 3, "york": 3, "new_york": 3, "of": 2, "münchen": 2, "york_of_münchen": 2}
SCORES = {"new_york": 2.0, "york_of_münchen": 1.5}
SENTENCE = ["new", "york", "of", "münchen"]


def encoded(counts):
    return {text.encode(): count for text, count in counts.items()}


def phrases_of_4(g, **changes):
    return g.Phrases(**{
        "connector_words": frozenset({"of"}), "min_count": 1, "threshold": 0.5,
        "max_vocab_size": 1000, "delimiter": "_", "progress_per": 100, "vocab": dict(COUNTS),
        "corpus_word_count": 10, "min_reduce": 2, "scoring": g.original_scorer,
        "lifecycle_events": [{"event": "created"}], **changes,
    })  # fmt: skip


def phrases_of_3(g, **changes):
    vocab = defaultdict(int, encoded(COUNTS))
    vocab[b"looked up, never seen"] = 0
    return g.Phrases(**{
        "common_terms": frozenset({b"of"}), "min_count": 1, "threshold": 0.5,
        "max_vocab_size": 1000, "delimiter": b"_", "progress_per": 100, "vocab": vocab,
        "corpus_word_count": 10, "min_reduce": 2, "scoring": g.original_scorer, **changes,
    })  # fmt: skip


def phrases_of_3_1(g, **changes):
    return phrases_of_3(g, scoring="default", **changes)


def phrases_of_2(g, **changes):
    model = phrases_of_3(g, **changes)
    for name in ("common_terms", "corpus_word_count", "scoring"):
        del model.__dict__[name]
    return model


def frozen_of_4(g, **changes):
    return g.FrozenPhrases(**{
        "connector_words": frozenset({"of"}), "min_count": 1, "threshold": 0.5,
        "delimiter": "_", "scoring": g.npmi_scorer, "phrasegrams": dict(SCORES), **changes,
    })  # fmt: skip


def frozen_of_3(g, **changes):
    return g.Phraser(**{
        "common_terms": frozenset({b"of"}), "min_count": 1, "threshold": 0.5,
        "delimiter": b"_", "scoring": g.npmi_scorer,
        "phrasegrams": {
            (b"new", b"york"): (3, 2.0),
            (b"york", b"of", "münchen".encode()): (2, np.float32(1.5)),
        },
        **changes,
    })  # fmt: skip


def write(path, make, protocol=4, **changes):
    with fake_gensim.installed() as g:
        path.write_bytes(pickle.dumps(make(g, **changes), protocol))
    return path


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("make", [phrases_of_4, phrases_of_3, phrases_of_3_1, phrases_of_2])
def test_phrases_of_every_release_are_read(make, protocol, trusted, tmp_path):
    model = Phrases.load(write(tmp_path / "model", make, protocol), trusted=trusted)
    assert dict(model.vocab) == COUNTS
    assert (model.min_count, model.threshold, model.min_reduce) == (1, 0.5, 2)
    assert (model.max_vocab_size, model.progress_per, model.delimiter) == (1000, 100, "_")
    assert model.corpus_word_count == (0 if make is phrases_of_2 else 10)
    assert model.connector_words == (frozenset() if make is phrases_of_2 else {"of"})
    assert model.scoring is original_scorer
    assert model.lifecycle_events == ([{"event": "created"}] if make is phrases_of_4 else [])
    # By hand: "new york" scores (3 - 1) / (3 * 3) * 6 texts, above the threshold.
    assert model[SENTENCE] == ["new_york", "of", "münchen"]
    model.add_vocab([SENTENCE])
    assert model.vocab["new"] == 4


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("make", [frozen_of_4, frozen_of_3])
def test_frozen_phrases_of_every_release_are_read(make, trusted, tmp_path):
    model = Phraser.load(write(tmp_path / "model", make), trusted=trusted)
    assert model.phrasegrams == SCORES
    assert (model.min_count, model.threshold, model.delimiter) == (1, 0.5, "_")
    assert model.connector_words == {"of"}
    assert model.scoring is npmi_scorer
    assert model[SENTENCE] == ["new_york", "of", "münchen"]
    assert model[SENTENCE[1:]] == ["york_of_münchen"]


def test_absent_options_have_the_defaults_of_their_time(tmp_path):
    def barely(g):
        return g.Phrases(min_count=1, threshold=0.5, vocab={b"a": 1})

    model = Phrases.load(write(tmp_path / "model", barely))
    fresh = Phrases()
    for name in ("max_vocab_size", "progress_per", "min_reduce", "delimiter", "connector_words"):
        assert getattr(model, name) == getattr(fresh, name)


def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return 1


def test_a_scoring_function_is_found_in_imported_modules_only(tmp_path, monkeypatch):
    with monkeypatch.context() as imported:
        imported.setitem(sys.modules, __name__, sys.modules[scorer.__module__])
        path = write(tmp_path / "model", phrases_of_4, scoring=scorer)
        assert Phrases.load(path).scoring is scorer
    monkeypatch.delitem(sys.modules, __name__, raising=False)
    with pytest.raises(ParameterError, match=r"scorer.*hold no code: import the module"):
        Phrases.load(path)
    assert Phrases.load(path, scoring=scorer).scoring is scorer
    frozen = write(tmp_path / "frozen", frozen_of_4, scoring=None)
    assert FrozenPhrases.load(frozen, scoring=scorer).scoring is scorer


def test_frozen_phrases_do_without_a_function_that_is_not_found(tmp_path):
    with fake_gensim.installed() as g:
        data = pickle.dumps(frozen_of_4(g, scoring=g.users_scorer))
    (tmp_path / "model").write_bytes(data)
    model = FrozenPhrases.load(tmp_path / "model")
    assert model.scoring is None
    assert model.phrasegrams == SCORES


class Payload:
    def __reduce__(self):
        return (open, ("pwned", "w"))


@pytest.mark.parametrize("place", ["scoring", "vocab", "junk"])
def test_hostile_phrases_run_nothing(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "model", phrases_of_4, **{place: Payload()})
    with pytest.raises(RefusedGlobalError, match=r"io\.open.*trusted=True"):
        Phrases.load(path)
    path = write(tmp_path / "model", phrases_of_4, scoring=eval)
    with pytest.raises(RefusedGlobalError, match=r"eval.*trusted=True"):
        Phrases.load(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_users_classes_are_refused_where_a_name_is_not(tmp_path):
    def with_object(g):
        return phrases_of_4(g, scoring=g.Callback())

    with pytest.raises(RefusedGlobalError, match=r"users_module\.Callback.*trusted=True"):
        Phrases.load(write(tmp_path / "model", with_object))


class Scorer:
    def __call__(self, **counts):
        return 1.0


def test_trusted_files_may_score_with_anything(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Scorer.__module__])
    path = write(tmp_path / "model", phrases_of_4, scoring=Scorer())
    assert type(Phrases.load(path, trusted=True).scoring) is Scorer


def test_classes_do_not_read_each_others_files(tmp_path):
    counted = write(tmp_path / "phrases", phrases_of_3)
    frozen = write(tmp_path / "frozen", frozen_of_3)
    with pytest.raises(WrongObjectError, match=r"models\.phrases\.Phrases, which FrozenPhrases"):
        FrozenPhrases.load(counted)
    with pytest.raises(WrongObjectError, match=r"models\.phrases\.Phraser, which Phrases"):
        Phrases.load(frozen)
    for cls in (Word2Vec, KeyedVectors):
        with pytest.raises(WrongObjectError):
            cls.load(counted)


@pytest.mark.parametrize(
    ("make", "changes", "message"),
    [
        (phrases_of_4, {"vocab": ["new"]}, "no vocabulary of phrases"),
        (phrases_of_4, {"vocab": {"new": -1}}, "count -1"),
        (phrases_of_4, {"vocab": {"new": 2**63}}, "count 9223372036854775808"),
        (phrases_of_4, {"vocab": {"new": 1.0}}, r"count 1\.0"),
        (phrases_of_4, {"vocab": {5: 1}}, "where a text should be, the file has 5"),
        (phrases_of_3, {"vocab": {b"\xff": 1}}, "no UTF-8"),
        (phrases_of_4, {"scoring": "best"}, "unknown scoring method string best"),
        (phrases_of_4, {"scoring": 5}, "scoring=5"),
        (phrases_of_4, {"threshold": "high"}, "threshold='high'"),
        (phrases_of_4, {"min_reduce": None}, "min_reduce=None"),
        (phrases_of_4, {"delimiter": 5}, "where a text should be, the file has 5"),
        (phrases_of_4, {"connector_words": 5}, "connector_words=5"),
        (frozen_of_4, {"phrasegrams": ["new_york"]}, "no phrases"),
        (frozen_of_4, {"phrasegrams": {"new_york": "high"}}, "score 'high'"),
        (frozen_of_4, {"phrasegrams": {"new_york": True}}, "score True"),
    ],
)
def test_damaged_files_are_refused(make, changes, message, tmp_path):
    cls = FrozenPhrases if make is frozen_of_4 else Phrases
    with pytest.raises(FormatError, match=message):
        cls.load(write(tmp_path / "model", make, **changes))


def test_every_sample_of_gensims_own_is_read():
    """What the installed gensim has: its answers in its test_phrases, with its classes."""
    gensim = pytest.importorskip("gensim", reason="compares with an installed gensim")
    from pathlib import Path

    folder = Path(gensim.__file__).parent / "test" / "test_data"
    sentence = ["trees", "graph", "minors", "human", "interface"]
    names = sorted(path.name for path in folder.glob("phrase*"))
    assert len(names) == 8
    for name in names:
        cls = Phrases if name.startswith("phrases") else FrozenPhrases
        theirs = getattr(gensim.models.phrases, cls.__name__).load(str(folder / name))
        ours = cls.load(folder / name)
        assert ours[sentence] == theirs[sentence] == ["trees", "graph_minors", "human_interface"]
        assert ours.find_phrases([sentence]) == theirs.find_phrases([sentence])

"""Saving and loading phrases: what comes back, and which files are refused."""

import io
import math
import sys

import numpy as np
import pytest

from word2vec import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases, npmi_scorer, original_scorer
from word2vec.errors import FormatError, ParameterError, ParameterTypeError
from word2vec.io import container
from word2vec.phrases.scoring import find_scoring

CORPUS = [["new", "york", "city"], ["in", "new", "york"], ["king_of", "é", "\ud800"], [""]]


def constant_scorer(
    worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count
):
    return 1


def saved(model):
    file = io.BytesIO()
    model.save(file)
    file.seek(0)
    return file


def test_everything_comes_back(tmp_path):
    model = Phrases(
        CORPUS,
        min_count=0.5,
        threshold=-math.inf,
        max_vocab_size=40e6,
        delimiter=" ",
        progress_per=7,
        scoring=npmi_scorer,
        connector_words=ENGLISH_CONNECTOR_WORDS,
    )
    model.min_reduce = 3
    model.save(tmp_path / "model.phrases")
    loaded = Phrases.load(tmp_path / "model.phrases", mmap="r")
    assert list(loaded.vocab.items()) == list(model.vocab.items())
    assert {k: v for k, v in vars(loaded).items() if k != "_vocab"} == {
        k: v for k, v in vars(model).items() if k != "_vocab"
    }
    assert list(loaded[CORPUS]) == list(model[CORPUS])
    loaded.add_vocab(CORPUS)
    model.add_vocab(CORPUS)
    assert loaded.vocab == model.vocab


def test_frozen_phrases_come_back(tmp_path):
    model = Phrases(CORPUS, 1, 0.5, connector_words={"in"}).freeze()
    model.save(str(tmp_path / "model.phrases"))
    loaded = FrozenPhrases.load(str(tmp_path / "model.phrases"))
    assert vars(loaded) == vars(model)
    assert loaded.scoring is original_scorer
    assert list(loaded.phrasegrams) == list(model.phrasegrams)


def test_phrases_without_words_come_back():
    assert Phrases.load(saved(Phrases())).vocab == {}
    assert FrozenPhrases.load(saved(Phrases().freeze())).phrasegrams == {}


def test_events_tell_an_object_s_life_and_are_saved():
    model = Phrases(CORPUS, 1, 0.5)
    model.add_lifecycle_event("checked", log_level=None, by="hand")
    frozen = model.freeze()
    for one in (model, frozen):
        assert type(one).load(saved(one)).lifecycle_events == one.lifecycle_events
    assert [event["event"] for event in model.lifecycle_events] == ["created", "checked"]
    assert model.lifecycle_events[0]["msg"].startswith(f"counted into {model} in ")
    assert model.lifecycle_events[1]["by"] == "hand"
    (created,) = frozen.lifecycle_events
    assert created["msg"].startswith(f"exported {frozen} from {model} in ")


def test_none_switches_events_off():
    model = Phrases(CORPUS, 1, 0.5)
    model.lifecycle_events = None
    model.add_lifecycle_event("checked")
    assert model.lifecycle_events is None
    assert Phrases.load(saved(model)).lifecycle_events is None


def test_files_without_events_are_read():
    model = damaged(Phrases(CORPUS), lambda tensors, facts: facts.pop("lifecycle_events"))
    assert Phrases.load(model).lifecycle_events == []


def forget(monkeypatch):
    """Have this module, with its scoring functions, not imported."""
    monkeypatch.delitem(sys.modules, __name__)


def test_a_function_is_found_where_its_module_is_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[constant_scorer.__module__])
    model = Phrases(CORPUS, 1, 0.5, scoring=constant_scorer)
    assert Phrases.load(saved(model)).scoring is constant_scorer
    frozen = FrozenPhrases.load(saved(model.freeze()))
    assert frozen.scoring is constant_scorer
    assert FrozenPhrases.load(saved(model.freeze()), scoring="npmi").scoring is npmi_scorer


def test_a_function_of_ones_own_is_not_in_the_file(monkeypatch):
    file = saved(Phrases(CORPUS, 1, 0.5, scoring=constant_scorer))
    forget(monkeypatch)
    with pytest.raises(ParameterError, match=r"constant_scorer.*hold no code: import the module"):
        Phrases.load(file)
    for scoring in (constant_scorer, npmi_scorer):
        file.seek(0)
        assert Phrases.load(file, scoring=scoring).scoring is scoring
    file.seek(0)
    assert Phrases.load(file, scoring="npmi").scoring is npmi_scorer
    file.seek(0)
    with pytest.raises(ParameterError, match="missing expected parameters"):
        Phrases.load(file, scoring=lambda: 1)


def test_frozen_phrases_do_without_their_function(monkeypatch):
    model = Phrases(CORPUS, 1, 0.5, scoring=constant_scorer).freeze()
    forget(monkeypatch)
    loaded = FrozenPhrases.load(saved(model))
    assert loaded.scoring is None
    assert loaded.phrasegrams == model.phrasegrams
    assert list(loaded[CORPUS]) == list(model[CORPUS])
    assert FrozenPhrases.load(saved(model), scoring=constant_scorer).scoring is constant_scorer


@pytest.mark.parametrize(
    "path",
    [
        "os.system",  # built in, and no scoring function
        "shutil.rmtree",  # of other parameters
        "json.scanner.c_make_scanner",
        f"{__name__}.swallow_anything",  # would take the six, but was not written for them
        f"{__name__}.Callable.score",
        f"{__name__}.lookalike",  # callable, but of a class with code of its own
        "antigravity.fly",  # must not be imported
        "nowhere",
        "",
    ],
)
def test_names_in_files_lead_to_scoring_functions_only(path, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[constant_scorer.__module__])
    before = set(sys.modules)
    assert find_scoring(path) is None
    assert "antigravity" not in set(sys.modules) - before


def swallow_anything(*args, **kwargs):
    raise AssertionError("was called")


class Callable:
    @staticmethod
    def score(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
        raise AssertionError("was called")

    def __call__(
        self, worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count
    ):
        raise AssertionError("was called")


lookalike = Callable()


@pytest.mark.parametrize("change", [{"threshold": "high"}, {"connector_words": {1}}], ids=str)
def test_what_files_cannot_hold_is_refused(change):
    model = Phrases(CORPUS)
    vars(model).update(change)
    with pytest.raises(ParameterTypeError, match=next(iter(change))):
        saved(model)


@pytest.mark.parametrize("phrasegrams", [{5: 1.0}, {"a_b": None}], ids=str)
def test_phrasegrams_that_files_cannot_hold_are_refused(phrasegrams):
    model = Phrases(CORPUS).freeze()
    model.phrasegrams = phrasegrams
    with pytest.raises(ParameterTypeError, match="phrasegrams has"):
        saved(model)


def test_classes_do_not_read_each_others_files():
    model = Phrases(CORPUS)
    with pytest.raises(FormatError, match="holds 'phrases', and FrozenPhrases"):
        FrozenPhrases.load(saved(model))
    with pytest.raises(FormatError, match="holds 'frozen_phrases', and Phrases"):
        Phrases.load(saved(model.freeze()))


def damaged(model, change):
    content = container.read(saved(model))
    facts = content.meta["phrases"]
    change(content.tensors, facts)
    file = io.BytesIO()
    container.write(file, content.kind, content.tensors, {"phrases": facts})
    file.seek(0)
    return file


def setter(name, value):
    return lambda tensors, facts: facts.__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (setter("min_count", "5"), "min_count='5'"),
        (setter("threshold", True), "threshold=True"),
        (setter("max_vocab_size", None), "max_vocab_size=None"),
        (setter("corpus_word_count", -1), "corpus_word_count=-1"),
        (setter("min_reduce", 1.5), "min_reduce=1.5"),
        (setter("delimiter", 5), "delimiter=5"),
        (setter("connector_words", "of"), "connector_words='of'"),
        (setter("connector_words", [1]), r"connector_words=\[1\]"),
        (setter("lifecycle_events", {"event": "created"}), "lifecycle_events are not a list"),
        (setter("scoring", ["default"]), r"scoring=\['default'\]"),
        (lambda t, f: f.pop("delimiter"), "delimiter=None"),
        (lambda t, f: t.pop("counts"), "lacks the array 'counts'"),
        (lambda t, f: t.pop("keys.blob"), "lacks the array 'keys.blob'"),
        (lambda t, f: t.update(counts=t["counts"][1:]), "counts are int64 of shape"),
        (lambda t, f: t.update(counts=t["counts"].astype("i4")), "counts are int32"),
        (lambda t, f: t.update(counts=t["counts"] - 1), "counts below 1"),
        (
            lambda t, f: t.update({"keys.blob": np.full_like(t["keys.blob"], ord("a"))}),
            "a word or phrase twice",
        ),
    ],
)
def test_damaged_files_are_refused(change, message):
    with pytest.raises(FormatError, match=message):
        Phrases.load(damaged(Phrases(CORPUS), change))


def test_a_phrase_twice_is_refused():
    model = Phrases([["aa", "b"], ["ab", "a"]], 1, 0.5).freeze()
    model.phrasegrams = {"a_b": 1.0, "b_a": 2.0}

    def same(tensors, facts):
        tensors["keys.blob"] = np.frombuffer(b"a_ba_b", np.uint8)

    with pytest.raises(FormatError, match="a word or phrase twice"):
        FrozenPhrases.load(damaged(model, same))


def test_files_without_options_are_refused():
    file = io.BytesIO()
    container.write(file, "phrases", {}, {})
    file.seek(0)
    with pytest.raises(FormatError, match="lacks its options"):
        Phrases.load(file)

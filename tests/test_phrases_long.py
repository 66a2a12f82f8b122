"""Long corpora, where pairs of words that cannot be phrases are told apart without a text."""

import random

import pytest

from word2vec import FrozenPhrases, Phrases
from word2vec.errors import CorpusTypeError

WORDS = ["new", "york", "a", "_", "b_", "_c", "ö", "of", "x__y", "", "d"]


def corpus(seed):
    draw = random.Random(seed)
    return [[draw.choice(WORDS) for _ in range(draw.randrange(30))] for _ in range(300)]


def frozen(scores, delimiter="_", connectors=()):
    model = FrozenPhrases(Phrases(threshold=1, connector_words=connectors))
    model.delimiter, model.phrasegrams = delimiter, scores
    return model


def step_by_step(model, sentences):
    return [[token for token, _ in model.analyze_sentence(words)] for words in sentences]


@pytest.mark.parametrize("delimiter", ["_", "__", "", "ö"])
@pytest.mark.parametrize("connectors", [(), ("of", "a")], ids=["plain", "connectors"])
def test_a_long_corpus_gives_what_its_sentences_give_one_by_one(delimiter, connectors):
    draw = random.Random(5)
    texts = [delimiter.join(draw.choices(WORDS, k=draw.randrange(1, 4))) for _ in range(60)]
    model = frozen({text: draw.choice([0.5, 2.0]) for text in texts}, delimiter, connectors)
    sentences = corpus(1)
    assert list(model[sentences]) == step_by_step(model, sentences)
    assert [model[words] for words in sentences] == step_by_step(model, sentences)


def test_phrases_may_come_and_go_while_a_long_corpus_is_joined():
    model = frozen({"new_york": 2.0})
    sentences = [["new", "york", "d", "a"] for _ in range(3000)]
    joined = iter(model[sentences])
    assert {tuple(next(joined)) for _ in range(1000)} == {("new_york", "d", "a")}
    model.phrasegrams["d_a"] = 2.0
    assert {tuple(next(joined)) for _ in range(1000)} == {("new_york", "d_a")}
    del model.phrasegrams["new_york"]
    assert {tuple(next(joined)) for _ in range(1000)} == {("new", "york", "d_a")}


def test_a_word_that_is_no_str_is_an_error_in_a_long_corpus_too():
    model = frozen({"new_york": 2.0})
    with pytest.raises(CorpusTypeError, match="the word 7 is of type int"):
        list(model[[["a", "d"]] * 2000 + [["a", 7]]])

"""Columns of Hugging Face's datasets train the bits that their lists train."""

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.text.arrow_columns import ArrowSentences, sentences_of

datasets = pytest.importorskip("datasets")

SENTENCES = [["a", "b", "c"], ["b", "c"], [], ["c", "a", "d"]] * 30
OPTIONS = {"vector_size": 6, "min_count": 1, "epochs": 2, "batch_words": 40, "workers": 1}


@pytest.fixture
def data_set():
    return datasets.Dataset.from_dict({"tokens": SENTENCES, "n": list(range(len(SENTENCES)))})


@pytest.mark.parametrize(
    "choose",
    [
        lambda data_set: data_set,
        lambda data_set: data_set.shuffle(seed=3),
        lambda data_set: data_set.select(range(5, 50)),
        lambda data_set: data_set.train_test_split(0.3, seed=1)["train"],
    ],
    ids=["all", "shuffled", "selected", "split"],
)
def test_columns_are_read_in_bulk_in_the_order_of_the_data_set(choose, data_set):
    column = choose(data_set)["tokens"]
    found = sentences_of(column)
    assert isinstance(found, ArrowSentences)
    assert list(found) == list(column)
    model, expected = Word2Vec(column, **OPTIONS), Word2Vec(list(column), **OPTIONS)
    assert model.wv.index_to_key == expected.wv.index_to_key
    np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_what_a_transform_makes_is_iterated(data_set):
    upper = data_set.with_transform(
        lambda batch: {"tokens": [[word.upper() for word in words] for words in batch["tokens"]]}
    )
    column = upper["tokens"]
    assert sentences_of(column) is column
    assert set(Word2Vec(column, **OPTIONS).wv.index_to_key) == set("ABCD")

"""How vectors and models present themselves: one line, and a table in notebooks."""

from html.parser import HTMLParser

import numpy as np
import pytest

from word2vec import KeyedVectors, Word2Vec

EVIL = "<script>alert('&')</script>"


class Table(HTMLParser):
    """Collects the tags, and the texts between them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.texts = set(), [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def facts(self):
        title, *cells = self.texts
        return title, dict(zip(cells[::2], cells[1::2], strict=True))


@pytest.fixture
def vectors():
    made = KeyedVectors(2)
    made.add_vectors([EVIL, *"abcdefg"], np.ones((8, 2), np.float32))
    made.expandos["count"] = np.full(8, 1000)
    return made


def test_vectors_in_one_line(vectors):
    keys = "\"<script>alert('&')</..., 'a', 'b', 'c', 'd', 'e', ..."
    assert repr(vectors) == f"KeyedVectors<vector_size=2, 8 keys: {keys}>"
    assert repr(KeyedVectors(2)) == "KeyedVectors<vector_size=2, 0 keys>"


def test_vectors_in_a_table_whose_words_are_no_markup(vectors):
    table = Table(vectors._repr_html_())
    assert table.tags == {"table", "caption", "tbody", "tr", "th", "td"}
    title, facts = table.facts
    assert title == "KeyedVectors"
    assert facts["keys"] == "8"
    assert facts["dimensions"] == "2"
    assert facts["words counted"] == "8,000"
    assert "<script>" in facts["first keys"]


def test_an_attribute_named_like_markup_is_text(vectors):
    vectors.expandos["<b>"] = np.zeros(8)
    assert Table(vectors._repr_html_()).facts[1]["attributes"] == "count, <b>"


def test_empty_and_preallocated_vectors_have_a_table():
    assert Table(KeyedVectors(3)._repr_html_()).facts[1]["keys"] == "0"
    assert Table(KeyedVectors(3, count=2)._repr_html_()).facts[1]["keys"] == "2"


@pytest.mark.parametrize(
    ("options", "objective"),
    [
        ({}, "CBOW, 5 noise words, window=5"),
        ({"sg": 1, "negative": 0, "hs": 1}, "skip-gram, hierarchical softmax, window=5"),
    ],
)
def test_models(options, objective):
    model = Word2Vec(vector_size=4, min_count=1, workers=1, **options)
    assert repr(model) == (
        f"Word2Vec<vocab=0, vector_size=4, alpha=0.025, {objective}, epochs trained=0>"
    )
    assert "training time" not in Table(model._repr_html_()).facts[1]
    sentences = [[EVIL, "b", "c"]] * 100
    model.build_vocab(sentences)
    model.train(sentences, total_examples=100, epochs=2, compute_loss=True)
    assert repr(model).endswith(f"{objective}, epochs trained=2>")
    table = Table(model._repr_html_())
    assert "script" not in table.tags
    title, facts = table.facts
    assert title == "Word2Vec"
    assert facts["objective"] == objective
    assert facts["corpus words"] == "300"
    assert facts["mean loss, last epoch"] == f"{model.epoch_losses[-1]:.4f} nats per pair"

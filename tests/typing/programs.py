"""What programs of users look like to a type checker; mypy --strict reads this, nobody runs it."""

from collections.abc import Iterator
from typing import assert_type

import word2vec
from word2vec import CallbackAny2Vec, FrozenPhrases, KeyedVectors, Phrases, Word2Vec


class Corpus:
    def __iter__(self) -> Iterator[list[str]]:
        yield ["a", "b"]


class Report(CallbackAny2Vec):
    def on_epoch_end(self, model: Word2Vec) -> None:
        print(model.get_latest_training_loss())


def train() -> Word2Vec:
    model = Word2Vec(Corpus(), vector_size=10, min_count=1, callbacks=[Report()])
    model.build_vocab([["c", "d"]], update=True)
    model.train([["c", "d"]], total_examples=1, epochs=1)
    assert_type(model, Word2Vec)
    return model


def files(model: Word2Vec) -> KeyedVectors:
    model.save("model.w2v")
    assert_type(Word2Vec.load("model.w2v"), Word2Vec)
    model.wv.save_word2vec_format("vectors.bin", binary=True)
    vectors = KeyedVectors.load_word2vec_format("vectors.bin", binary=True)
    assert_type(vectors, KeyedVectors)
    return vectors


def ask(vectors: KeyedVectors) -> None:
    assert_type("a" in vectors, bool)
    assert_type(len(vectors), int)
    print(vectors.most_similar(positive=["a", "b"], negative=["c"], topn=3))
    print(vectors.similarity("a", "b"), vectors["a"].shape, vectors[["a", "b"]].shape)


def phrases() -> FrozenPhrases:
    model = Phrases(Corpus(), min_count=1, threshold=1.0)
    print(model[["a", "b"]])
    return model.freeze()


class OwnVectors(KeyedVectors):
    """Constructors of a subclass give the subclass."""


assert_type(OwnVectors.load("vectors.kv"), OwnVectors)
assert_type(word2vec.__version__, str)

"""A small model in three states, for the tests of gensim's surface."""

from word2vec import Word2Vec

COUNTS = {"w": 8, "x": 5, "y": 2, "z": 1}
SENTENCES = [[word] * count for word, count in COUNTS.items()] + [["w", "x", "y", "z"]] * 30


def shell(**options):
    return Word2Vec(**{"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0} | options)


def ready(**options):
    model = shell(**options)
    model.build_vocab_from_freq(COUNTS, corpus_count=10)
    return model


def trained(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0, "epochs": 2} | options,
    )


def codes_of(model):
    return {w: model.wv.get_vecattr(w, "code").tolist() for w in model.wv.index_to_key}

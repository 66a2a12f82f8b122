"""The steps one by one: a stream, a rule of which words to keep, and the training."""

from gensim import utils
from gensim.models import Word2Vec
from topics import sentences, share_on_topic


class Stream:
    """Sentences that are made anew each time they are asked for."""

    def __iter__(self):
        yield from sentences()


def rule(word, count, min_count):
    if word in ("the", "and"):
        return utils.RULE_DISCARD
    return utils.RULE_KEEP if word == "volga" else utils.RULE_DEFAULT


model = Word2Vec(vector_size=20, window=3, min_count=10, sample=0, workers=2, seed=42)
model.build_vocab(Stream(), progress_per=100, trim_rule=rule)
assert "the" not in model.wv.key_to_index
assert model.corpus_count == 600
counts = {word: model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key}
assert list(counts.values()) == sorted(counts.values(), reverse=True)
trained, raw = model.train(Stream(), total_examples=model.corpus_count, epochs=20)
assert (trained, raw) == (20 * sum(counts.values()), 20 * model.corpus_total_words)
assert share_on_topic(model.wv.most_similar("volga", topn=4), "volga") == 1

likely = model.predict_output_word(["apple", "pear"], topn=3)
assert share_on_topic(likely, "apple") == 1
other = Word2Vec(vector_size=20, min_count=1)
other.build_vocab_from_freq(counts)
assert other.wv.index_to_key[0] == model.wv.index_to_key[0]

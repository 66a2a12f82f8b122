"""Text, cleaned and joined into phrases, then trained; the phraser saved for later."""

from gensim.models import Word2Vec
from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phraser, Phrases
from gensim.utils import simple_preprocess
from topics import sentences

documents = [
    f"{' '.join(words)} -- New York City! {' '.join(words)}: the Bank of America."
    for words in sentences(200)
]
tokens = [simple_preprocess(document) for document in documents]
phrases = Phrases(
    tokens, min_count=5, threshold=0.8, scoring="npmi", connector_words=ENGLISH_CONNECTOR_WORDS
)
assert "new_york" in phrases.export_phrases()
assert "bank_of_america" in phrases[tokens[0]]
bigram = Phraser(phrases)
trigram = Phrases(bigram[tokens], min_count=5, threshold=0.8, scoring="npmi")
assert "new_york_city" in trigram[bigram[tokens[0]]]
bigram.save("bigram.phr")
bigram = Phraser.load("bigram.phr")

model = Word2Vec(trigram[bigram[tokens]], vector_size=10, min_count=5, workers=1)
assert "new_york_city" in model.wv.key_to_index
print(model.wv.most_similar("new_york_city", topn=2))

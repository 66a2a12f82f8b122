"""The readers of corpora, plain and compressed, and a folder of files."""

import gzip
import os

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence, PathLineSentences, Text8Corpus
from gensim.utils import save_as_line_sentence
from topics import sentences

corpus = sentences(300)
os.mkdir("parts")
save_as_line_sentence(corpus[:150], "parts/1.txt")
with gzip.open("parts/2.txt.gz", "wt", encoding="utf8") as file:
    file.writelines(" ".join(words) + "\n" for words in corpus[150:])
save_as_line_sentence(corpus, "all.txt")

assert list(LineSentence("all.txt")) == corpus
assert list(LineSentence("parts/2.txt.gz", limit=3)) == corpus[150:153]
assert list(PathLineSentences("parts")) == corpus
assert sum(map(len, Text8Corpus("all.txt"))) == 8 * 300

options = {"vector_size": 10, "min_count": 1, "workers": 1, "seed": 7}
one = Word2Vec(LineSentence("all.txt"), **options)
other = Word2Vec(PathLineSentences("parts"), **options)
assert one.wv.index_to_key == other.wv.index_to_key
assert (one.wv.vectors == other.wv.vectors).all()
print(one.corpus_count, one.corpus_total_words)

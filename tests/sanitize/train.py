"""Train a moment in every way, for tests/sanitize/run.

python tests/sanitize/train.py WORKERS...    every objective with each number of workers
"""

import gzip
import logging
import os
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import word2vec
from word2vec import CallbackAny2Vec, LineSentence, Phrases, Word2Vec
from word2vec.datasets import grammar_corpus, write_corpus
from word2vec.text.encoded import EncodedCorpus
from word2vec.text.vocabulary import scan_files
from word2vec.training import objective as objectives

WORDS = 1_000
OPTIONS = {
    "vector_size": 20,
    "min_count": 1,
    # 125 words, with codes beyond eight bits. TSan compares each race with all places where it
    # saw one: its time grows with the square of the weights.
    "max_final_vocab": 150,
    "epochs": 2,
    "batch_words": 100,
    "compute_loss": 1,
}
OBJECTIVES = [
    {"hs": 1, "negative": 0},
    {"hs": 0, "negative": 5, "shared_negatives": True},
    {"hs": 1, "negative": 9, "shared_negatives": False},
]


class Looker(CallbackAny2Vec):
    """Asks the model for things that the other threads are writing."""

    def on_batch(self, model, batch):
        model.get_latest_training_loss()
        model.wv.most_similar(model.wv.index_to_key[0])


def make_all_small() -> None:
    """Let a short text be a large corpus with many chunks, its ids in the temporary file."""
    objectives.LARGE_CORPUS = WORDS // 2
    scan_files.__kwdefaults__.update(memory_budget=0, chunk_bytes=1 << 12)
    EncodedCorpus.__init__.__kwdefaults__.update(piece_bytes=1 << 12)


def train(folder: Path, workers: int) -> Word2Vec:
    corpus = folder / "corpus.txt"
    write_corpus(corpus, n_words=WORDS)
    sentences = list(grammar_corpus(n_words=WORDS))
    for sg, objective in product((0, 1), OBJECTIVES):
        options = OPTIONS | objective | {"sg": sg, "workers": workers}
        Word2Vec(sentences, **options)
        model = Word2Vec(corpus_file=str(corpus), **options)
    with gzip.open(f"{corpus}.gz", "wb") as file:
        file.write(corpus.read_bytes())
    options = OPTIONS | {"workers": workers, "sg": 1}
    Word2Vec(Phrases(sentences, min_count=1, threshold=1)[sentences], **options)
    packed = Word2Vec(**options | {"epochs": 10})
    packed.build_vocab(corpus_file=f"{corpus}.gz")
    packed.train(corpus_file=f"{corpus}.gz", total_words=WORDS, epochs=10, report_delay=0.01)
    Word2Vec(
        LineSentence(corpus),
        checkpoint=folder / f"{workers}.checkpoint",
        checkpoint_every="300w",
        callbacks=[Looker()],
        **options,
    )
    Word2Vec.resume(folder / f"{workers}.checkpoint", LineSentence(corpus))
    return model


def main() -> None:
    logging.basicConfig(level=logging.INFO, filename=os.devnull)
    print("training with", word2vec.__file__)
    make_all_small()
    for workers in map(int, sys.argv[1:]):
        with TemporaryDirectory() as folder:
            model = train(Path(folder), workers)
            for name, binary in (("text", False), ("binary", True)):
                path = Path(folder, name)
                model.wv.save_word2vec_format(path, binary=binary)
                word2vec.KeyedVectors.load_word2vec_format(path, binary=binary)
        print("trained", len(model.wv), "words with", workers, "workers")


main()

"""``word2vec demo``: from nothing to word vectors in seconds, without any data."""

import shlex
import sys
import textwrap
import time
from itertools import islice
from typing import TYPE_CHECKING

from word2vec.cli.common import available_cpus, check_output
from word2vec.cli.declare import command, number, output_option
from word2vec.cli.formats import save_vectors
from word2vec.cli.output import emphasised

if TYPE_CHECKING:
    from word2vec import KeyedVectors

EXAMPLES = """\
word2vec demo
word2vec demo --words 3000000 --seed 7 -o /tmp/demo.bin
"""

NEIGHBOURS_OF = ("king", "paris", "kitten", "faster")
FEWEST_WORDS = 1_000  # with fewer no word is frequent enough to be learned
# a is to b as c is to ?
ANALOGIES = (
    ("man", "king", "woman"),
    ("france", "paris", "japan"),
    ("france", "paris", "egypt"),
    ("france", "french", "brazil"),
    ("dog", "puppy", "cat"),
    ("big", "bigger", "small"),
    ("walk", "walked", "swim"),
)
# The total of words that training sees: a short corpus is read more often.
_TRAINED_WORDS, _FEWEST_EPOCHS, _MOST_EPOCHS = 5_000_000, 5, 40


@command(
    "demo",
    examples=EXAMPLES,
    short_help="Learn a small made-up language and show what the vectors know.",
    help="Generate a corpus, train on all CPUs, show neighbours and analogies, and keep the "
    "vectors. Needs no data and no network.",
)
@output_option("Where the vectors go", "word2vec-demo.kv")
@number(
    "--words",
    minimum=FEWEST_WORDS,
    default=1_000_000,
    show_default=True,
    help="Words to generate.",
)
@number("--seed", minimum=0, default=1, show_default=True, help="Seed of text and training.")
def demo(output: str, words: int, seed: int) -> None:
    """Generate, train, show, save."""
    check_output(output)
    sentences = _generate(words, seed)
    vectors = _train(sentences, words, seed)
    _show_neighbours(vectors)
    _show_analogies(vectors)
    _show_accuracy(vectors)
    save_vectors(vectors, output)
    file = shlex.quote(output)
    print(f"\nThe vectors are in {output}. Go on with\n")
    print(f"  word2vec similar {file} queen")
    print(f"  word2vec analogy {file} spain madrid norway")
    print("  word2vec train YOUR_TEXT.txt -o vectors.kv")


def _generate(n_words: int, seed: int) -> list[list[str]]:
    from word2vec.datasets import grammar_corpus

    start = time.perf_counter()
    sentences = list(iter(grammar_corpus(n_words, seed)))
    seconds = time.perf_counter() - start
    total = sum(map(len, sentences))
    _title("Text", f"{total:,} words in {len(sentences):,} sentences, made up in {seconds:.1f} s:")
    for sentence in islice(sentences, 3):
        print(f"  {' '.join(sentence)}")
    return sentences


def _train(sentences: list[list[str]], n_words: int, seed: int) -> "KeyedVectors":
    from word2vec import Word2Vec, simd

    workers = available_cpus()
    epochs = min(max(_FEWEST_EPOCHS, _TRAINED_WORDS // n_words), _MOST_EPOCHS)
    _title("Training", f"skip-gram, 100 dimensions, {epochs} epochs, {workers} threads")
    sys.stdout.flush()  # the bar goes to standard error and must come after this
    model = Word2Vec(
        sentences,
        vector_size=100,
        sg=1,
        epochs=epochs,
        # Twice the usual rate: a small language is learned from few sentences.
        alpha=0.05,
        workers=workers,
        seed=seed,
        compute_loss=True,
        progress=True,
    )
    seconds = model.total_train_time
    speed = model.corpus_total_words * epochs / max(seconds, 1e-9)
    print(f"  {len(model.wv):,} different words learned in {seconds:.1f} s")
    print(f"  {speed:,.0f} words/s with the {simd()} kernels")
    return model.wv


def _show_neighbours(vectors: "KeyedVectors") -> None:
    _title("Neighbours", "words that keep the same company have similar vectors:")
    for word in NEIGHBOURS_OF:
        if word in vectors:
            near = ", ".join(key for key, _ in vectors.most_similar(word, topn=6))
            print(f"  {word:<8}  {near}")


def _show_analogies(vectors: "KeyedVectors") -> None:
    _title("Analogies", "and differences of vectors have a meaning:")
    for a, b, c in ANALOGIES:
        if all(word in vectors for word in (a, b, c)):
            word, cosine = vectors.most_similar(positive=[b, c], negative=[a], topn=1)[0]
            print(f"  {f'{b} - {a} + {c}':<24}  = {word} ({cosine:.2f})")


def _show_accuracy(vectors: "KeyedVectors") -> None:
    from word2vec.datasets import grammar_questions
    from word2vec.evaluation import AnalogySet, evaluate

    _title("Accuracy", "the answer must be the nearest of all words (untrained vectors get 0%):")
    scores = evaluate(vectors, AnalogySet("all", grammar_questions()))
    print(textwrap.indent(scores.table(sections=True), "  "))


def _title(title: str, text: str) -> None:
    print(f"\n{emphasised(title, bold=True)}: {text}")

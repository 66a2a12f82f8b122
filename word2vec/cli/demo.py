"""``word2vec demo``: from nothing to word vectors in seconds, without any data."""

import argparse
import shlex
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import (
    at_least,
    available_cpus,
    check_output,
    example_parser,
    save_vectors,
)
from word2vec.cli.evaluate import print_sections

if TYPE_CHECKING:
    from word2vec import KeyedVectors

EXAMPLES = """\
examples:
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


def add(commands: Any) -> None:
    """Declare the command."""
    parser = example_parser(
        commands.add_parser,
        EXAMPLES,
        "demo",
        help="learn a small made-up language and show what the vectors know",
        description="Generate a corpus, train on all CPUs, show neighbours and analogies,"
        " and keep the vectors. Needs no data and no network.",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="word2vec-demo.kv", help="(default: %(default)s)"
    )
    parser.add_argument(
        "--words",
        type=at_least(FEWEST_WORDS),
        default=1_000_000,
        metavar="N",
        help="words to generate (default: 1000000)",
    )
    parser.add_argument(
        "--seed", type=at_least(0), default=1, metavar="N", help="seed (default: 1)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Generate, train, show, save."""
    check_output(arguments.output)
    sentences = _generate(arguments.words, arguments.seed)
    vectors = _train(sentences, arguments.words, arguments.seed)
    _show_neighbours(vectors)
    _show_analogies(vectors)
    _show_accuracy(vectors)
    save_vectors(vectors, arguments.output)
    file = shlex.quote(arguments.output)
    print(f"\nThe vectors are in {arguments.output}. Go on with\n")
    print(f"  word2vec similar {file} queen")
    print(f"  word2vec analogy {file} spain madrid norway")
    print("  word2vec train YOUR_TEXT.txt -o vectors.kv")
    return 0


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
    from word2vec.datasets import write_questions

    _title("Accuracy", "the answer must be the nearest of all words (untrained vectors get 0%):")
    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder) / "questions.txt"
        write_questions(questions)
        _, sections = vectors.evaluate_word_analogies(str(questions))
    print_sections(sections, "  ")


def _title(title: str, text: str) -> None:
    print(f"\n{title}: {text}")

"""Make the pictures of docs/training.md: ``python docs/make_images.py --corpus TEXT``."""

import argparse
from pathlib import Path

from word2vec import LineSentence, Word2Vec, plot

IMAGES = Path(__file__).parent / "images"
PLACES = "france paris germany berlin italy rome spain madrid russia moscow japan tokyo"
ANIMALS = "dog cat horse bird fish wolf lion"
NUMBERS = "one two three four five six seven"
PEOPLE = "king queen prince princess father mother son daughter"
MAP = f"{PLACES} {ANIMALS} {NUMBERS} {PEOPLE}".split()
GRID = ["king", "queen", "prince", "dog", "cat", "horse", "france", "germany", "italy"]


def main() -> None:
    """Train on a text and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="text with a sentence a line")
    parser.add_argument("--output", type=Path, default=IMAGES)
    arguments = parser.parse_args()
    arguments.output.mkdir(exist_ok=True)
    # Every fiftieth sentence is held out.
    sentences = list(LineSentence(arguments.corpus))
    held_out = sentences[::50]
    training = [s for number, s in enumerate(sentences) if number % 50]
    model = Word2Vec(
        training, sg=1, vector_size=100, workers=2, compute_loss=True, validation=held_out
    )
    wv = model.wv
    figures = {
        "history": plot.history(model),
        "words-pca": plot.words(wv, MAP),
        "words-tsne": plot.words(wv, MAP, method="tsne"),
        "words-umap": plot.words(wv, MAP, method="umap"),
        "similarities": plot.similarities(wv, GRID),
        "analogy": plot.analogy(wv, "france", "paris", "italy", "rome"),
    }
    for name, figure in figures.items():
        figure.savefig(arguments.output / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()

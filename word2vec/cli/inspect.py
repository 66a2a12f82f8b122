"""``word2vec inspect``: a page that steps through training, in one HTML file."""

import os
from typing import Any, get_args

import click

from word2vec.cli.common import check_corpus, check_outputs, corpus_sources
from word2vec.cli.declare import argument, command, number, option, output_option
from word2vec.see.defaults import MOST_DISTINCT, MOST_TOKENS, Objective, Preset

EXAMPLES = """\
word2vec inspect                                      write inspect.html and open it yourself
word2vec inspect lesson.txt --objective cbow-ns       a text of your own
echo 'a rose is a rose' | word2vec inspect - -o rose.html
"""


@command(
    "inspect",
    examples=EXAMPLES,
    short_help="Step through training, in one HTML file.",
    help="Write a page in which a learner steps through real training on a small text, without "
    "any network. Text and parameters can be changed in the page, too.",
)
@argument(
    "text",
    f"Text file with a sentence a line, at most {MOST_DISTINCT} different words and "
    f"{MOST_TOKENS:,} in all; - is standard input (default: the text of --preset).",
    metavar="[TEXT]",
    required=False,
)
@output_option("The page", "inspect.html")
@option(
    "--preset",
    type=click.Choice(get_args(Preset)),
    default="fruit",
    show_default=True,
    help="Text and parameters to begin with.",
)
@option(
    "--objective",
    type=click.Choice(get_args(Objective)),
    default="sg-softmax",
    show_default=True,
    help="Architecture and output layer.",
)
@number("--vector-size", minimum=2, help="Dimensions, up to 16 (default: the preset's).")
@number("--window", minimum=1, help="Words on each side, up to 10 (default: the preset's).")
@number("--negative", minimum=1, help="Noise words, up to 20 (default: the preset's).")
@option(
    "--alpha",
    type=float,
    metavar="X",
    help="Learning rate, 0.001 to 2 (default: the preset's).",
)
@number("--seed", minimum=0, default=1, show_default=True, help="Same seed, same steps.")
@option("--title", help="Of the page (default: the name of the text, or 'Training inspector').")
def inspect(text: str | None, output: str, title: str | None, **options: Any) -> None:
    """Read the text and write the page."""
    from word2vec import LineSentence
    from word2vec.see.inspector import Inspector

    texts = [] if text is None else [text]
    check_outputs([output], texts)
    check_corpus(texts)
    (sentences,) = map(LineSentence, corpus_sources(texts)) if texts else (None,)
    if title is None and text is not None and text != "-":
        title = os.path.basename(text)
    made = Inspector(sentences, title=title, **options)
    made.save(output)
    words = {word for sentence in made.settings["sentences"] for word in sentence.split()}
    print(
        f"{output}: {len(words)} words, {len(made.settings['sentences'])} sentences, "
        f"{made.settings['objective']}, {os.path.getsize(output) / 1e3:.0f} kB"
    )

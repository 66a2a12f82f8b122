"""``word2vec evaluate``: vectors against analogies and human similarity judgements."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import CommandError
from word2vec.cli.declare import (
    FILE,
    argument,
    command,
    json_option,
    number,
    option,
    vectors_argument,
)
from word2vec.cli.formats import load_vectors
from word2vec.cli.output import STREAM, print_json, stdin_bytes

if TYPE_CHECKING:
    from word2vec import KeyedVectors
    from word2vec.evaluation import Scores

EXAMPLES = """\
word2vec evaluate vectors.kv
word2vec evaluate vectors.kv questions-words.txt my-pairs.csv --restrict-vocab 100000
word2vec evaluate vectors.bin wordsim353 simlex999 men google-analogies --json
"""


@command(
    "evaluate",
    examples=EXAMPLES,
    notes="A file of pairs has two words and a score in a line, one of analogies four words, in "
    "sections ': name' or without; between tabs, semicolons, commas or spaces, with a header or "
    "without, also compressed. Public sets have names: wordsim353, simlex999, men, "
    "google-analogies. Named, they are downloaded unless they are here; without any SET those "
    "are used that are here, also as an installed gensim carries them.",
    short_help="Score vectors on analogies and word similarity.",
    help="Score vectors on analogies (share answered right) and on pairs of words (correlation "
    "with human judgements; coverage is the share whose words all have vectors).",
)
@vectors_argument
@argument(
    "sets",
    "File of pairs or analogies, or name of a public set.",
    metavar="[SET...]",
    nargs=-1,
    type=FILE,
)
@number(
    "--restrict-vocab",
    minimum=0,
    default=30_000,
    show_default=True,
    help="Ask analogies only among the N most frequent words, as the original tool does; 0 is all.",
)
@option("--case-sensitive", is_flag=True, help="Tell upper from lower case.")
@option(
    "--dummy4unknown",
    is_flag=True,
    help="Count unknown words, as similarity 0 and as wrong answers, instead of leaving them out.",
)
@option("--multiply", is_flag=True, help="Answer analogies by 3CosMul (Levy & Goldberg 2014).")
@json_option
def evaluate(
    vectors: str, sets: Sequence[str], restrict_vocab: int, as_json: bool, **options: bool
) -> None:
    """Read the sets, then the vectors, then score."""
    from word2vec.evaluation import read_set

    sets = sets or _on_this_machine()
    if [vectors, *sets].count(STREAM) > 1:
        raise CommandError("standard input (-) can be read only once")
    # Sets come first: an unreadable one should show before minutes of reading vectors.
    read = [read_set(_source(name)) for name in sets]
    keyed = load_vectors(vectors)
    asked = min(restrict_vocab or len(keyed), len(keyed))
    scores = _scores(keyed, read, asked, **options)
    if not as_json:
        among = f", analogies among the first {asked:,}" if asked < len(keyed) else ""
        print(f"{len(keyed):,} words{among}\n{scores.table(sections=True)}")
        return
    facts = [
        {"set": name, **fact}
        for name, fact in zip(sets, scores.to_dicts(sections=True), strict=True)
    ]
    print_json({"vectors": vectors, "words": len(keyed), "restrict_vocab": asked, "scores": facts})


def _scores(
    keyed: "KeyedVectors",
    sets: Sequence[Any],
    asked: int,
    *,
    case_sensitive: bool,
    dummy4unknown: bool,
    multiply: bool,
) -> "Scores":
    """Score all sets; only analogies are restricted to the first `asked` words."""
    from word2vec.evaluation import AnalogySet, Scores, evaluate

    return Scores(
        [
            score
            for each in sets
            for score in evaluate(
                keyed,
                each,
                restrict_vocab=asked if isinstance(each, AnalogySet) else None,
                case_insensitive=not case_sensitive,
                dummy4unknown=dummy4unknown,
                multiply=multiply,
            )
        ]
    )


def _source(name: str) -> Any:
    """Return what `read_set` reads: a file, standard input, or a public set."""
    from word2vec.datasets.public import EVALUATION_SETS, evaluation_set

    if name == STREAM:
        return stdin_bytes()
    if name in EVALUATION_SETS and not Path(name).exists():
        return evaluation_set(name)
    if name == Path(name).stem and not Path(name).exists():
        raise CommandError(
            f"{name}: there is no such file, and no public set of that name; there are: "
            f"{', '.join(EVALUATION_SETS)}"
        )
    return name


def _on_this_machine() -> list[str]:
    """Return the names of the public sets that need no download.

    Raises
    ------
    CommandError
        If there is none.
    """
    from word2vec.datasets.public import EVALUATION_SETS, evaluation_set

    found = [name for name in EVALUATION_SETS if evaluation_set(name, download=False)]
    if not found:
        raise CommandError(
            "there is no public test set on this machine: name the ones to download, of "
            f"{', '.join(EVALUATION_SETS)}, or files of your own"
        )
    return found

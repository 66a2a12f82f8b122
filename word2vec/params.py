"""Every training option once: meaning, type, default and range.

`Word2Vec`, the command line and the docs take names, defaults, checks and help
texts from here. Whoever needs a new option adds one `Option`.
"""

import math
import numbers
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from word2vec.errors import ParameterError, ParameterTypeError


@dataclass(frozen=True)
class Option:
    """One training option.

    Attributes
    ----------
    kind : str
        "int", "float", "flag", "choice" or "object" (taken as it is).
    meaning : str
        One sentence for help texts; says the unit.
    minimum, maximum : float or None
        Inclusive bounds of numbers; None is no bound.
    optional : bool
        Whether None is a value.
    choices : tuple
        The values of a "choice".
    """

    name: str
    kind: str
    default: Any
    meaning: str
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    choices: tuple[Any, ...] = ()

    def check(self, value: Any) -> Any:
        """Return `value` in its canonical type.

        Raises
        ------
        ParameterTypeError
            If the type is wrong.
        ParameterError
            If the value is out of range.
        """
        if value is None and self.optional:
            return None
        return _CHECKS[self.kind](self, value)

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages."""
        if self.kind == "choice":
            return "one of " + ", ".join(map(repr, self.choices))
        text = {"int": "an integer", "float": "a finite number", "flag": "True or False (1 or 0)"}[
            self.kind
        ]
        bounds = [(">=", self.minimum), ("<=", self.maximum)]
        text += " and".join(f" {sign} {bound}" for sign, bound in bounds if bound is not None)
        return text + (" or None" if self.optional else "")


def _check_int(option: Option, value: Any) -> int:
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        # gensim takes 10.0 for vector_size; a fraction is a mistake everywhere.
        if not float(value).is_integer():
            raise _out_of_range(option, value)
        value = int(float(value))
    if not isinstance(value, numbers.Integral):
        raise _wrong_type(option, value)
    return int(_check_bounds(option, value))


def _check_float(option: Option, value: Any) -> float:
    if not isinstance(value, numbers.Real):
        raise _wrong_type(option, value)
    if not math.isfinite(value):
        raise _out_of_range(option, value)
    return float(_check_bounds(option, value))


def _check_flag(option: Option, value: Any) -> int:
    # gensim's users write 0/1 and True/False; numpy integers and booleans come too.
    if not isinstance(value, numbers.Integral) and type(value).__name__ not in ("bool", "bool_"):
        raise _wrong_type(option, value)
    if int(value) not in (0, 1):
        raise _out_of_range(option, value)
    return int(value)


def _check_choice(option: Option, value: Any) -> Any:
    for choice in option.choices:
        if value is choice or (type(value) is type(choice) and value == choice):
            return choice
    raise _out_of_range(option, value)


def _check_bounds(option: Option, value: Any) -> Any:
    too_low = option.minimum is not None and value < option.minimum
    too_high = option.maximum is not None and value > option.maximum
    if too_low or too_high:
        raise _out_of_range(option, value)
    return value


def _out_of_range(option: Option, value: Any) -> ParameterError:
    return ParameterError(f"{option.name}={value!r}: it must be {option.allowed}")


def _wrong_type(option: Option, value: Any) -> ParameterTypeError:
    return ParameterTypeError(
        f"{option.name}={value!r} is of type {type(value).__name__}: it must be {option.allowed}"
    )


_CHECKS: dict[str, Callable[[Option, Any], Any]] = {
    "int": _check_int,
    "float": _check_float,
    "flag": _check_flag,
    "choice": _check_choice,
    "object": lambda _option, value: value,
}

_ROWS = 2**31 - 1  # word ids are int32

OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option("vector_size", "int", 100, "Dimensions of the word vectors.", 1, 2**20),
        Option("alpha", "float", 0.025, "Learning rate at the start.", 0, 1000),
        Option(
            "window", "int", 5, "Largest distance in words from centre word to context.", 1, 2**20
        ),
        Option("min_count", "int", 5, "Ignore words that occur less often than this.", 0),
        Option(
            "max_vocab_size",
            "int",
            None,
            "Prune rare words while scanning whenever more distinct words than this are held.",
            1,
            optional=True,
        ),
        Option(
            "sample",
            "float",
            1e-3,
            "Subsampling threshold of frequent words as a fraction of the corpus; 0 is off, "
            "a value >= 1 is an absolute count.",
            0,
        ),
        Option("seed", "int", 1, "Seed of initial vectors and of all draws.", 0, 2**64 - 1, True),
        Option("workers", "int", 3, "Training threads.", 1, 4096),
        Option("min_alpha", "float", 0.0001, "Learning rate at the end (linear decay).", 0, 1000),
        Option("sg", "flag", 0, "1: skip-gram; 0: CBOW."),
        Option("hs", "flag", 0, "1: hierarchical softmax."),
        Option("negative", "int", 5, "Noise words of negative sampling; 0 is off.", 0, 10_000),
        Option(
            "ns_exponent",
            "float",
            0.75,
            "Exponent of the counts in the noise distribution: 1 proportional, 0 uniform.",
        ),
        Option("cbow_mean", "flag", 1, "CBOW: 1 averages the context vectors, 0 adds them."),
        Option("epochs", "int", 5, "Passes over the corpus.", 1),
        Option(
            "null_word",
            "flag",
            0,
            "1: add the null word \\0 after the others, untrained.",
        ),
        Option("sorted_vocab", "flag", 1, "1: order the vocabulary by descending count."),
        Option("batch_words", "int", 10_000, "Words handed to a worker at a time.", 1, _ROWS),
        Option("compute_loss", "flag", 0, "1: compute the training loss (nats)."),
        Option(
            "max_final_vocab",
            "int",
            None,
            "Raise min_count until at most this many words remain.",
            1,
            _ROWS,
            optional=True,
        ),
        Option(
            "shrink_windows", "flag", 1, "1: draw each window from 1 to `window`, as word2vec does."
        ),
        Option(
            "shared_negatives",
            "choice",
            "auto",
            "Whether the contexts of a centre word (CBOW: two neighbouring centre words) share "
            "their noise words, or its path in the tree at once (faster); 'auto' shares on corpora "
            "of at least ten million words.",
            choices=("auto", True, False),
        ),
        Option(
            "corrected_cbow",
            "flag",
            0,
            "CBOW: 1 applies the true gradient to the context vectors, 0 does what gensim does.",
        ),
        Option(
            "cache_corpus",
            "flag",
            0,
            "1: keep the word ids of an iterable after the first epoch instead of iterating it "
            "again (files and lists are always kept).",
        ),
    )
}

# Names of gensim before 4.0, still written in much code.
RENAMED = {"size": "vector_size", "iter": "epochs"}


def check_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check each option of `values` that is in `OPTIONS`.

    Returns
    -------
    dict
        Name to canonical value, in the order of `values`.

    Raises
    ------
    ParameterError, ParameterTypeError
        For the first value that is not allowed.
    """
    return {name: OPTIONS[name].check(value) for name, value in values.items()}


def rename_options(old: Mapping[str, Any], given: str = "Word2Vec()") -> dict[str, Any]:
    """Translate keyword arguments of gensim 3 to today's names.

    Returns
    -------
    dict
        New name to value; a DeprecationWarning was issued for each.

    Raises
    ------
    ParameterTypeError
        For a name that never was an option.
    """
    renamed = {}
    for name, value in old.items():
        if name not in RENAMED:
            known = ", ".join(OPTIONS)
            raise ParameterTypeError(
                f"{given} got an unexpected keyword argument {name!r}; the options are {known}"
            )
        warnings.warn(
            f"{name}= is the spelling of gensim 3; write {RENAMED[name]}= instead",
            DeprecationWarning,
            stacklevel=3,
        )
        renamed[RENAMED[name]] = value
    return renamed

"""What the options of the pages may be."""

from collections.abc import Sequence
from typing import Any

from word2vec.errors import ParameterError


def check_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Refuse what is not one of some words.

    Raises
    ------
    ParameterError
        Naming those that are allowed.
    """
    if value not in allowed:
        raise ParameterError(f"{name}={value!r}: it must be one of {', '.join(allowed)}")


def check_number(name: str, value: Any, low: float, high: float, *, whole: bool = True) -> None:
    """Refuse what is no number between two bounds, both allowed.

    Parameters
    ----------
    name : str
    value : object
    low, high : int or float
    whole : bool, default=True
        Whether it must be an int; else a float will do.

    Raises
    ------
    ParameterError
        Naming the bounds.
    """
    kind = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
        noun = "an integer" if whole else "a number"
        raise ParameterError(f"{name}={value!r}: it must be {noun} from {low:,} to {high:,}")

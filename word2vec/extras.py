"""Optional packages: imported when a call needs them, named when they are missing."""

from importlib import import_module
from typing import Any

from word2vec.errors import MissingDependencyError


def require(module: str, extra: str, purpose: str, instead: str = "") -> Any:
    """Import an optional package.

    Parameters
    ----------
    module : str
        As in ``import module``.
    extra : str
        The extra of this package that brings it.
    purpose : str
        What needs it, for the message.
    instead : str, optional
        What does without it.

    Raises
    ------
    MissingDependencyError
        If it cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{purpose} needs {module.partition('.')[0]}, which cannot be imported ({error}): "
            f"pip install 'word2vec-hogwild[{extra}]'" + (instead and f", or take {instead}")
        ) from error

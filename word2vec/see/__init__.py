"""Pages that show vectors and training in the browser.

What they are made of is loaded when it is first used: the command line takes only `defaults`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from word2vec.see import inspector

    inspect = inspector.Inspector

__all__ = ["inspect"]


def __getattr__(name: str) -> Any:
    if name != "inspect":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from word2vec.see.inspector import Inspector

    globals()[name] = Inspector
    return Inspector


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

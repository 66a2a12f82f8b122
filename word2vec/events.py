"""The life of a model: what happened to it and when."""

import json
import logging
import platform
import sys
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any

logger = logging.getLogger(__name__)


class LifecycleEvents:
    """History of a model or of vectors.

    Attributes
    ----------
    lifecycle_events : list of dict, or None
        Of a model one for each "created", "prepare_vocab" and "train", and those that
        users add; vectors have only those. None records nothing.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        lifecycle_events: list[dict[str, Any]] | None

    def add_lifecycle_event(
        self, event_name: str, log_level: int | bool | None = logging.INFO, **event: Any
    ) -> None:
        """Append an event to `lifecycle_events`, with the time and the versions.

        Parameters
        ----------
        event_name : str
        log_level : int or False
            Also log it at this level; False or None does not.
        **event
            Facts about it. Files keep those that JSON can hold, and the text of others.
        """
        facts = deepcopy(event) | {
            "datetime": datetime.now().isoformat(),
            # Not imported: the package's public names are above this module.
            "word2vec": sys.modules["word2vec"].__version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "event": event_name,
        }
        if log_level:
            logger.log(int(log_level), "%s lifecycle event %s", type(self).__name__, facts)
        # Vectors get the attribute with their first event: programs compare __dict__.
        events = self.__dict__.setdefault("lifecycle_events", [])
        if events is not None:
            events.append(facts)


def to_json(events: Any) -> list[dict[str, Any]] | None:
    """Return events as JSON holds them; what it cannot hold becomes its text."""
    if events is None:
        return None
    copied: list[dict[str, Any]] = json.loads(json.dumps(list(events), default=str))
    return copied

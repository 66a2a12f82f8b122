"""Every exception the library raises on purpose.

Each class also derives from the builtin that gensim raises in that place, so
``except RuntimeError`` or ``except KeyError`` written for gensim keeps working.
A message says what was given, what is allowed and what to do.
"""


class Word2VecError(Exception):
    """Base of all errors raised by this package."""


class ParameterError(Word2VecError, ValueError):
    """An option has a value outside its range."""


class ParameterTypeError(Word2VecError, TypeError):
    """An option or argument has the wrong type."""


class CorpusError(Word2VecError, ValueError):
    """A corpus cannot be read or changed while it was being read."""


class CorpusTypeError(Word2VecError, TypeError):
    """A corpus, or a sentence in it, is not what it must be."""


class CorpusNotFoundError(CorpusTypeError, FileNotFoundError):
    """A corpus file does not exist; gensim raises TypeError, everybody else OSError."""


class NotTrainableError(Word2VecError, RuntimeError):
    """The model lacks what the call needs: a vocabulary, weights or an objective."""


class UnreachableHookError(Word2VecError, NotImplementedError):
    """A subclass overrides a method of gensim's Word2Vec that would never be called."""


class TrainingDivergedError(Word2VecError, ArithmeticError):
    """Weights became nan or grew without bound while training."""


class NotEnoughMemoryError(Word2VecError, MemoryError):
    """What was asked for cannot fit into memory; nothing was allocated."""


class CheckpointExistsError(Word2VecError, FileExistsError):
    """A new run would overwrite the checkpoint of an unfinished one, or another file."""


class MissingKeyError(Word2VecError, KeyError):
    """A key is not in the vocabulary."""

    def __str__(self) -> str:
        """Return the message itself; KeyError would show its repr."""
        return str(self.args[0]) if self.args else ""


class FormatError(Word2VecError, ValueError):
    """A file is not in the format it should be in."""


class TruncatedFileError(FormatError, EOFError):
    """A file ends before its header says it should."""


class DamagedFileError(FormatError, OSError):
    """A compressed file cannot be decompressed."""


class EncodingError(FormatError, UnicodeDecodeError):
    """A text in a file is not in the encoding it should be in.

    Made of the five arguments of UnicodeDecodeError.
    """


class DownloadError(Word2VecError, OSError):
    """A data set cannot be downloaded, or is not the one that is expected."""


class MissingDependencyError(Word2VecError, ImportError):
    """An optional package is needed for this call."""


class RefusedGlobalError(FormatError):
    """A pickle names something outside the list of harmless names; nothing was run."""


class WrongObjectError(FormatError, AttributeError):
    """A file holds another kind of object than was asked for; also AttributeError, as in gensim."""

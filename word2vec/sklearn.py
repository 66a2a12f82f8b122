"""Documents as vectors, for scikit-learn: a transformer for pipelines.

    make_pipeline(DocumentVectors(), LogisticRegression()).fit(texts, labels)

Importing this module needs scikit-learn.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from word2vec.errors import CorpusTypeError, ParameterError, ParameterTypeError
from word2vec.extras import require
from word2vec.model import Word2Vec
from word2vec.text._sentences import SentenceEncoder
from word2vec.vectors.keyed_vectors import KeyedVectors

require("sklearn", "sklearn", "word2vec.sklearn")

from scipy.sparse import csr_array  # type: ignore[import-untyped,unused-ignore]  # noqa: E402
from sklearn.base import (  # noqa: E402
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402

__all__ = ["DocumentVectors"]

Floats = npt.NDArray[Any]
Tokens = list[list[Any]]

_BLOCK_WORDS = 1 << 20  # of documents that are averaged at a time


class DocumentVectors(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Mean word vectors of documents, plain or weighted by smooth inverse frequency (SIF).

    Parameters
    ----------
    vectors : KeyedVectors, optional
        Trained vectors to use. Without them, `fit` trains a Word2Vec model on the documents.
    weighting : {"mean", "sif"}, default="mean"
        "sif" weights a word by ``sif_a / (sif_a + p)``, where p is its share of the words
        of the documents in `fit`, and then takes out what all documents have in common.
    sif_a : float, default=1e-3
        > 0; the smaller, the less frequent words count.
    sif_components : int, default=1
        How many common directions "sif" takes out; >= 0, at most the size of vectors.
    tokenizer : callable, optional
        Makes a list of words of a document that is a str; ``str.split`` if not given. Lists
        of words are taken as they are.
    vector_size, min_count, epochs, workers : int
        Options of Word2Vec, for training only.
    options : mapping, optional
        Further options of Word2Vec, for training only: ``{"sg": 1, "window": 10}``.
    random_state : int, RandomState or None, default=None
        Seed of the training. The same int gives the same vectors if ``workers=1``.

    Attributes
    ----------
    vectors_ : KeyedVectors
        The vectors in use.
    weights_ : ndarray of shape (n_keys,), float64
        Weight of each word.
    components_ : ndarray of shape (sif_components, vector_size), float64
        Common directions of the fitted documents, of length 1; empty for "mean".

    Notes
    -----
    Words without a vector are left out; a document without any known word is a row of zeros.
    `transform` holds a copy of neither documents nor vectors: it costs a sparse product.

    References
    ----------
    S. Arora, Y. Liang, T. Ma: A simple but tough-to-beat baseline for sentence embeddings.
    ICLR 2017.

    Examples
    --------
    >>> from word2vec.sklearn import DocumentVectors
    >>> documents = ["a cat sat", "a dog sat", "stocks fell"]
    >>> DocumentVectors(vector_size=4, min_count=1).fit_transform(documents).shape
    (3, 4)
    """

    def __init__(
        self,
        vectors: KeyedVectors | None = None,
        *,
        weighting: str = "mean",
        sif_a: float = 1e-3,
        sif_components: int = 1,
        tokenizer: Callable[[str], Iterable[Any]] | None = None,
        vector_size: int = 100,
        min_count: int = 2,
        epochs: int = 10,
        workers: int = 1,
        options: Mapping[str, Any] | None = None,
        random_state: Any = None,
    ) -> None:
        self.vectors = vectors
        self.weighting = weighting
        self.sif_a = sif_a
        self.sif_components = sif_components
        self.tokenizer = tokenizer
        self.vector_size = vector_size
        self.min_count = min_count
        self.epochs = epochs
        self.workers = workers
        self.options = options
        self.random_state = random_state

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:
        """Train vectors, if none were given, and learn the weights.

        Parameters
        ----------
        X : iterable of str or of lists of words
            Documents.
        y : ignored

        Raises
        ------
        ParameterError, ParameterTypeError
            If a parameter is out of range or of a wrong type.
        CorpusTypeError
            If `X` or a document is of a wrong type.
        NotTrainableError
            If no word occurs `min_count` times.
        """
        self._fit(self._tokens(X))
        return self

    def fit_transform(self, X: Iterable[Any], y: Any = None, **fit_params: Any) -> Floats:
        """Fit to documents and give their vectors; `X` is iterated once."""
        documents = self._tokens(X)
        self._fit(documents)
        return self._transform(documents)

    def transform(self, X: Iterable[Any]) -> Floats:
        """Give the vectors of documents.

        Parameters
        ----------
        X : iterable of str or of lists of words

        Returns
        -------
        ndarray of shape (n_documents, vector_size), float32

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        CorpusTypeError
            If `X` or a document is of a wrong type.
        """
        check_is_fitted(self)
        return self._transform(self._tokens(X))

    def _fit(self, documents: Tokens) -> None:
        self._check_parameters()
        if not documents:
            raise ParameterError("X holds no documents: fit needs one at least")
        self.vectors_ = self._train(documents) if self.vectors is None else self.vectors
        self._n_features_out = self.vectors_.vector_size
        n_keys = len(self.vectors_.vectors)
        self.weights_ = np.ones(n_keys)
        self.components_ = np.zeros((0, self._n_features_out))
        if self.weighting == "sif":
            counts = np.zeros(n_keys)
            for block in self._blocks(documents):
                counts += np.bincount(block.tokens, minlength=n_keys)
            self.weights_ = self.sif_a / (self.sif_a + counts / max(counts.sum(), 1))
            self.components_ = self._common_directions(self._means(documents))

    def _train(self, documents: Tokens) -> KeyedVectors:
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31 - 1)
        own: dict[str, Any] = {
            "vector_size": self.vector_size,
            "min_count": self.min_count,
            "epochs": self.epochs,
            "workers": self.workers,
            "seed": int(seed),
        }
        twice = sorted(own.keys() & dict(self.options or {}).keys())
        if twice:
            raise ParameterError(
                f"options holds {', '.join(twice)}: set parameters of DocumentVectors itself "
                "(seed is random_state)"
            )
        return Word2Vec(documents, **own, **(self.options or {})).wv

    def _common_directions(self, means: Floats) -> Floats:
        """Give the first singular vectors of the documents, which are not centred."""
        means = means.astype(np.float64)
        _, directions = np.linalg.eigh(means.T @ means)  # ascending eigenvalues
        largest: Floats = directions[:, ::-1][:, : self.sif_components].T
        # The sign is arbitrary: the same on every machine.
        signs = np.sign(largest[np.arange(len(largest)), np.abs(largest).argmax(axis=1)])
        largest *= signs[:, None]
        return largest

    def _transform(self, documents: Tokens) -> Floats:
        rows = self._means(documents)
        common = rows @ self.components_.T @ self.components_
        return (rows - common).astype(np.float32)

    def _means(self, documents: Tokens) -> Floats:
        """Weighted sums of the known words of each document over their number."""
        vectors = self.vectors_.vectors
        parts = [np.zeros((0, vectors.shape[1]))]
        for block in self._blocks(documents):
            shape = (len(block.words), len(vectors))
            weights = csr_array((self.weights_[block.tokens], block.tokens, block.offsets), shape)
            n_known = np.maximum(np.diff(block.offsets), 1)
            parts.append((weights @ vectors) / n_known[:, None])
        return np.concatenate(parts)

    def _blocks(self, documents: Tokens) -> Iterable[Any]:
        encoder = SentenceEncoder(self.vectors_.key_to_index)
        iterator = iter(documents)
        while (block := encoder.next_block(iterator, _BLOCK_WORDS)) is not None:
            yield block

    def _tokens(self, X: Iterable[Any]) -> Tokens:
        """Read all documents, once, as lists of words."""
        if isinstance(X, str | bytes | Mapping) or not isinstance(X, Iterable):
            raise CorpusTypeError(
                f"X is a {type(X).__name__}: it must be a list (or another iterable) of "
                "documents, each a str or a list of words"
            )
        split = self.tokenizer or str.split
        documents = []
        for number, document in enumerate(X):
            if isinstance(document, bytes | Mapping) or not isinstance(document, Iterable):
                raise CorpusTypeError(
                    f"document {number} is a {type(document).__name__}: it must be a str or a "
                    "list of words"
                )
            words = split(document) if isinstance(document, str) else document
            documents.append(list(words))
        return documents

    def _check_parameters(self) -> None:
        if self.vectors is not None and not isinstance(self.vectors, KeyedVectors):
            raise ParameterTypeError(
                f"vectors is a {type(self.vectors).__name__}: it must be KeyedVectors (the .wv of "
                "a model) or None"
            )
        if self.weighting not in ("mean", "sif"):
            raise ParameterError(f"weighting={self.weighting!r}: it must be 'mean' or 'sif'")
        if not self.sif_a > 0:
            raise ParameterError(f"sif_a={self.sif_a!r}: it must be > 0")
        size = self.vector_size if self.vectors is None else self.vectors.vector_size
        if not 0 <= self.sif_components <= size:
            raise ParameterError(
                f"sif_components={self.sif_components!r}: it must be from 0 to the size of the "
                f"vectors, {size}"
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = True
        tags.non_deterministic = self.workers != 1
        return tags

"""KeyedVectors: what a trained model answers with, and its way to files."""

from collections.abc import Iterable
from functools import partial
from importlib import import_module
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from word2vec.errors import FormatError, ParameterError
from word2vec.io import container, foreign, word2vec_format
from word2vec.io.container import MmapMode, Source
from word2vec.vectors import evaluation
from word2vec.vectors.arrays import unit
from word2vec.vectors.interchange import Interchange
from word2vec.vectors.kept_names import KeptNames
from word2vec.vectors.queries import Queries
from word2vec.vectors.tensors import from_tensors, to_tensors

KIND = "keyed_vectors"
MODEL_KIND = "word2vec"


class KeyedVectors(KeptNames, Interchange):
    """Vectors by key, with similarity queries, evaluation and files.

    Parameters
    ----------
    vector_size : int
        Dimensions of the vectors, >= 1.
    count : int
        Rows to allocate in advance; add_vector and add_vectors fill them first.
    dtype : dtype
        Float type of the vectors.
    mapfile_path : str, optional
        Only kept.

    Notes
    -----
    Changing rows of `vectors` in place leaves cached norms behind: call
    `vectors_changed()` afterwards. Assigning `vectors`, training and all methods
    of this class see to that themselves.
    """

    __slots__ = ()

    # ---- evaluation --------------------------------------------------------

    def evaluate_word_analogies(
        self,
        analogies: Source,
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: Any = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """Score on analogy questions "a is to b as c is to d".

        Parameters
        ----------
        analogies : str, path or open binary file
            Sections ": name" of lines "a b c d", as questions-words.txt.
        restrict_vocab : int, optional
            Use only so many first keys.
        case_insensitive : bool
            Compare in upper case; of variants the first key counts.
        dummy4unknown : bool
            Count questions with unknown words as wrong instead of leaving them out.
        similarity_function : {"most_similar", "most_similar_cosmul"}, str or callable
            3CosAdd or 3CosMul, both in matrix products; any other method or callable,
            and the method of a subclass, is asked question by question.

        Returns
        -------
        accuracy : float
            In [0, 1].
        sections : list of dict
            "section", "correct", "incorrect"; the last one is "Total accuracy".

        Raises
        ------
        FormatError
            If a question stands before the first section.
        ParameterError
            If `similarity_function` is not a method.
        """
        keys = self.index_to_key[: self._n_filled()][:restrict_vocab]
        known = evaluation.vocabulary(keys, case_insensitive)
        sections = evaluation.read_analogies(analogies, case_insensitive)
        batched = ("most_similar", "most_similar_cosmul")
        if similarity_function in batched and not self._overrides(similarity_function):
            answer = partial(
                self._answer_in_batches,
                keys,
                case_insensitive,
                similarity_function == "most_similar_cosmul",
            )
        else:
            ask = self._method(similarity_function)
            answer = partial(self._answer_one_by_one, ask, restrict_vocab, case_insensitive)
        return evaluation.score_analogies(sections, known, answer, dummy4unknown)

    def evaluate_word_pairs(
        self,
        pairs: Source,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        """Correlate similarities with human judgements of word pairs.

        Parameters
        ----------
        pairs : str, path or open binary file
            Lines "word word score", as wordsim353.tsv.
        delimiter : str
            What stands between the three.
        restrict_vocab, case_insensitive : see `evaluate_word_analogies`
        dummy4unknown : bool
            Give pairs with unknown words the similarity 0 instead of leaving them out.

        Returns
        -------
        pearson, spearman : scipy result objects
            (statistic, pvalue).
        unknown : float
            Percentage of pairs with unknown words.

        Raises
        ------
        ParameterError
            If no pair is left.
        MissingDependencyError
            If scipy cannot be imported.
        """
        keys = self.index_to_key[: self._n_filled()][:restrict_vocab]
        known = evaluation.vocabulary(keys, case_insensitive)
        judged = evaluation.read_pairs(pairs, delimiter, encoding, case_insensitive)
        similarity = self._row_similarity
        if self._overrides("similarity"):
            similarity = self._key_similarity
        scores = evaluation.score_pairs(judged, known, similarity, dummy4unknown)
        self.log_evaluate_word_pairs(*scores, pairs)
        return scores

    def _row_similarity(self, first: int, second: int) -> float:
        # By row: an int key would be looked up as a key.
        return float(np.dot(unit(self.vectors[first]), unit(self.vectors[second])))

    def _key_similarity(self, first: int, second: int) -> float:
        return float(self.similarity(self.index_to_key[first], self.index_to_key[second]))

    def _overrides(self, name: str) -> bool:
        """Whether a query is another than ours: a subclass's, or set from outside."""
        return getattr(getattr(self, name), "__func__", None) is not getattr(Queries, name)

    def _answer_in_batches(
        self,
        keys: list[Any],
        case_insensitive: bool,
        multiply: bool,
        rows: npt.NDArray[np.int64],
        words: list[evaluation.Question],
    ) -> list[Any]:
        vectors = self.vectors[: len(keys)]
        return evaluation.answer_analogies(vectors, keys, rows, words, case_insensitive, multiply)

    def _answer_one_by_one(
        self,
        ask: Any,
        restrict_vocab: int | None,
        case_insensitive: bool,
        rows: npt.NDArray[np.int64],
        words: list[evaluation.Question],
    ) -> list[Any]:
        answers = []
        for (a, b, c), question in zip(rows.tolist(), words, strict=True):
            found = ask(
                positive=[self.index_to_key[b], self.index_to_key[c]],
                negative=[self.index_to_key[a]],
                topn=evaluation.CANDIDATES,
                restrict_vocab=restrict_vocab,
            )
            candidates = [key for key, _ in found]
            answers.append(evaluation.first_new(candidates, question, case_insensitive))
        return answers

    def _method(self, function: Any) -> Any:
        if callable(function):
            return function
        method = getattr(self, str(function), None)
        if not callable(method):
            raise ParameterError(
                f"similarity_function={function!r}: it must be a method of {type(self).__name__}, "
                "as 'most_similar' or 'most_similar_cosmul', or a callable"
            )
        return method

    # ---- a look ------------------------------------------------------------

    def map(self, **options: Any) -> Any:
        """Make a map of the words: a page for the browser, which notebooks show inline.

        Parameters
        ----------
        **options
            Of `word2vec.see.map.WordMap`, as ``words=10_000``, ``projection="pca"``.

        Returns
        -------
        WordMap
            ``save("map.html")`` writes the page.

        Raises
        ------
        ParameterError
            If an option is outside its range or there are no words.
        MissingDependencyError
            If the package of the projection is missing.
        """
        return import_module("word2vec.see.map").WordMap(self, **options)

    # ---- native files, and gensim's ----------------------------------------

    def save(
        self,
        fname_or_handle: Source,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int | None = None,
        *,
        format: str = "native",
    ) -> None:
        """Write everything to one file in the native format (safetensors' layout).

        Parameters
        ----------
        fname_or_handle : str, path or open binary file
            A named file is replaced only after the new one is complete.
        ignore : iterable of str
            Names of attributes of the keys to leave out, as "count"; in gensim's
            format of attributes of the object.
        separately, sep_limit
            For gensim's format, see `word2vec.compat.gensim_write.save_model`; without
            effect on the native one, which has no side files.
        pickle_protocol
            Taken for gensim's sake; without effect.
        format : {"native", "gensim"}
            "gensim" writes what gensim 4 loads.

        Raises
        ------
        ParameterTypeError
            If a key or attribute is of a type that files cannot hold.
        OSError
            If the file cannot be written; an old file is untouched then.
        """
        writer = foreign.writer(format)
        if writer is not None:
            writer.save_vectors(self, fname_or_handle, separately, sep_limit, ignore)
            return
        tensors, meta = to_tensors(self, ignore)
        container.write(fname_or_handle, KIND, tensors, {"wv": meta})

    @classmethod
    def load(cls, fname: Source, mmap: MmapMode | None = None, *, trusted: bool = False) -> Self:
        """Read what `save`, or Word2Vec's `save`, wrote, here or in gensim.

        Parameters
        ----------
        fname : str, path or open binary file
            Of a whole model only the vectors are returned.
        mmap : {None, "r", "c", "r+"}
            Map the vectors instead of reading them: read-only, copy-on-write, or
            writing through to the file; gensim's only where they have a file of their own.
        trusted : bool
            Let the pickle of a gensim file import and call whatever it names. A native
            file has nothing that could be run.

        Raises
        ------
        RefusedGlobalError
            If a pickle names something that is not known to be harmless.
        FormatError
            If it is no such file (TruncatedFileError if it ends too soon).
        OSError
            If the file cannot be read.
        """
        source, reader = foreign.recognise(fname)
        if reader is not None:
            loaded: Self = reader.load_vectors(cls, source, mmap, trusted)
            return loaded
        content = container.read(source, mmap=mmap)
        if content.kind not in (KIND, MODEL_KIND):
            raise FormatError(f"the file holds {content.kind!r}, not word vectors")
        return from_tensors(cls, content)

    @classmethod
    def from_gensim(cls, vectors: Any) -> Self:
        """Make vectors of gensim's live ones, or those of its model, with copies of all arrays.

        Raises
        ------
        ParameterTypeError
            If `vectors` is not of gensim.
        FormatError
            If it has no word vectors, or its parts contradict each other.
        """
        made: Self = foreign.writer("gensim").vectors_from_gensim(cls, vectors)
        return made

    def to_gensim(self) -> Any:
        """Make a ``gensim.models.KeyedVectors`` of these, with copies of all arrays.

        Raises
        ------
        MissingDependencyError
            If gensim is not installed.
        """
        return foreign.writer("gensim").to_gensim(self)

    # ---- the C tool's files ------------------------------------------------

    def save_word2vec_format(
        self,
        fname: Source,
        fvocab: Source | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Write the vectors in the text or binary format of word2vec.c.

        Parameters
        ----------
        fname : str, path or open binary file
            Compressed if the name ends in .gz, .bz2, .xz or .zst.
        fvocab : str, path or open binary file, optional
            Where to write the keys with their `sort_attr`.
        binary : bool
            Write float32 instead of decimal numbers.
        total_vec : int, optional
            Number of rows for the header, if more will be appended.
        prefix : str
            Put before each key.
        append : bool
            Write behind what the file holds.
        sort_attr : str
            Attribute that orders the rows, largest first; row order without it.

        Raises
        ------
        FormatError
            If a key holds whitespace: the file could not be read back.
        ParameterError
            If `fvocab` is given but no key has `sort_attr`.
        OSError
            If a file cannot be written.
        """
        if fvocab is not None and sort_attr not in self.expandos:
            raise ParameterError(
                f"Cannot store vocabulary with '{sort_attr}' because that attribute does not exist"
            )
        rows = np.array(
            [row for row, key in enumerate(self.index_to_key) if key is not None], dtype=np.int64
        )
        if sort_attr in self.expandos:
            values = self.expandos[sort_attr][rows]
            rows = rows[np.argsort(-values.astype(np.float64), kind="stable")]
        if fvocab is not None:
            counts = self.expandos[sort_attr][rows].tolist()
            keys = [self.index_to_key[row] for row in rows.tolist()]
            word2vec_format.write_counts(fvocab, [f"{prefix}{key}" for key in keys], counts)
        word2vec_format.write(
            fname,
            self.index_to_key,
            self.vectors,
            order=rows,
            binary=binary,
            total=total_vec,
            write_header=write_header,
            prefix=prefix,
            append=append,
        )

    @classmethod
    def load_word2vec_format(
        cls,
        fname: Source,
        fvocab: Source | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: npt.DTypeLike = np.float32,
        no_header: bool = False,
    ) -> Self:
        """Read vectors in the text or binary format of word2vec.c.

        Parameters, warnings and errors are those of `word2vec.io.word2vec_format.read`;
        the counts become the attribute "count".
        """
        found = word2vec_format.read(
            fname,
            fvocab=fvocab,
            binary=binary,
            encoding=encoding,
            unicode_errors=unicode_errors,
            limit=limit,
            datatype=datatype,
            no_header=no_header,
        )
        wv = cls(found.vectors.shape[1])
        wv.vectors = found.vectors
        wv.index_to_key = list(found.keys)
        wv.key_to_index = {key: row for row, key in enumerate(found.keys)}
        wv.next_index = len(found.keys)
        wv.expandos["count"] = found.counts
        return wv

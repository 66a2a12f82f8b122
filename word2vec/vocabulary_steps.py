"""From a corpus to a model that is ready to train: the steps of `Word2Vec.build_vocab`.

scan (count words) -> prepare the vocabulary (choose, order, thresholds) -> prepare
the weights. Each step is public under gensim's name.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import NotTrainableError
from word2vec.events import LifecycleEvents
from word2vec.model_checks import check_rereadable
from word2vec.model_hooks import SubclassHooks, overridden, refuse_unreachable
from word2vec.model_tables import PATH_ATTRIBUTES
from word2vec.model_weights import NO_PRIOR_VOCABULARY, WeightSteps
from word2vec.params import OPTIONS
from word2vec.renamed import renamed_corpus
from word2vec.text.arrow_columns import bulk_reader, sentences_of
from word2vec.text.encoded import EncodedCorpus
from word2vec.text.readers import LineSentence, corpus_files
from word2vec.text.vocabulary import (
    RawVocabulary,
    keep_thresholds,
    scan_files,
    scan_sentences,
    select_words,
    sort_order,
)
from word2vec.training import huffman
from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger("word2vec.model")

NULL_WORD = "\0"


class VocabularySteps(WeightSteps, SubclassHooks, LifecycleEvents):
    """Vocabulary and weights of a `Word2Vec` model; see there for the attributes."""

    raw_vocab: Mapping[Any, int]

    # Options, set by Word2Vec from params.OPTIONS.
    min_count: int
    effective_min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sample: float
    sorted_vocab: int
    null_word: int
    workers: int
    corpus_count: int
    corpus_total_words: int | Any  # None where an old file of gensim lacks it

    def build_vocab(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None = None,
        corpus_file: Any = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        *,
        min_count: int | None = None,
        sample: float | None = None,
        **old_names: Any,
    ) -> None:
        """Count the words of a corpus and make the model ready to train on it.

        Parameters
        ----------
        corpus_iterable : iterable of iterables of hashables, optional
            Sentences as tokens; this or `corpus_file`.
        corpus_file : path or list of paths, optional
            Text, a sentence a line, words between whitespace; plain or compressed.
        update : bool, default=False
            Add the new words of this corpus to the vocabulary there is, and its
            counts to the counts there are.
        progress_per : int, default=10000
            Log a line at INFO every so many sentences.
        keep_raw_vocab : bool, default=False
            Keep the counts of all words in `raw_vocab`.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns ``RULE_KEEP``, ``RULE_DISCARD``
            or ``RULE_DEFAULT``.
        min_count, sample : optional
            Replace the model's, as in `prepare_vocab`.
        **old_names
            ``sentences`` of gensim 3, with a DeprecationWarning.

        Raises
        ------
        TypeError
            If not exactly one corpus is given, or it is of a wrong type.
        RuntimeError
            If `update` is true and there is no vocabulary yet.
        """
        self._build(
            renamed_corpus("build_vocab", corpus_iterable, old_names),
            corpus_file,
            update=update,
            progress_per=progress_per,
            keep_raw_vocab=keep_raw_vocab,
            trim_rule=trim_rule,
            min_count=min_count,
            sample=sample,
        )

    def _build(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        *,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        keep_ids: bool = False,
    ) -> EncodedCorpus | None:
        """Build the vocabulary; return the ids of a file if asked to keep them."""
        refuse_unreachable(self)
        self._check_corpus_sanity(corpus_iterable, corpus_file, passes=1)
        self._check_update(update)
        if keep_ids and corpus_file is not None and self.max_vocab_size is not None:
            check_rereadable(corpus_file)  # pruning needs a pass of its own
        rest: dict[str, Any] = {"keep_raw_vocab": keep_raw_vocab, "trim_rule": trim_rule}
        rest |= {k: v for k, v in (("min_count", min_count), ("sample", sample)) if v is not None}
        if any(overridden(self, VocabularySteps, x) for x in ("scan_vocab", "prepare_vocab")):
            # A subclass sees each step and what it left in raw_vocab, and no ids are kept.
            self.corpus_total_words, self.corpus_count = self.scan_vocab(
                corpus_iterable, corpus_file, progress_per=progress_per, trim_rule=trim_rule
            )
            self.prepare_vocab(update=update, **rest)
            self.prepare_weights(update=update)
            return None
        raw, encoded = self._scan(
            corpus_iterable, corpus_file, progress_per, trim_rule, keep_ids=keep_ids
        )
        self.raw_vocab = raw.as_dict() if keep_raw_vocab else {}
        self._prepare(raw, update=update, trim_rule=trim_rule, min_count=min_count, sample=sample)
        if encoded is not None:
            known = self.wv.key_to_index
            new_ids = (known.get(word, -1) for word in raw.words)
            encoded.remap(np.fromiter(new_ids, np.int32, len(raw)))
        del raw  # the weights may take its memory
        self.prepare_weights(update=update)
        return encoded

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[Any, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        update: bool = False,
    ) -> None:
        """Make the model ready to train from counts of words instead of a corpus.

        Parameters
        ----------
        word_freq : mapping of hashable to int
            Counts, >= 0, in the order in which equal counts are ranked backwards.
        keep_raw_vocab, trim_rule, update
            As in `build_vocab`.
        corpus_count : int, optional
            Sentences in the corpus, kept for `train`.

        Raises
        ------
        RuntimeError
            If `update` is true and there is no vocabulary yet.
        """
        self._check_update(update)
        logger.info("Processing provided word frequencies")
        raw = RawVocabulary.from_mapping(word_freq)
        self.corpus_count = corpus_count or 0
        self.corpus_total_words = 0
        self.raw_vocab = word_freq if keep_raw_vocab else {}
        self._prepare(raw, update=update, trim_rule=trim_rule)
        self.prepare_weights(update=update)

    def scan_vocab(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None = None,
        corpus_file: Any = None,
        progress_per: int = 10000,
        workers: int | None = None,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        **old_names: Any,
    ) -> tuple[int, int]:
        """Count the words of a corpus into `raw_vocab`; parameters as in `build_vocab`.

        Returns
        -------
        total_words, corpus_count : int
            Words and sentences.
        """
        corpus_iterable = renamed_corpus("scan_vocab", corpus_iterable, old_names)
        self._check_corpus_sanity(corpus_iterable, corpus_file, passes=1)
        raw, _ = self._scan(corpus_iterable, corpus_file, progress_per, trim_rule, workers)
        self.raw_vocab = raw.as_dict()
        return raw.n_words, raw.n_sentences

    def _scan(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        progress_per: int,
        trim_rule: Callable[[Any, int, int], int] | None,
        workers: int | None = None,
        keep_ids: bool = False,
    ) -> tuple[RawVocabulary, EncodedCorpus | None]:
        encoded = None
        in_c = self.max_vocab_size is None  # pruning depends on the order of all sentences
        corpus_iterable = sentences_of(corpus_iterable)
        bulk = bulk_reader(corpus_iterable) if in_c else None
        if bulk is not None:
            raw = bulk.scan(workers=workers or self.workers, progress_per=progress_per)
        elif corpus_file is not None and in_c:
            raw, encoded = scan_files(
                corpus_files(corpus_file),
                workers=workers or self.workers,
                keep_ids=keep_ids,
                progress_per=progress_per,
            )
        else:
            if corpus_iterable is None:
                corpus_iterable = chain.from_iterable(map(LineSentence, corpus_files(corpus_file)))
            raw = scan_sentences(
                corpus_iterable,
                max_vocab_size=self.max_vocab_size,
                trim_rule=trim_rule,
                progress_per=progress_per,
            )
        self.corpus_total_words = raw.n_words
        self.corpus_count = raw.n_sentences
        return raw, encoded

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        """Choose and order the words of `raw_vocab`.

        Parameters
        ----------
        min_count, sample : optional
            Instead of the model's, which they replace unless `dry_run`.
        dry_run : bool, default=False
            Only report what would come out.

        Returns
        -------
        dict of str to int
            ``drop_unique``, ``retain_total``, ``downsample_unique``,
            ``downsample_total`` and ``num_retained_words``.

        Raises
        ------
        RuntimeError
            If `update` is true and there is no vocabulary yet.
        """
        self._check_update(update)
        raw = RawVocabulary.from_mapping(self.raw_vocab)
        report = self._prepare(
            raw,
            update=update,
            trim_rule=trim_rule,
            min_count=min_count,
            sample=sample,
            dry_run=dry_run,
        )
        if not keep_raw_vocab and not dry_run:
            self.raw_vocab = {}
        return report

    def _prepare(
        self,
        raw: RawVocabulary,
        *,
        update: bool,
        trim_rule: Callable[[Any, int, int], int] | None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        min_count = OPTIONS["min_count"].check(self.min_count if min_count is None else min_count)
        sample = OPTIONS["sample"].check(self.sample if sample is None else sample)
        chosen = select_words(
            raw,
            min_count=min_count,
            max_final_vocab=self.max_final_vocab,
            trim_rule=trim_rule,
        )
        counts = chosen.counts
        words = [raw.words[i] for i in chosen.indices]
        if self.sorted_vocab:
            order = sort_order(counts)
            counts, words = counts[order], [words[i] for i in order]
        if update:
            words, counts = _merge(self.wv, raw, words, counts)
        thresholds, downsample_unique, downsample_total = keep_thresholds(counts, sample)
        logger.info(
            "effective_min_count=%i retains %i unique words (%.2f%% of original %i, drops %i)",
            chosen.effective_min_count,
            len(chosen.indices),
            100.0 * len(chosen.indices) / max(len(raw.words), 1),
            len(raw.words),
            chosen.dropped_unique,
        )
        logger.info(
            "downsampling leaves estimated %i word corpus (%.1f%% of prior %i)",
            downsample_total,
            100.0 * downsample_total / max(int(counts.sum()), 1),
            int(counts.sum()),
        )
        if not dry_run:
            self.min_count, self.sample = min_count, sample
            self.effective_min_count = chosen.effective_min_count
            self._set_vocabulary(words, counts, thresholds, update=update)
            self.add_lifecycle_event(
                "prepare_vocab",
                log_level=None,
                msg=f"effective_min_count={chosen.effective_min_count} retains "
                f"{len(chosen.indices)} unique words of {len(raw.words)}; downsampling leaves "
                f"estimated {downsample_total} words",
                update=update,
            )
        return {
            "drop_unique": chosen.dropped_unique,
            "retain_total": int(chosen.counts.sum()),
            "downsample_unique": int(downsample_unique),
            "downsample_total": int(downsample_total),
            "num_retained_words": len(chosen.indices),
        }

    def _set_vocabulary(
        self,
        words: list[Any],
        counts: NDArray[np.int64],
        thresholds: NDArray[np.uint32],
        *,
        update: bool,
    ) -> None:
        wv = self.wv
        old_tree = self._tables.tree if update and self._tables is not None else None
        n_old = len(wv.index_to_key)
        wv.index_to_key = words
        wv.key_to_index = {word: index for index, word in enumerate(words)}
        if not update:
            wv.expandos = {}  # attributes of other words
        wv.expandos["count"] = counts.astype(np.int64)
        wv.expandos["sample_int"] = thresholds.astype(np.uint32)
        if self.null_word:
            self._append_null_word()
            counts = wv.expandos["count"]
        tree = None
        if old_tree is not None:
            tree = huffman.graft(old_tree, counts[:n_old], counts[n_old:])
        self._make_tables(tree)

    def add_null_word(self) -> None:
        r"""Append the word ``"\0"`` to the vocabulary, unless it is there; then grow the weights.

        Training never meets it: its count, 1, only keeps distributions defined.
        """
        n_words = len(self.wv.index_to_key)
        self._append_null_word()
        if len(self.wv.index_to_key) == n_words:
            return
        counts = self.wv.expandos["count"]
        old_tree = self._tables.tree if self._tables is not None else None
        self._make_tables(old_tree and huffman.graft(old_tree, counts[:-1], counts[-1:]))
        if len(self.wv.vectors):
            self.update_weights()

    def _append_null_word(self) -> None:
        wv = self.wv
        if NULL_WORD in wv.key_to_index:
            return
        wv.key_to_index[NULL_WORD] = len(wv.index_to_key)
        wv.index_to_key.append(NULL_WORD)
        wv.set_vecattr(NULL_WORD, "count", 1)
        wv.set_vecattr(NULL_WORD, "sample_int", np.uint32(0))

    def reset_from(self, other_model: "VocabularySteps") -> None:
        """Take the vocabulary of another model, with new weights for this one's options.

        Parameters
        ----------
        other_model : Word2Vec
            Its keys, counts, subsampling thresholds and numbers of sentences and words
            are copied; it keeps nothing of this model.
        """
        ours, theirs = KeyedVectors(self.vector_size), other_model.wv
        ours.index_to_key = list(theirs.index_to_key)
        ours.key_to_index = dict(theirs.key_to_index)
        ours.expandos = {name: values.copy() for name, values in theirs.expandos.items()}
        for name in PATH_ATTRIBUTES:
            ours.expandos.pop(name, None)
        self.wv = ours
        self.corpus_count = other_model.corpus_count
        self.corpus_total_words = other_model.corpus_total_words
        self._make_tables()
        self.init_weights()

    def _check_update(self, update: bool) -> None:
        if update and not len(self.wv.index_to_key):
            raise NotTrainableError(NO_PRIOR_VOCABULARY)


def _merge(
    wv: KeyedVectors, raw: RawVocabulary, chosen: list[Any], counts: NDArray[np.int64]
) -> tuple[list[Any], NDArray[np.int64]]:
    """Add all counts of known words, which keep their ids; append the chosen new ones."""
    known = wv.key_to_index
    total = wv.expandos["count"].copy()
    for word, count in zip(raw.words, raw.counts.tolist(), strict=True):
        if word in known:
            total[known[word]] += count
    new = [i for i, word in enumerate(chosen) if word not in known]
    return [*wv.index_to_key, *(chosen[i] for i in new)], np.concatenate([total, counts[new]])

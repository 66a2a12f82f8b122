"""Names, parameters and defaults are those of gensim 4.4: by a table, and by gensim itself."""

import inspect

import pytest

import word2vec
import word2vec.phrases
from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import ParameterTypeError

# Parameter names of gensim 4.4, in order; programs pass them by position and by name.
SIGNATURES = {
    Word2Vec: """
        __init__ sentences corpus_file vector_size alpha window min_count max_vocab_size sample
            seed workers min_alpha sg hs negative ns_exponent cbow_mean hashfxn epochs null_word
            trim_rule sorted_vocab batch_words compute_loss callbacks comment max_final_vocab
            shrink_windows
        build_vocab corpus_iterable corpus_file update progress_per keep_raw_vocab trim_rule
        build_vocab_from_freq word_freq keep_raw_vocab corpus_count trim_rule update
        scan_vocab corpus_iterable corpus_file progress_per workers trim_rule
        prepare_vocab update keep_raw_vocab trim_rule min_count sample dry_run
        train corpus_iterable corpus_file total_examples total_words epochs start_alpha end_alpha
            word_count queue_factor report_delay compute_loss callbacks
        score sentences total_sentences chunksize queue_factor report_delay
        predict_output_word context_words_list topn
        estimate_memory vocab_size report
        reset_from other_model
        init_weights
        update_weights
        prepare_weights update
        make_cum_table domain
        create_binary_tree
        add_null_word
        seeded_vector seed_string vector_size
        init_sims replace
        get_latest_training_loss
        add_lifecycle_event event_name log_level
    """,
    KeyedVectors: """
        __init__ vector_size count dtype mapfile_path
        add_vector key vector
        add_vectors keys weights extras replace
        get_index key default
        has_index_for key
        get_vector key norm
        get_mean_vector keys weights pre_normalize post_normalize ignore_missing
        get_normed_vectors
        fill_norms force
        unit_normalize_all
        init_sims replace
        set_vecattr key attr val
        get_vecattr key attr
        allocate_vecattrs attrs types
        resize_vectors seed
        sort_by_descending_frequency
        most_similar positive negative topn clip_start clip_end restrict_vocab indexer
        most_similar_cosmul positive negative topn restrict_vocab
        similar_by_word word topn restrict_vocab
        similar_by_key key topn restrict_vocab
        similar_by_vector vector topn restrict_vocab
        most_similar_to_given key1 keys_list
        closer_than key1 key2
        words_closer_than word1 word2
        rank key1 key2
        rank_by_centrality words use_norm
        doesnt_match words
        cosine_similarities vector_1 vectors_all
        distances word_or_vector other_words
        distance w1 w2
        similarity w1 w2
        n_similarity ws1 ws2
        relative_cosine_similarity wa wb topn
        wmdistance document1 document2 norm
        evaluate_word_analogies analogies restrict_vocab case_insensitive dummy4unknown
            similarity_function
        evaluate_word_pairs pairs delimiter encoding restrict_vocab case_insensitive dummy4unknown
        log_accuracy section
        log_evaluate_word_pairs pearson spearman oov pairs
        vectors_for_all keys allow_inference copy_vecattrs
        save_word2vec_format fname fvocab binary total_vec write_header prefix append sort_attr
        load_word2vec_format fname fvocab binary encoding unicode_errors limit datatype no_header
        intersect_word2vec_format fname lockf binary encoding unicode_errors
    """,
}


def signatures(table):
    lines = table.replace("\n            ", " ").split("\n")
    return [tuple(line.split()) for line in lines if line.strip()]


@pytest.mark.parametrize(
    ("owner", "signature"),
    [(owner, line) for owner, table in SIGNATURES.items() for line in signatures(table)],
    ids=lambda value: value[0] if isinstance(value, tuple) else value.__name__,
)
def test_parameters_are_those_of_gensim_in_order(owner, signature):
    name, *expected = signature
    parameters = list(inspect.signature(getattr(owner, name)).parameters.values())
    names = [p.name for p in parameters if p.name != "self"]
    assert names[: len(expected)] == expected
    extra = [p for p in parameters if p.name != "self"][len(expected) :]
    assert all(p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in extra)


def test_unknown_options_are_type_errors():
    with pytest.raises(ParameterTypeError, match="unexpected keyword argument 'dimensions'"):
        Word2Vec(dimensions=5)


# ---- against gensim itself ---------------------------------------------------

CLASSES = {
    "callbacks": ["CallbackAny2Vec"],
    "keyedvectors": ["KeyedVectors"],
    "phrases": ["Phrases", "FrozenPhrases", "_PhrasesTransformation"],
    "word2vec": ["Word2Vec", "LineSentence", "PathLineSentences", "Text8Corpus", "BrownCorpus"],
}
PAIRS = [(module, name) for module, names in CLASSES.items() for name in names]

# What ours lack: gensim's way to write and repair pickles, the threads of its queues (a
# subclass that has these is refused), and pieces of loops that ours do in C.
INNER = {
    "_adapt_by_suffix", "_load_specials", "_save_specials", "_smart_save",
    "_upconvert_old_d2vkv", "_upconvert_old_vocab",
    "_do_train_epoch", "_job_producer", "_log_epoch_progress", "_scan_vocab", "_worker_loop",
    "_worker_loop_corpusfile",
    "_apply", "_learn_vocab", "_log_evaluate_word_analogies",
}  # fmt: skip
# An abstract class: what is saved are its subclasses.
ABSTRACT = {("_PhrasesTransformation", name) for name in ("save", "load", "add_lifecycle_event")}
# Defaults that differ, each with its reason.
OTHER_DEFAULTS = {
    "compute_loss",  # of train: gensim's False overrides what the constructor was told
    "pickle_protocol",  # without effect
}

# A measurement, and the lowest rate: ours falls within a batch, gensim's between batches.
OTHER_VALUES = {"total_train_time", "min_alpha_yet_reached"}


def theirs(module, name):
    pytest.importorskip("gensim", reason="walks the classes of an installed gensim 4.4")
    from importlib import import_module

    return getattr(import_module(f"gensim.models.{module}"), name)


def ours(name):
    return getattr(word2vec, name, None) or getattr(word2vec.phrases, name)


def own_names(cls):
    """Names that a class has beyond `object`, its properties and dunder methods too."""
    return sorted({name for base in cls.__mro__ if base is not object for name in vars(base)})


def parameters(function):
    return [p for p in inspect.signature(function).parameters.values() if p.name != "self"]


@pytest.mark.parametrize(("module", "name"), PAIRS, ids=lambda value: value)
def test_every_method_of_gensims_is_here_with_its_parameters(module, name):
    their_class, our_class = theirs(module, name), ours(name)
    differences = []
    for method in own_names(their_class):
        their_method = getattr(their_class, method)
        if method in INNER or (name, method) in ABSTRACT or not inspect.isroutine(their_method):
            continue
        if not hasattr(our_class, method):
            differences.append(f"{method} is missing")
            continue
        known = [p for p in parameters(their_method) if p.kind is p.POSITIONAL_OR_KEYWORD]
        mine = parameters(getattr(our_class, method))
        if [p.name for p in mine[: len(known)]] != [p.name for p in known]:
            # What takes *args in gensim has its parameters spelled out here.
            differences.append(f"{method}: {mine} instead of {known}")
        for their, our in zip(known, mine, strict=False):
            if their.default != our.default and their.name not in OTHER_DEFAULTS:
                differences.append(f"{method}({our}) instead of ({their})")
        for our in mine[len(known) :]:
            if our.default is our.empty and our.kind is our.POSITIONAL_OR_KEYWORD and known:
                differences.append(f"{method} needs {our.name} too")
    assert not differences


@pytest.mark.parametrize("name", ["original_scorer", "npmi_scorer"])
def test_scorers_take_gensims_parameters(name):
    assert [p.name for p in parameters(ours(name))] == [
        p.name for p in parameters(theirs("phrases", name))
    ]


def trained(cls):
    return cls([["a", "b", "c"]] * 5, min_count=1, vector_size=4, workers=1)


def counted(cls):
    return cls([["a", "b"]] * 5, min_count=1, threshold=0.1)


@pytest.mark.parametrize(
    ("module", "name", "make"),
    [
        ("word2vec", "Word2Vec", trained),
        ("keyedvectors", "KeyedVectors", lambda cls: cls(4)),
        ("phrases", "Phrases", counted),
        ("word2vec", "LineSentence", lambda cls: cls("path")),
        ("word2vec", "Text8Corpus", lambda cls: cls("path")),
        ("word2vec", "BrownCorpus", lambda cls: cls("path")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_attribute_of_gensims_objects_is_here(module, name, make):
    their, our = make(theirs(module, name)), make(ours(name))
    objects = [(their, our)]
    if name == "Word2Vec":
        objects.append((their.wv, our.wv))
    if name == "Phrases":
        objects.append((their.freeze(), our.freeze()))
    for one, other in objects:
        missing = [attribute for attribute in vars(one) if not hasattr(other, attribute)]
        assert not missing
        for attribute, value in vars(one).items():
            mine = getattr(other, attribute)
            if isinstance(value, str | int | float | frozenset | None):
                assert mine == value or attribute in OTHER_VALUES, attribute

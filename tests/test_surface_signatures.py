"""Word2Vec as gensim has it: parameters in order, hooks of subclasses."""

import inspect

import pytest
from numpy.testing import assert_array_equal
from surface_cases import SENTENCES, shell

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import NotTrainableError, ParameterError, ParameterTypeError

# ---- signatures --------------------------------------------------------------

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


# ---- subclasses --------------------------------------------------------------


def test_a_subclass_may_set_the_learning_rate():
    asked = []

    class Steps(Word2Vec):
        def _get_next_alpha(self, epoch_progress, cur_epoch):
            asked.append((epoch_progress, cur_epoch))
            return 0.02 if cur_epoch == 0 else 0.0

    options = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0, "batch_words": 40}
    model = Steps(SENTENCES, epochs=2, **options)
    progress = [share for share, epoch in asked if epoch == 0]
    assert progress == sorted(progress)
    assert progress[0] == 0.0
    assert 0.5 < progress[-1] < 1.0
    assert [share for share, epoch in asked if epoch == 1] == progress
    # A rate of zero moves nothing: two epochs are one at a constant rate.
    constant = Word2Vec(SENTENCES, epochs=1, alpha=0.02, min_alpha=0.02, **options)
    assert_array_equal(model.wv.vectors, constant.wv.vectors)


def test_a_rate_that_cannot_be_is_refused():
    class Bad(Word2Vec):
        def _get_next_alpha(self, epoch_progress, cur_epoch):
            return float("nan")

    with pytest.raises(ParameterError, match="learning rate"):
        Bad(SENTENCES, min_count=1, workers=1)


def test_a_subclass_may_check_before_and_clear_after_training():
    calls = []

    class Strict(Word2Vec):
        def _check_training_sanity(self, epochs=None, **kwargs):
            calls.append(("check", epochs))
            super()._check_training_sanity(epochs=epochs, **kwargs)

        def _clear_post_train(self):
            calls.append(("clear", self.train_count))

    Strict(SENTENCES, min_count=1, epochs=2)
    assert calls == [("check", 2), ("clear", 1)]
    with pytest.raises(NotTrainableError):
        Strict().train(SENTENCES, total_examples=1, epochs=1)


def test_the_linear_rate_can_be_asked_for():
    model = shell(alpha=0.5, min_alpha=0.1, epochs=4)
    assert model._get_next_alpha(0.0, 0) == 0.5
    assert model._get_next_alpha(0.5, 1) == pytest.approx(0.35)
    assert model._get_next_alpha(1.0, 9) == 0.1
    assert model._raw_word_count([["a", "b"], ["c"]]) == 3

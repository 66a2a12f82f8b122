"""The generated corpus: stable, of the promised size, and learnable."""

import itertools
from collections import Counter

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.datasets import (
    grammar_corpus,
    grammar_questions,
    lexicon,
    write_corpus,
    write_questions,
)
from word2vec.datasets.grammar import BLOCK, table_lines
from word2vec.errors import ParameterError, ParameterTypeError


@pytest.fixture(scope="module")
def sentences():
    return list(grammar_corpus())


@pytest.fixture(scope="module")
def counts(sentences):
    return Counter(itertools.chain.from_iterable(sentences))


def test_one_seed_gives_one_corpus():
    corpus = grammar_corpus(20_000, seed=5)
    first = list(corpus)
    assert list(corpus) == first  # restartable
    assert list(grammar_corpus(20_000, seed=5)) == first


def test_the_language_of_a_seed_does_not_change():
    # Golden: numbers published for a seed must stay comparable.
    assert [" ".join(sentence) for sentence in grammar_corpus(30, seed=1)] == GOLDEN


def test_seeds_give_different_corpora_of_one_language(counts):
    other = list(grammar_corpus(100_000, seed=2))
    assert other[:50] != list(grammar_corpus(100_000, seed=1))[:50]
    assert set(itertools.chain.from_iterable(other)) <= set(counts)


def test_longer_corpus_begins_with_the_shorter_one():
    short = list(grammar_corpus(1_000))
    long = list(grammar_corpus(200_000))  # more than one block
    assert len(long) > BLOCK
    assert long[: len(short)] == short


@pytest.mark.parametrize("n_words", [100_000, 1_000_000])
def test_size_is_within_one_percent(n_words):
    corpus = grammar_corpus(n_words)
    assert sum(map(len, corpus)) == pytest.approx(n_words, rel=0.01)


def test_length_is_the_number_of_sentences(sentences):
    assert len(grammar_corpus()) == len(sentences)
    assert all(sentences)


@pytest.mark.parametrize("n_words", [0, -1])
def test_no_words_are_refused(n_words):
    with pytest.raises(ParameterError, match="n_words"):
        grammar_corpus(n_words)


def test_negative_seed_is_refused():
    with pytest.raises(ParameterError, match="seed"):
        grammar_corpus(seed=-1)


@pytest.mark.parametrize("value", [1e6, "1000", None, True])
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(ParameterTypeError, match="n_words"):
        grammar_corpus(value)


def test_words_are_few_enough_to_learn_and_many_enough_to_matter(counts):
    assert 1_500 < len(counts) < 2_500


def test_every_word_of_a_question_occurs_often(counts):
    words = {word for section in grammar_questions().values() for q in section for word in q}
    assert min(counts[word] for word in words) >= 20


def test_frequencies_have_a_head_like_zipfs(counts):
    ranked = np.array(sorted(counts.values(), reverse=True))
    total = ranked.sum()
    assert counts.most_common(1)[0][0] == "the"
    assert 0.05 < ranked[0] / total < 0.2
    assert 0.4 < ranked[:30].sum() / total < 0.7
    slope = np.polyfit(np.log(np.arange(1, 201)), np.log(ranked[:200]), 1)[0]
    assert -1.4 < slope < -0.7


def test_tables_have_the_promised_sizes():
    for table, least in (("COUNTRIES", 60), ("PEOPLE", 40), ("VERBS", 40), ("ADJECTIVES", 40)):
        assert len(table_lines(getattr(lexicon, table))) >= least


def test_every_line_of_a_table_has_the_same_columns():
    for table in ("PEOPLE", "COUNTRIES", "CURRENCIES", "ANIMALS", "VERBS", "ADJECTIVES", "NOUNS"):
        assert len({len(line) for line in table_lines(getattr(lexicon, table))}) == 1, table


def test_no_form_has_two_meanings():
    """A homograph would be a mixture, and questions about it unfair."""
    forms = Counter()
    n_forms = {"PEOPLE": 2, "COUNTRIES": 3, "VERBS": 4, "ADJECTIVES": 3, "NOUNS": 2}
    for table, n in n_forms.items():
        for line in table_lines(getattr(lexicon, table)):
            forms.update(line[:n])
    forms.update(word for line in table_lines(lexicon.ANIMALS) for word in line[:3] if word != "-")
    forms.update(currency for _, currency in table_lines(lexicon.CURRENCIES))
    assert [word for word, n in forms.items() if n > 1] == []


def test_no_form_keeps_another_entry_company():
    forms = {word for section in grammar_questions().values() for q in section for word in q}
    n_forms = {"PEOPLE": 2, "COUNTRIES": 3, "ANIMALS": 3, "VERBS": 4, "ADJECTIVES": 3, "NOUNS": 2}
    company = {
        word
        for table, n in n_forms.items()
        for line in table_lines(getattr(lexicon, table))
        for word in line[n:]
    }
    assert forms & company == set()


def test_questions_ask_about_different_pairs():
    questions = grammar_questions()
    assert len(questions) == 11
    for section in questions.values():
        assert len(section) >= 200
        assert len(set(section)) == len(section)
        assert all(len(set(question)) == 4 for question in section)
    assert ("man", "woman", "king", "queen") in questions["gender"]
    assert ("france", "paris", "germany", "berlin") in questions["country-capital"]


def test_write_questions_has_the_public_sets_format(tmp_path):
    path = tmp_path / "questions.txt"
    write_questions(path)
    read = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(": "):
            section = read[line[2:]] = []
        else:
            section.append(tuple(line.split(" ")))
    assert read == grammar_questions()


def test_write_corpus_writes_one_sentence_a_line(tmp_path):
    path = tmp_path / "corpus.txt"
    write_corpus(path, n_words=2_000, seed=3)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(" ") for line in lines] == list(grammar_corpus(2_000, seed=3))


def test_analogies_come_from_training(sentences, tmp_path):
    questions = tmp_path / "questions.txt"
    write_questions(questions)
    model = Word2Vec(vector_size=60, sg=1, alpha=0.05, epochs=4, workers=2)
    model.build_vocab(sentences)
    untrained, sections = model.wv.evaluate_word_analogies(str(questions))
    asked = len(sections[-1]["correct"]) + len(sections[-1]["incorrect"])
    assert asked == sum(map(len, grammar_questions().values()))
    assert untrained < 0.01

    model.train(sentences, total_examples=len(sentences), epochs=model.epochs)
    trained, sections = model.wv.evaluate_word_analogies(str(questions))
    assert trained > 0.8
    for section in sections:
        right, wrong = len(section["correct"]), len(section["incorrect"])
        assert right / (right + wrong) > 0.5, section["section"]
    best = model.wv.most_similar(positive=["king", "woman"], negative=["man"], topn=1)
    assert best[0][0] == "queen"


GOLDEN = [
    "in those days someone pushed the wheelbarrow and the trolley at home",
    "and the playful owlet follows its mother to the hollow",
    "but she is the baroness of the debts who forgot her dress",
]

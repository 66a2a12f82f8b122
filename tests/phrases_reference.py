"""Phrases as plain as can be: a dict of joined texts. The oracle of test_phrases*.py."""

import math


def count(sentences, delimiter="_", connectors=frozenset(), max_vocab_size=math.inf):
    """Counts of words and phrases, words read, and the floor of the next pruning."""
    vocab, n_words, floor = {}, 0, 1
    for sentence in sentences:
        open_phrase = []  # a word, then connectors
        for word in sentence:
            n_words += 1
            if word in connectors:
                if open_phrase:
                    open_phrase.append(word)
                continue
            vocab[word] = vocab.get(word, 0) + 1
            if open_phrase:
                phrase = delimiter.join([*open_phrase, word])
                vocab[phrase] = vocab.get(phrase, 0) + 1
            open_phrase = [word]
        if len(vocab) > max_vocab_size:
            vocab = {text: n for text, n in vocab.items() if n >= floor}
            floor += 1
    return vocab, n_words, floor


def original(a, b, ab, n_texts, min_count, n_words):
    return (ab - min_count) / float(a * b) * n_texts


def npmi(a, b, ab, n_texts, min_count, n_words):
    if ab < min_count:
        return -math.inf
    pa, pb, pab = a / float(n_words), b / float(n_words), ab / float(n_words)
    return math.log(pab / (pa * pb)) / -math.log(pab)


class Reference:
    """Scores of candidates, and what becomes of a sentence."""

    def __init__(self, sentences, *, min_count, threshold, score=original, delimiter="_",
                 connectors=frozenset(), max_vocab_size=math.inf):  # fmt: skip
        self.vocab, self.n_words, _ = count(sentences, delimiter, connectors, max_vocab_size)
        self.delimiter, self.connectors = delimiter, connectors
        self.min_count, self.threshold, self.score = min_count, threshold, score

    def candidate(self, words):
        text = self.delimiter.join(words)
        counts = [self.vocab.get(x, 0) for x in (words[0], words[-1], text)]
        if not all(counts):
            return None
        score = self.score(*counts, len(self.vocab), self.min_count, self.n_words)
        return (text, score) if score > self.threshold else None

    def exported(self):
        cut = (text.split(self.delimiter) for text in self.vocab)
        return dict(filter(None, (self.candidate(parts) for parts in cut if len(parts) > 1)))

    def walk(self, sentence, candidate=None):
        """Phrases with their scores, words with None, from left to right."""
        candidate = candidate or self.candidate
        result, open_phrase = [], []
        for word in sentence:
            if word in self.connectors and open_phrase:
                open_phrase.append(word)
            elif word in self.connectors:
                result.append((word, None))
            else:
                found = candidate([*open_phrase, word]) if open_phrase else None
                if found:
                    result.append(found)
                    open_phrase = []
                else:
                    result += [(token, None) for token in open_phrase]
                    open_phrase = [word] if word else []
        return result + [(token, None) for token in open_phrase]

"""Scores on analogies and on word pairs."""

import numpy as np
from gensim.models import KeyedVectors

# Capitals are their countries, moved by one and the same vector.
generator = np.random.default_rng(1)
countries = ["france", "spain", "italy", "norway", "poland"]
capitals = ["paris", "madrid", "rome", "oslo", "warsaw"]
places = generator.normal(size=(5, 12)).astype(np.float32)
wv = KeyedVectors(12)
wv.add_vectors(countries, places)
wv.add_vectors(capitals, places + generator.normal(size=12).astype(np.float32))

with open("questions.txt", "w") as file:
    file.write(": capitals\n")
    for i in range(5):
        for j in range(5):
            if i != j:
                file.write(f"{countries[i]} {capitals[i]} {countries[j]} {capitals[j]}\n")
    file.write(": unknown\nathens greece rome italy\n")
score, sections = wv.evaluate_word_analogies("questions.txt")
assert score > 0.8
assert [section["section"] for section in sections] == ["capitals", "unknown", "Total accuracy"]
assert len(sections[0]["correct"]) + len(sections[0]["incorrect"]) == 20

with open("pairs.tsv", "w") as file:
    file.write("# two words and a judgement\n")
    for i in range(4):
        word, other = countries[i], countries[i + 1]
        file.write(f"{word}\t{other}\t{10 * wv.similarity(word, other):.3f}\n")
    file.write("Paris\tBerlin\t5\n")
pearson, spearman, unknown = wv.evaluate_word_pairs("pairs.tsv")
assert pearson[0] > 0.999
assert spearman[0] > 0.999
assert unknown == 20

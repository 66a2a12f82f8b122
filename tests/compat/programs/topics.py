"""A corpus for the programs here: each sentence keeps to one topic."""

import random

TOPICS = {
    "fruit": ["apple", "pear", "plum", "cherry", "quince", "lemon"],
    "metal": ["iron", "copper", "zinc", "silver", "nickel", "cobalt"],
    "river": ["danube", "rhine", "elbe", "volga", "tagus", "loire"],
}
TOPIC_OF = {word: topic for topic, words in TOPICS.items() for word in words}


def sentences(n=600, seed=1, topics=tuple(TOPICS)):
    """Make `n` lists of words."""
    chance = random.Random(seed)
    return [
        [*chance.choices(TOPICS[topic], k=7), chance.choice(["the", "and"])]
        for topic in chance.choices(topics, k=n)
    ]


def share_on_topic(neighbours, word):
    """Share of (word, similarity) pairs whose words are of the topic of `word`."""
    same = [TOPIC_OF.get(other) == TOPIC_OF[word] for other, _ in neighbours]
    return sum(same) / len(same)

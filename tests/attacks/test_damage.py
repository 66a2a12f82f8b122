"""Files of every format, cut at every byte, with flipped bits, and spliced.

Each is read, or refused with a documented error; attack_readers.py compares what was
read with other ways of reading it, and uses it.
"""

import random

import pytest
from attack_readers import READERS, attempt

# Inputs for each reader and kind of damage; the readers of whole models are slow.
_MOST = 120


def sample(cases):
    """All of them, or evenly chosen ones."""
    step = -(-len(cases) // _MOST)
    return cases[::step]


@pytest.fixture(params=READERS)
def reader(request):
    return request.param


def attack(reader, cases, folder):
    return [attempt(reader, case, folder) for case in cases]


def test_valid_files_are_read(reader, tmp_path):
    assert attack(reader, READERS[reader].seeds(), tmp_path) == [None] * len(
        READERS[reader].seeds()
    )


# Formats in which each byte counts; others may end after any line.
_STRICT = {
    "compressed", "word2vec_binary", "native_vectors", "native_model", "native_phrases",
    "native_frozen_phrases", "pickle", "gensim_model", "gensim_vectors", "gensim_phrases",
    "gensim_frozen_phrases", "side_array", "side_array_compressed",
}  # fmt: skip


def test_files_cut_at_any_byte_are_read_or_refused(reader, tmp_path):
    # Two streams in one file may be cut to one, and a file of none is an empty text.
    seeds = READERS[reader].seeds()[:4]
    cuts = sample([seed[:n] for seed in seeds for n in range(1, len(seed))])
    errors = attack(reader, cuts, tmp_path)
    if reader in _STRICT:
        whole = [cut for cut, error in zip(cuts, errors, strict=True) if error is None]
        # A compressed file of fewer bytes than tell it is one is plain text.
        assert all(reader == "compressed" and len(cut) < 10 for cut in whole), whole


def test_files_with_flipped_bits_are_read_or_refused(reader, tmp_path):
    cases = [
        seed[:i] + bytes([seed[i] ^ (1 << bit)]) + seed[i + 1 :]
        for seed in READERS[reader].seeds()
        for i in range(len(seed))
        for bit in (i % 8, (i + 5) % 8)
    ]
    attack(reader, sample(cases), tmp_path)


def test_spliced_files_are_read_or_refused(reader, tmp_path):
    dice = random.Random(reader)
    seeds = READERS[reader].seeds()
    extremes = (b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b"-1", b"9" * 30, b"\n", b"\xc3")
    cases = []
    for _ in range(_MOST):
        first, second = dice.choice(seeds), dice.choice(seeds)
        begin, end = sorted(dice.choices(range(len(first)), k=2))
        middle = dice.choice([*extremes, second[dice.randrange(len(second)) :]])
        cases.append(first[:begin] + middle + first[end:])
    attack(reader, cases, tmp_path)

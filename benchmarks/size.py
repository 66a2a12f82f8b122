"""Show that nothing counts in 32 bits: large weights, large files, large corpora.

    python benchmarks/size.py --folder /var/tmp

Weights: 2,060 words of 2^20 dimensions, so that the last twelve rows lie beyond 2^31
numbers (8.6 GB). Sentences of these rows alone are trained; they must change and no other
may. The vectors (with --only files: as many, zero but for the last rows) go through a native
and a binary file and must come back. Corpus: a text of more than 2^31 words that is made
while it is read. Needs 10 GB of memory, 18 GB of disk in the folder, and some minutes. Exit
code 0 if all holds.
"""

import argparse
import io
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from word2vec import KeyedVectors, Word2Vec
from word2vec.text.vocabulary import scan_files

N_WORDS = 2060
DIMENSIONS = 2**20
BEYOND = 2**31 // DIMENSIONS  # rows from this one on lie beyond 2^31 numbers


def row_sums(vectors: npt.NDArray[np.float32]) -> list[int]:
    """Return a check sum of each row."""
    return [zlib.crc32(row.data) for row in vectors]


def check(name: str, holds: bool, detail: str = "") -> bool:
    print(f"{'ok  ' if holds else 'FAIL'} {name} {detail}", flush=True)
    return holds


def trained() -> tuple[KeyedVectors, bool]:
    """Train the last rows of a large model; return its vectors, and whether all was right."""
    words = [f"w{i}" for i in range(N_WORDS)]
    model = Word2Vec(
        vector_size=DIMENSIONS, min_count=1, sample=0, sg=1, epochs=1, workers=1, negative=2
    )
    # The noise words are drawn by count: those of the last rows, nearly always.
    counts = {word: 10**12 if row >= BEYOND else 1 for row, word in enumerate(words)}
    model.build_vocab_from_freq(counts)
    wv = model.wv
    # Frequent words come first: give the rows beyond 2^31 to them.
    wv.index_to_key = words
    wv.key_to_index = {word: row for row, word in enumerate(words)}
    for name, values in wv.expandos.items():
        wv.expandos[name] = np.roll(values, BEYOND)
    model._make_tables()
    model.syn1neg[BEYOND:] = 0.01
    before = row_sums(wv.vectors)
    sentences = [words[BEYOND:]] * 3
    model.train(sentences, total_examples=3, epochs=1)
    after = row_sums(wv.vectors)
    changed = [row for row in range(N_WORDS) if before[row] != after[row]]
    expected = list(range(BEYOND, N_WORDS))
    size = f"{wv.vectors.size:,} numbers, {wv.vectors.nbytes:,} bytes"
    held = check(
        "trained rows beyond 2^31 numbers change, others do not", changed == expected, size
    )
    return wv, held


def through_files(wv: KeyedVectors, folder: Path) -> bool:
    """Write and read both formats; the vectors must come back."""
    native, binary = folder / "native", folder / "binary"
    sums, keys = row_sums(wv.vectors), list(wv.index_to_key)
    held = True
    for path, save in (
        (native, lambda: wv.save(native)),
        (binary, lambda: wv.save_word2vec_format(binary, binary=True)),
    ):
        start = time.perf_counter()
        save()
        size = path.stat().st_size
        seconds = time.perf_counter() - start
        held &= check(f"{path.name} file written", size > 2**32, f"{size:,} bytes {seconds:.0f} s")
    wv.__dict__.clear()  # the memory is needed for what is read
    for name, load in (
        ("native file mapped", lambda: KeyedVectors.load(str(native), mmap="r")),
        ("native file read", lambda: KeyedVectors.load(str(native))),
        ("binary file read", lambda: KeyedVectors.load_word2vec_format(binary, binary=True)),
    ):
        start = time.perf_counter()
        found = load()
        same = found.index_to_key == keys and row_sums(found.vectors) == sums
        seconds = time.perf_counter() - start
        held &= check(name, same, f"{seconds:.0f} s")
        del found
    return held


def sparse() -> KeyedVectors:
    """Return as many vectors, all zero but the last ten, which take the memory."""
    wv = KeyedVectors(DIMENSIONS, count=N_WORDS)
    wv.index_to_key = [f"w{row}" for row in range(N_WORDS)]
    wv.key_to_index = {key: row for row, key in enumerate(wv.index_to_key)}
    wv.next_index = N_WORDS
    wv.vectors[-10:] = np.random.default_rng(1).standard_normal((10, DIMENSIONS), np.float32)
    return wv


class EndlessText(io.RawIOBase):
    """A text of so many lines "a b\\n", made while it is read."""

    def __init__(self, n_lines: int) -> None:
        self.left = 4 * n_lines
        self.block = b"a b\n" * 2**18

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n = min(len(buffer), self.left, len(self.block)) // 4 * 4
        buffer[:n] = self.block[:n]
        self.left -= n
        return n


def scanned() -> bool:
    """Scan more than 2^31 words and 2^32 bytes."""
    n_lines = 2**30 + 1000
    start = time.perf_counter()
    raw, _ = scan_files(io.BufferedReader(EndlessText(n_lines), 2**20), keep_ids=False, workers=2)
    found = dict(zip(raw.words, raw.counts.tolist(), strict=True))
    seconds = time.perf_counter() - start
    return check(
        "a corpus beyond 2^31 words and 2^32 bytes is counted",
        raw.n_words == 2 * n_lines
        and raw.n_sentences == n_lines
        and found == {"a": n_lines, "b": n_lines},
        f"{raw.n_words:,} words {seconds:.0f} s",
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, help="for the files; a temporary one by default")
    parser.add_argument("--only", choices=("corpus", "weights", "files"), help="one part")
    options = parser.parse_args(arguments)
    held = True
    if options.only in (None, "corpus"):
        held &= scanned()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.only == "files":
            held &= through_files(sparse(), Path(folder))
        elif options.only != "corpus":
            wv, right = trained()
            held &= right and (options.only == "weights" or through_files(wv, Path(folder)))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

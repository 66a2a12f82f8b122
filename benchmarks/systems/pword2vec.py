"""pWord2Vec (skip-gram with negative sampling): --systems pword2vec=/path/to/pword2vec.

Its flags are those of word2vec.c without ``-cbow`` and ``-hs``.
"""

from typing import Any


def run(job: dict[str, Any]) -> dict[str, Any]:
    from benchmarks.systems import word2vec_c

    options = word2vec_c.flags(job["settings"])
    pairs = zip(options[::2], options[1::2], strict=True)
    kept = [part for pair in pairs if pair[0] not in ("-cbow", "-hs") for part in pair]
    return word2vec_c.run_tool(job, kept, "pWord2Vec")

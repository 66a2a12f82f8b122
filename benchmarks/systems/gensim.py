"""gensim's Word2Vec, the yardstick."""

from typing import Any


def run(job: dict[str, Any]) -> dict[str, Any]:
    from benchmarks.systems.gensim_shaped import train
    from benchmarks.systems.measure import Stopwatch

    with Stopwatch() as importing:
        import gensim
        from gensim.models import word2vec

    versions = {
        "gensim": gensim.__version__,
        "file": gensim.__file__,
        # 0 or 1 with the compiled kernels; -1 would be pure Python and no fair peer.
        "FAST_VERSION": word2vec.FAST_VERSION,
    }
    result = train(job, word2vec.Word2Vec, word2vec.LineSentence)
    return {"versions": versions, "import_s": importing.wall, **result}

"""word2vec-hogwild, through its gensim-shaped API."""

from typing import Any


def run(job: dict[str, Any]) -> dict[str, Any]:
    from benchmarks.systems.gensim_shaped import train
    from benchmarks.systems.measure import Stopwatch

    with Stopwatch() as importing:
        import word2vec

    from word2vec.text.readers import LineSentence

    versions = {"word2vec": getattr(word2vec, "__version__", None), "file": word2vec.__file__}
    if hasattr(word2vec, "simd"):
        versions["simd"] = word2vec.simd()
    result = train(job, word2vec.Word2Vec, LineSentence)
    return {"versions": versions, "import_s": importing.wall, **result}

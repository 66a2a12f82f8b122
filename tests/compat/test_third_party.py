"""Packages that import gensim run under the patch, on gensim's package and on the stand-in."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

# What the packages import; they are installed without their own (old) requirements.
NEEDS = {
    "karateclub": ("karateclub", "community", "networkx", "pandas", "pygsp", "six", "sklearn"),
    "node2vec": ("node2vec", "joblib", "networkx", "tqdm"),
}

START = """
import sys
import numpy as np
import word2vec
word2vec.patch_gensim(only_stand_in=sys.argv[1] == "stand-in")
import networkx
graph = networkx.karate_club_graph()
clubs = np.array([graph.nodes[node]["club"] == "Officer" for node in graph])

def check_separates_the_clubs(vectors):
    assert vectors.shape[0] == 34 and np.isfinite(vectors).all()
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ vectors.T
    same = clubs[:, None] == clubs
    within, across = cosines[same & ~np.eye(34, dtype=bool)].mean(), cosines[~same].mean()
    assert within > across + 0.2, (within, across)
"""

KARATECLUB = """
import importlib
import karateclub
# 20: Diff2Vec never ends if it is to cover more nodes than there are.
options = dict.fromkeys(("DeepWalk", "Node2Vec", "Walklets"), {"walk_length": 20})
options["Diff2Vec"] = {"diffusion_cover": 20}
for name in options:
    kind = getattr(karateclub, name)
    assert sys.modules[kind.__module__].Word2Vec is word2vec.Word2Vec
    model = kind(dimensions=16, workers=1, epochs=10, **options[name])
    model.fit(graph)
    check_separates_the_clubs(np.array(model.get_embedding()))
"""

NODE2VEC = """
import node2vec
from node2vec.edges import HadamardEmbedder
walks = node2vec.Node2Vec(graph, dimensions=16, walk_length=10, num_walks=50, quiet=True, seed=1)
model = walks.fit(window=5, min_count=1, workers=1)
assert type(model) is word2vec.Word2Vec
check_separates_the_clubs(model.wv[[str(node) for node in graph]])
edges = HadamardEmbedder(keyed_vectors=model.wv, quiet=True).as_keyed_vectors()
assert type(edges) is word2vec.KeyedVectors
assert len(edges.most_similar(str(("0", "1")), topn=3)) == 3
"""


@pytest.mark.parametrize("where", ["gensim", "stand-in"])
@pytest.mark.parametrize(("package", "code"), [("karateclub", KARATECLUB), ("node2vec", NODE2VEC)])
def test_package_runs_on_word2vec(package, code, where):
    missing = [name for name in NEEDS[package] if find_spec(name) is None]
    if where == "gensim" and find_spec("gensim") is None:
        missing.append("gensim")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; see the extra `compat`")
    source = str(Path(find_spec("word2vec").origin).parents[1])
    paths = [os.environ.get("PYTHONPATH", ""), source]
    done = subprocess.run(
        [sys.executable, "-c", START + code, where],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr

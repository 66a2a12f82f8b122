"""Build the C extensions; everything else is declared in pyproject.toml."""

import os
import sys
import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

# Portable wheels: no -march=native and no -ffast-math. Each csrc/w2v_<isa>.c
# picks its instruction set by a pragma, so one set of flags serves every file.
# -g0 drops the debug information that Python's own flags ask for: half the build time.
# -ffp-contract=off keeps results independent of where a compiler sees a fused
# multiply-add; the kernels ask for one explicitly (w2v_simd.h).
if sys.platform == "win32":
    FLAGS = ["/O2", "/std:c11"]
else:
    FLAGS = ["-O3", "-g0", "-std=c11", "-fvisibility=hidden", "-ffp-contract=off"]

# WORD2VEC_SANITIZE=address,undefined or thread: for tests/sanitize/run, which also loads
# the sanitizer's library into Python. The first finding ends the process.
SANITIZE = os.environ.get("WORD2VEC_SANITIZE")
LINK_FLAGS = []
if SANITIZE:
    LINK_FLAGS = [f"-fsanitize={SANITIZE}"]
    FLAGS += [
        *LINK_FLAGS,
        "-fno-sanitize-recover=all",
        "-O1",
        "-g1",
        "-fno-omit-frame-pointer",
        "-DW2V_SANITIZE",
    ]

# WORD2VEC_STABLE_ABI=1 makes one build for every CPython from 3.11 on (docs/contributing.md has
# what it costs). Free-threaded ones have no stable ABI.
STABLE_ABI = (
    sys.implementation.name == "cpython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
    and os.environ.get("WORD2VEC_STABLE_ABI") == "1"
)


def extension(name: str, sources: list[str]) -> Extension:
    """Describe one extension module and the C files it is linked with."""
    return Extension(
        name,
        [name.replace(".", "/") + ".pyx", *sources],
        include_dirs=["csrc"],
        depends=[
            str(path) for path in (*Path("csrc").glob("*.h"), *Path("word2vec").rglob("*.pxd"))
        ],
        extra_compile_args=FLAGS,
        extra_link_args=LINK_FLAGS,
        define_macros=[("Py_LIMITED_API", "0x030B0000")] if STABLE_ABI else [],
        py_limited_api=STABLE_ABI,
    )


TRAIN_SOURCES = ["dispatch", "tables", "scalar", "avx2", "avx512", "neon"]
EXTENSIONS = [
    extension("word2vec.training._train", [f"csrc/w2v_{name}.c" for name in TRAIN_SOURCES]),
    extension("word2vec.text._text", ["csrc/w2v_text.c"]),
    extension("word2vec.text._sentences", []),
    extension("word2vec.text._grams", []),
    extension("word2vec.text._phrases", []),
    extension("word2vec.io._format", ["csrc/w2v_format.c"]),
    extension("word2vec.vectors._sketch", ["csrc/w2v_sketch.c"]),
]

setup(
    ext_modules=cythonize(
        EXTENSIONS,
        build_dir="build/cython",
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
            "embedsignature": True,
        },
    ),
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if STABLE_ABI else {},
)

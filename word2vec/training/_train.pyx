"""The C kernels for Python: checks at the boundary, then no GIL.

Design: a `Kernel` holds the arrays of one model and the chosen instruction set; a
`Worker` holds the scratch memory of one thread. Every array is checked here once,
so that the kernels of csrc/ cannot fail. Typed memoryviews check dtype, contiguity
and writability; no NumPy headers are needed to build.
"""

import os

import numpy as np

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

cdef extern from "stdbool.h":
    ctypedef bint c_bool "bool"

cdef extern from "w2v.h" nogil:
    cdef enum:
        W2V_BLOCK

    ctypedef struct w2v_alias:
        uint32_t threshold
        int32_t alias

    ctypedef struct w2v_rows:
        float *first
        int64_t stride

    ctypedef struct w2v_nodes:
        w2v_rows rows
        int64_t n
        int64_t n_hot
        float hot_share

    ctypedef struct w2v_model:
        int64_t n_words
        int64_t vector_size
        w2v_rows input
        w2v_rows output_ns
        w2v_nodes output_hs
        const float *lock_factors
        int64_t n_lock_factors
        const uint32_t *keep
        const w2v_alias *noise
        const int64_t *path_offsets
        const int32_t *path_nodes
        const uint8_t *path_codes
        int32_t window
        int32_t negative
        int64_t max_rows
        c_bool sg
        c_bool shrink_windows
        c_bool shared_negatives
        c_bool cbow_mean
        c_bool context_scale_full
        c_bool compute_loss

    ctypedef struct w2v_batch:
        const int32_t *tokens
        const int64_t *offsets
        const float *alphas
        int64_t n_sentences
        uint64_t seed

    ctypedef struct w2v_worker:
        void *scratch
        double loss
        int64_t n_pairs
        int64_t n_kept

    ctypedef enum w2v_simd:
        W2V_N_SIMD

    ctypedef void w2v_train_fn(const w2v_model *, const w2v_batch *, w2v_worker *)

    size_t w2v_scratch_bytes(const w2v_model *, int64_t, int64_t)
    w2v_train_fn *w2v_kernels(w2v_simd)
    const char *w2v_simd_name(w2v_simd)
    w2v_simd w2v_best_simd()
    uint64_t w2v_batch_seed(uint64_t, uint64_t, uint64_t)
    void w2v_alias_build(const double *, int64_t, w2v_alias *, double *, int32_t *)
    void w2v_huffman_build(const int64_t *, int64_t, int32_t *, uint8_t *, int64_t *)

# Memory is aligned to a cache line, which is also the widest register.
cdef enum:
    ALIGNMENT = 64

NOISE_DTYPE = np.dtype([("threshold", "<u4"), ("alias", "<i4")])


def available_simd():
    """Names of the instruction sets that this build and this processor have.

    Returns
    -------
    list of str
        Among "scalar", "avx2", "avx512" and "neon"; "scalar" is always there.
    """
    return [
        w2v_simd_name(<w2v_simd> i).decode()
        for i in range(<int> W2V_N_SIMD) if w2v_kernels(<w2v_simd> i) is not NULL
    ]


def selected_simd(name=None):
    """Name of the instruction set that kernels use.

    Parameters
    ----------
    name : str or None
        One of `available_simd`. None: the environment variable WORD2VEC_SIMD, or the
        best there is.

    Raises
    ------
    ValueError
        If `name` or WORD2VEC_SIMD is not available here.
    """
    source = "simd" if name is not None else "WORD2VEC_SIMD"
    if name is None:
        name = os.environ.get("WORD2VEC_SIMD") or None
    if name is None:
        return w2v_simd_name(w2v_best_simd()).decode()
    if name not in available_simd():
        raise ValueError(
            f"{source}={name!r} is not available on this machine; "
            f"it has {', '.join(available_simd())}"
        )
    return name


def batch_seed(uint64_t seed, uint64_t epoch, uint64_t batch):
    """State in which the random stream of one batch starts, as an int < 2**64."""
    return w2v_batch_seed(seed, epoch, batch)


cdef class Worker:
    """Scratch memory of one thread; never shared between threads."""

    cdef char *memory
    cdef size_t size

    def __dealloc__(self):
        free(self.memory)

    cdef void *reserve(self, size_t size) except NULL:
        """At least `size` bytes, aligned; the old content is lost."""
        if size > self.size or self.memory is NULL:
            free(self.memory)
            self.size = 0
            self.memory = <char *> malloc(size + ALIGNMENT)
            if self.memory is NULL:
                raise MemoryError(f"no memory for {size} bytes of training scratch")
            self.size = size
        return <void *> ((<size_t> self.memory + ALIGNMENT) & ~(<size_t> ALIGNMENT - 1))


cdef w2v_rows rows_of(array, Py_ssize_t rows, Py_ssize_t columns, str name) except *:
    """A float32 matrix of at least `rows` rows, which must be kept alive."""
    cdef float[:, :] view = array
    cdef w2v_rows found
    if view.shape[0] < rows or view.shape[1] != columns:
        raise ValueError(
            f"{name} has shape {tuple(array.shape)}, needed are ({rows}, {columns})"
        )
    if (
        (columns > 1 and view.strides[1] != sizeof(float))
        or rows > 1 and view.strides[0] % sizeof(float) != 0
        or rows > 1 and view.strides[0] < columns * <Py_ssize_t> sizeof(float)
    ):
        raise ValueError(
            f"{name} has strides {tuple(array.strides)}, needed are rows of {columns} "
            "numbers without gaps, one after the other"
        )
    found.first = &view[0, 0]
    found.stride = view.strides[0] // <Py_ssize_t> sizeof(float)
    return found


cdef class Kernel:
    """One model's arrays and options, ready to train on batches.

    Parameters
    ----------
    input : ndarray of shape (n_words, vector_size), float32
        Word vectors (syn0); updated in place.
    output_ns : ndarray of shape (n_words, vector_size), float32, or None
        Output rows of negative sampling (syn1neg); needed if `negative` > 0.
    output_hs : ndarray of shape (n_nodes, vector_size), float32, or None
        Inner nodes of the Huffman tree (syn1); needed with `path_offsets`.
    lock_factors : ndarray of shape (n,), float32
        Row r of `input` moves by its update times ``lock_factors[r % n]``.
    keep : ndarray of shape (n_words,), uint32, or None
        Subsampling: a token stays if a 32-bit draw is at most its threshold.
    noise : ndarray of shape (n_words,), NOISE_DTYPE, or None
        Alias table; needed if `negative` > 0.
    path_offsets : ndarray of shape (n_words + 1,), int64, or None
        None switches hierarchical softmax off.
    path_nodes : ndarray of shape (path_offsets[-1],), int32, or None
    path_codes : ndarray of shape (path_offsets[-1],), uint8, or None
    window, negative : int
        >= 1 and >= 0.
    sg, shrink_windows, shared_negatives, cbow_mean, context_scale_full, compute_loss : bool
        See csrc/w2v.h.
    hot_nodes : int, default=0
        Last nodes of the paths of which a batch has copies of its own, for several threads.
    hot_share : float, default=1.0
        Part of what a copy moved that its row moves: 1 / threads.
    simd : str or None
        One of `available_simd`; None takes `selected_simd`.

    Raises
    ------
    ValueError, TypeError
        If an array has the wrong dtype, shape or layout, or is missing.
    """

    cdef w2v_model model
    cdef w2v_train_fn *run
    cdef list kept_alive
    cdef readonly str simd

    def __init__(
        self, *, input, output_ns, output_hs, lock_factors, keep, noise, path_offsets,
        path_nodes, path_codes, int window, int negative, bint sg, bint shrink_windows,
        bint shared_negatives, bint cbow_mean, bint context_scale_full, bint compute_loss,
        int64_t hot_nodes=0, float hot_share=1.0, simd=None,
    ):
        cdef int32_t i
        self.kept_alive = [input, output_ns, output_hs]
        n_words, vector_size = np.shape(input)
        if n_words < 1 or vector_size < 1 or n_words >= 2 ** 31:
            raise ValueError(f"input has shape {(n_words, vector_size)}: nothing to train")
        if window < 1 or negative < 0:
            raise ValueError(f"window={window} must be >= 1, negative={negative} >= 0")
        if hot_nodes < 0 or not 0 < hot_share <= 1:
            raise ValueError(f"hot_nodes={hot_nodes} must be >= 0, hot_share={hot_share} in (0, 1]")
        self.model.n_words = n_words
        self.model.vector_size = vector_size
        self.model.window = window
        self.model.negative = negative
        self.model.max_rows = <int64_t> negative + 1
        self.model.sg = sg
        self.model.shrink_windows = shrink_windows
        self.model.shared_negatives = shared_negatives
        self.model.cbow_mean = cbow_mean
        self.model.context_scale_full = context_scale_full
        self.model.compute_loss = compute_loss
        self.model.input = rows_of(input, n_words, vector_size, "input")
        self.set_locks(lock_factors)
        if keep is not None:
            self.set_keep(keep)
        if negative > 0:
            if noise is None or output_ns is None:
                raise ValueError("negative > 0 needs noise and output_ns")
            self.model.output_ns = rows_of(output_ns, n_words, vector_size, "output_ns")
            self.set_noise(noise)
        if path_offsets is None:
            if path_nodes is not None or path_codes is not None:
                raise ValueError("path_nodes and path_codes need path_offsets")
        else:
            if output_hs is None or path_nodes is None or path_codes is None:
                raise ValueError("path_offsets needs path_nodes, path_codes and output_hs")
            if len(path_nodes) > 0:
                self.model.output_hs.rows = rows_of(output_hs, 1, vector_size, "output_hs")
            self.set_paths(path_offsets, path_nodes, path_codes, len(output_hs))
            self.model.output_hs.n_hot = min(hot_nodes, self.model.output_hs.n)
            self.model.output_hs.hot_share = hot_share
        self.simd = selected_simd(simd)
        for i in range(<int> W2V_N_SIMD):
            if w2v_simd_name(<w2v_simd> i).decode() == self.simd:
                self.run = w2v_kernels(<w2v_simd> i)

    cdef set_locks(self, array):
        cdef const float[::1] factors = array
        if factors.shape[0] < 1:
            raise ValueError("lock_factors is empty; one factor for all rows is enough")
        self.model.lock_factors = &factors[0]
        self.model.n_lock_factors = factors.shape[0]
        self.kept_alive.append(array)

    cdef set_keep(self, array):
        cdef const uint32_t[::1] thresholds = array
        if thresholds.shape[0] != self.model.n_words:
            raise ValueError(
                f"keep has {thresholds.shape[0]} thresholds for {self.model.n_words} words"
            )
        self.model.keep = &thresholds[0]
        self.kept_alive.append(array)

    cdef set_noise(self, array):
        cdef const w2v_alias[::1] table = array
        cdef int64_t i
        if table.shape[0] != self.model.n_words:
            raise ValueError(f"noise has {table.shape[0]} slots for {self.model.n_words} words")
        for i in range(table.shape[0]):
            if not 0 <= table[i].alias < self.model.n_words:
                raise ValueError(f"noise: slot {i} has alias {table[i].alias}, no word id")
        self.model.noise = &table[0]
        self.kept_alive.append(array)

    cdef set_paths(self, path_offsets, path_nodes, path_codes, int64_t n_nodes):
        cdef const int64_t[::1] offsets = path_offsets
        cdef const int32_t[::1] nodes = path_nodes
        cdef const uint8_t[::1] codes = path_codes
        cdef int64_t i
        if offsets.shape[0] != self.model.n_words + 1:
            raise ValueError(
                f"path_offsets has {offsets.shape[0]} entries for {self.model.n_words} words"
            )
        check_offsets(offsets, nodes.shape[0], "path_offsets")
        if nodes.shape[0] != codes.shape[0] or offsets[offsets.shape[0] - 1] != nodes.shape[0]:
            raise ValueError("path_offsets, path_nodes and path_codes do not belong together")
        for i in range(nodes.shape[0]):
            if not 0 <= nodes[i] < n_nodes or codes[i] > 1:
                raise ValueError(f"path_nodes[{i}] = {nodes[i]} is no row of output_hs")
            self.model.output_hs.n = max(self.model.output_hs.n, <int64_t> nodes[i] + 1)
        for i in range(self.model.n_words):
            self.model.max_rows = max(self.model.max_rows, offsets[i + 1] - offsets[i])
        # The kernels read whole blocks of codes, so some bytes must follow the last.
        padded = np.zeros(nodes.shape[0] + W2V_BLOCK, np.uint8)
        padded[: nodes.shape[0]] = path_codes
        cdef const uint8_t[::1] padded_codes = padded
        self.model.path_offsets = &offsets[0]
        self.model.path_codes = &padded_codes[0]
        if nodes.shape[0] > 0:
            self.model.path_nodes = &nodes[0]
        self.kept_alive.extend([path_offsets, path_nodes, padded])

    def train(self, const int32_t[::1] tokens not None, const int64_t[::1] offsets not None,
              const float[::1] alphas not None, uint64_t seed, Worker worker=None):
        """Update the weights from one batch of sentences; releases the GIL.

        Parameters
        ----------
        tokens : ndarray of shape (n_tokens,), int32
            Word ids in [0, n_words).
        offsets : ndarray of shape (n_sentences + 1,), int64
            Sentence `s` is ``tokens[offsets[s]:offsets[s + 1]]``.
        alphas : ndarray of shape (n_sentences,), float32
            Learning rate of each sentence.
        seed : int
            State of the batch's random stream, see `batch_seed`.
        worker : Worker, optional
            Scratch of the calling thread.

        Returns
        -------
        loss : float
            Sum over all scores, in nats; 0 unless `compute_loss`.
        n_pairs : int
            (context, centre) pairs of skip-gram, or centres of CBOW, trained.
        n_kept : int
            Tokens left by subsampling.

        Raises
        ------
        ValueError
            If an id, an offset or a learning rate is out of range, or the lengths do
            not match.
        """
        cdef w2v_batch batch
        cdef w2v_worker state
        cdef int64_t n_sentences = alphas.shape[0]
        if offsets.shape[0] != n_sentences + 1:
            raise ValueError(
                f"{offsets.shape[0]} offsets and {n_sentences} alphas: needed is one offset more"
            )
        check_offsets(offsets, tokens.shape[0], "offsets")
        check_ids(tokens, self.model.n_words)
        check_alphas(alphas)
        if n_sentences == 0 or tokens.shape[0] == 0:
            return 0.0, 0, 0
        if worker is None:
            worker = Worker()
        state.loss = 0
        state.n_pairs = state.n_kept = 0
        state.scratch = worker.reserve(
            w2v_scratch_bytes(&self.model, tokens.shape[0], n_sentences)
        )
        batch.tokens = &tokens[0]
        batch.offsets = &offsets[0]
        batch.alphas = &alphas[0]
        batch.n_sentences = n_sentences
        batch.seed = seed
        with nogil:
            self.run(&self.model, &batch, &state)
        return state.loss, state.n_pairs, state.n_kept


cdef check_offsets(const int64_t[::1] offsets, int64_t n, str name):
    cdef int64_t i, last = 0
    for i in range(offsets.shape[0]):
        if offsets[i] < last or offsets[i] > n:
            raise ValueError(
                f"{name}[{i}] = {offsets[i]}: offsets must not decrease nor pass {n}"
            )
        last = offsets[i]


cdef check_ids(const int32_t[::1] tokens, int64_t n_words):
    cdef int64_t i, n = tokens.shape[0]
    cdef int32_t lowest = 0, highest = 0
    with nogil:
        for i in range(n):
            lowest = min(lowest, tokens[i])
            highest = max(highest, tokens[i])
    if lowest < 0 or highest >= n_words:
        wrong = lowest if lowest < 0 else highest
        raise ValueError(f"word id {wrong} in tokens: ids must be in [0, {n_words})")


cdef check_alphas(const float[::1] alphas):
    cdef int64_t i
    for i in range(alphas.shape[0]):
        # Written so that NaN fails too.
        if not 0 <= alphas[i] < INFINITY:
            raise ValueError(f"alphas[{i}] = {alphas[i]}: learning rates must be >= 0 and finite")


def build_alias(const double[::1] weights not None):
    """Alias table of a distribution.

    Parameters
    ----------
    weights : ndarray of shape (n,), float64
        Not negative, with a positive finite sum.

    Returns
    -------
    ndarray of shape (n,), NOISE_DTYPE
    """
    cdef int64_t n = weights.shape[0]
    table = np.empty(n, NOISE_DTYPE)
    if n == 0:
        return table
    cdef w2v_alias[::1] slots = table
    cdef double[::1] scaled = np.empty(n)
    cdef int32_t[::1] stack = np.empty(n, np.int32)
    with nogil:
        w2v_alias_build(&weights[0], n, &slots[0], &scaled[0], &stack[0])
    return table


def huffman_parents(const int64_t[::1] counts not None):
    """Huffman tree over counts that are sorted in descending order.

    Parameters
    ----------
    counts : ndarray of shape (n,), int64, n >= 1

    Returns
    -------
    parents : ndarray of shape (2 n - 1,), int32
        Inner number of the parent of leaf i at i, of inner node k at n + k.
    codes : ndarray of shape (2 n - 1,), uint8
        Which child of its parent the node is, 0 or 1.
    """
    cdef int64_t n = counts.shape[0]
    if n < 1:
        raise ValueError("a Huffman tree needs at least one count")
    parents, codes = np.zeros(2 * n - 1, np.int32), np.zeros(2 * n - 1, np.uint8)
    cdef int32_t[::1] parents_view = parents
    cdef uint8_t[::1] codes_view = codes
    cdef int64_t[::1] weights = np.empty(n, np.int64)
    with nogil:
        w2v_huffman_build(&counts[0], n, &parents_view[0], &codes_view[0], &weights[0])
    return parents, codes

/* Training contract of the word2vec kernels: model, batch, worker.
 *
 * Plain C11 without Python headers. The kernels allocate nothing, do no I/O,
 * take no lock and cannot fail: every precondition below is checked by the
 * caller (word2vec/training/_train.pyx).
 *
 * Names: `input` is syn0, `output_ns` is syn1neg, `output_hs` is syn1 in the
 * papers' code. Rows are `vector_size` floats without gaps, at any distance.
 *
 * WHAT A BATCH COMPUTES (tests/reference.py follows this text, in float64)
 *
 * Random numbers. One 64-bit stream for each batch, seeded by the batch. `next`
 * is wyrand:
 *     state += 0xa0761d6478bd642f  (mod 2^64)
 *     p = state * (state ^ 0xe7037ed1a0b428db)        128-bit product
 *     result = high64(p) ^ low64(p)
 * hi(r) and lo(r) are the upper and lower 32 bits of r. below(r, n) is
 * (hi(r) * n) >> 32, in 64 bits.
 *
 * Stage A, subsampling, over all tokens of the batch in order: if model->keep is
 * not NULL, r = next(), and token t stays iff keep[t] >= hi(r). If it is NULL all
 * stay and nothing is drawn. Dropped tokens close up: windows are cut afterwards.
 *
 * Stage B, for each kept position i, in order:
 *   b = shrink_windows ? below(next(), window) : 0;  reach = window - b
 *   contexts: the positions j != i of the same sentence with |i - j| <= reach, by
 *   increasing j. No context: nothing more happens and nothing more is drawn.
 *   The centre word is predicted from its contexts: contexts give input rows,
 *   the centre gives the target. alpha is that of the sentence (w2v_batch).
 *   1. Hierarchical softmax, if path_offsets is not NULL: the rows are the inner
 *      nodes on the centre's path, root first; label = 1 - code, weight = 1.
 *   2. Negative sampling, if negative > 0: the rows are the target (label 1,
 *      weight 1), then the distinct words among `negative` draws in order of their
 *      first draw (label 0, weight = how often drawn); a draw equal to the target
 *      is dropped. One draw: r = next(), s = below(r, n_words), the word is s if
 *      lo(r) < noise[s].threshold, else noise[s].alias.
 *   In both, rows are taken in n = ceil(rows / 8) blocks, or ceil(rows / 6) where
 *   skip-gram shares its rows between contexts (shared_negatives); block k holds the rows
 *   from floor(k * rows / n) to floor((k + 1) * rows / n).
 *
 * Skip-gram (sg). The contexts of a centre are likewise taken in ceil(contexts / 16)
 * groups: an output row must not get the sum of hundreds of stale gradients at once,
 * or wide windows diverge. For each block of rows in turn, each group in turn:
 * A tile (X, Y) is one group of context rows and one block of output rows. First all
 * scores s[i][j] = X_i . Y_j with the rows as they are, then
 *     e[i][j] = alpha * weight_j * (label_j - sigmoid(s[i][j]))
 * then for i in order: delta = sum_j e[i][j] * old Y_j;  new Y_j += e[i][j] * X_i;
 * X_i += lock_i * delta. (Two contexts that are the same word share a row; the
 * second sees the first one's update in `new Y_j += e * X_i`.) Then the Y rows
 * become their new values.
 *   - shared_negatives: all contexts of the centre with each block of path rows in turn;
 *     then one set of draws for the centre, and all its contexts with each block in turn.
 *   - otherwise: for each context in order, that one context with each block of path
 *     rows in turn; then for each context in order: its own draws, then that one context
 *     with each block in turn.
 *
 * CBOW. h = sum of the context rows, times 1/n_contexts if cbow_mean. error = 0.
 * For each block (path rows, then negative sampling): scores h . Y_j, e_j as above,
 * error += sum_j e_j * old Y_j, then Y_j += e_j * h. At the end, for each context
 * in order: X_i += lock_i * scale * error. `scale` is context_scale_full ? 1 :
 * 1/n_contexts. (gensim: full for the mean, 1/n for the sum; the true gradient is
 * the other way round, Irsoy et al. 2021.)
 *
 * CBOW with shared_negatives and negative > 0: the positions of a sentence that have
 * contexts are taken in twos, in order; the last of a sentence may be alone. The
 * first one's draws serve both: the rows are the first target, the second target, then
 * the distinct words drawn; for each of the two positions a row's label is 1 if it is
 * that position's target (weight 1), else 0, with the number of draws as weight (none
 * for the other's target, if it was not drawn). First both h; then the path rows of the
 * first, of the second; then for each block of the shared rows both positions' scores,
 * and error_p += sum_j e_pj * old Y_j, then
 * Y_j += e_1j * h_1 + e_2j * h_2; at the end the contexts of the first, of the second.
 *
 * lock_i = lock_factors[row % n_lock_factors]. A sentence with alpha 0 writes to no
 * matrix at all: that is how the loss of held-out text is computed.
 *
 * Hot nodes. The nodes at the top of the tree are written by all threads with every
 * centre. So a batch may work on copies of its own of the rows of the last n_hot nodes that
 * paths name (the root is the last), but at most one for every 32 of its tokens: they are taken
 * before the first sentence; after the last one each row Y becomes Y + hot_share * (its copy -
 * what the copy was first). With a share of 1 / threads a row goes where the mean of the threads'
 * copies goes. (The sum would overshoot: in one batch a copy of the root already gets
 * about where it wants to be.)
 *
 * Loss, if compute_loss: the sum over all scores of weight_j * softplus(-s) where
 * label is 1 and weight_j * softplus(s) where it is 0, before the update, in nats.
 * n_pairs counts (context, centre) pairs for skip-gram, centres with at least one
 * context for CBOW; n_kept counts the tokens that stage A kept.
 */
#ifndef W2V_H
#define W2V_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows of the output matrix in a block, at most; those that several context rows share, and
 * how many of these. */
#define W2V_BLOCK 8
#define W2V_SHARED_BLOCK 6
#define W2V_GROUP 16

/* One slot of an alias table (Walker 1977; built as Vose 1991). */
typedef struct {
    uint32_t threshold;
    int32_t alias;
} w2v_alias;

/* Rows of vector_size floats, `stride` floats from one to the next. */
typedef struct {
    float *first;
    int64_t stride;
} w2v_rows;

/* Inner nodes of a tree. The last n_hot, with the root, are copied for each batch; 0 for one
 * thread. */
typedef struct {
    w2v_rows rows; /* n, and maybe spare ones behind them */
    int64_t n, n_hot;
    float hot_share; /* of what a copy moved in a batch, given to its row */
    /* Inside a kernel: the worker's copies, those of nodes `copied` on, and behind them
     * what the rows were when the batch began. */
    int64_t copied;
    float *copies;
} w2v_nodes;

/* Everything the kernels read, and the matrices they update. Shared by all
 * threads, owned by the caller. */
typedef struct {
    int64_t n_words;
    int64_t vector_size;
    w2v_rows input;            /* of n_words */
    w2v_rows output_ns;        /* of n_words; unused if negative == 0 */
    w2v_nodes output_hs;       /* inner nodes of the tree; unused without it */
    const float *lock_factors; /* (n_lock_factors,), n_lock_factors >= 1 */
    int64_t n_lock_factors;
    const uint32_t *keep;        /* (n_words,) or NULL */
    const w2v_alias *noise;      /* (n_words,) or NULL if negative == 0 */
    const int64_t *path_offsets; /* (n_words + 1,) or NULL */
    const int32_t *path_nodes;   /* (path_offsets[n_words],) rows of output_hs */
    const uint8_t *path_codes;   /* likewise, 0 or 1; W2V_BLOCK more bytes are readable */
    int32_t window;              /* >= 1 */
    int32_t negative;            /* >= 0; 0 switches negative sampling off */
    int64_t max_rows;            /* the longest path, or negative + 1 if that is more */
    bool sg;
    bool shrink_windows;
    bool shared_negatives; /* by the contexts of a centre, and its path; CBOW: by two centres */
    bool cbow_mean;
    bool context_scale_full;
    bool compute_loss;
} w2v_model;

/* Sentences as ids: sentence s is tokens[offsets[s]] to tokens[offsets[s + 1] - 1],
 * ids in [0, n_words), trained with learning rate alphas[s] >= 0. */
typedef struct {
    const int32_t *tokens;
    const int64_t *offsets; /* (n_sentences + 1,), not decreasing */
    const float *alphas;    /* (n_sentences,) */
    int64_t n_sentences;
    uint64_t seed; /* initial state of the random stream */
} w2v_batch;

/* State of one thread. `scratch` holds at least w2v_scratch_bytes() bytes, aligned
 * to 64. Results are added up, never reset, by the kernels. */
typedef struct {
    void *scratch;
    double loss;
    int64_t n_pairs;
    int64_t n_kept;
} w2v_worker;

/* Scratch for batches of at most this size. */
size_t w2v_scratch_bytes(const w2v_model *model, int64_t n_tokens, int64_t n_sentences);

/* Train on one batch with the selected kernels. Concurrent calls on one model may
 * lose increments to one row (Hogwild; Recht et al. 2011). */
typedef void w2v_train_fn(const w2v_model *model, const w2v_batch *batch, w2v_worker *worker);

/* ---- w2v_dispatch.c ---------------------------------------------------- */

typedef enum { W2V_SCALAR, W2V_AVX2, W2V_AVX512, W2V_NEON, W2V_N_SIMD } w2v_simd;

/* The kernels of one instruction set; NULL if this build or this CPU lacks it. */
w2v_train_fn *w2v_kernels(w2v_simd simd);
const char *w2v_simd_name(w2v_simd simd);
/* The widest instruction set for which w2v_kernels is not NULL. */
w2v_simd w2v_best_simd(void);

/* ---- w2v_tables.c ------------------------------------------------------ */

/* Seed of the stream of batch `batch` in epoch `epoch`: with m(x) one step of
 * splitmix64 from state x, m(m(m(seed) ^ epoch) ^ batch). */
uint64_t w2v_batch_seed(uint64_t seed, uint64_t epoch, uint64_t batch);

/* Alias table for `weights` (n,), all >= 0 with a positive finite sum, n < 2^31.
 * A slot whose word is never replaced has threshold 2^32 - 1 and itself as alias.
 * `stack` holds n int32 and `scaled` n doubles of scratch. O(n). */
void w2v_alias_build(const double *weights, int64_t n, w2v_alias *table, double *scaled,
                     int32_t *stack);

/* Huffman tree over counts (n,), >= 0, sorted in descending order, of a sum that
 * fits int64, 1 <= n < 2^31; two queues, O(n). parents and codes (2n - 1,): for leaf
 * i at i and inner node k (created k-th, the root last) at n + k: the parent's inner
 * number, and which child it is (0: the lighter one, taken first). The root, or the
 * only leaf, has parent -1 and code 0. `weights` holds n - 1 int64 of scratch. */
void w2v_huffman_build(const int64_t *counts, int64_t n, int32_t *parents, uint8_t *codes,
                       int64_t *weights);

#endif

/* Rows of the matrices, and a worker's own copies of the nodes at the top of the Huffman
 * tree: all threads would write them with every centre, each waiting for the others'
 * caches. What copies change is said in w2v.h.
 */
#ifndef W2V_HOT_H
#define W2V_HOT_H

#include <string.h>

#include "w2v.h"

/* A batch copies one row for so many of its tokens, at most: a copy costs about as much
 * as training with the row a few times. */
enum { TOKENS_FOR_COPY = 32 };

static inline float *row_of(const w2v_rows *rows, int64_t i)
{
    return rows->first + i * rows->stride;
}

static inline float *node_row(const w2v_nodes *nodes, int64_t node)
{
    const int64_t copy = node - nodes->copied;
    return copy < 0 ? row_of(&nodes->rows, node) : nodes->copies + copy * nodes->rows.stride;
}

/* Decide which nodes have copies; return how many floats these need, and what the rows were
 * before behind them. */
static inline size_t choose_copies(w2v_nodes *nodes, int64_t n_tokens)
{
    const int64_t most = n_tokens / TOKENS_FOR_COPY;
    const int64_t n = nodes->n_hot < most ? nodes->n_hot : most;
    nodes->copied = nodes->n - n;
    return 2 * (size_t)n * (size_t)nodes->rows.stride;
}

static inline void take_copies(const w2v_nodes *nodes, int64_t dim)
{
    const int64_t stride = nodes->rows.stride, n = nodes->n - nodes->copied;
    const float *row = nodes->rows.first + nodes->copied * stride;
    float *copy = nodes->copies, *before = copy + n * stride;
    for (int64_t i = 0; i < n; i++, row += stride, copy += stride, before += stride) {
        for (int64_t d = 0; d < dim; d++) copy[d] = before[d] = row[d];
    }
}

/* Move the rows by a share of what their copies moved; others are not written. */
static inline void give_back(const w2v_nodes *nodes, int64_t dim)
{
    const int64_t stride = nodes->rows.stride, n = nodes->n - nodes->copied;
    float *row = nodes->rows.first + nodes->copied * stride;
    const float *copy = nodes->copies, *before = copy + n * stride;
    for (int64_t i = 0; i < n; i++, row += stride, copy += stride, before += stride) {
        if (memcmp(copy, before, (size_t)dim * sizeof *copy) == 0) continue;
        for (int64_t d = 0; d < dim; d++) row[d] += nodes->hot_share * (copy[d] - before[d]);
    }
}

#endif

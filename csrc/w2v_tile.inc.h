/* Tiles: small matrix products of context rows and output rows, and what is fetched
 * meanwhile. For w2v_train.inc.h; what a tile computes is said in w2v.h.
 *
 *   - dot products for two or three context rows at a time in registers, errors eight
 *     at a time, then for each slice of the dimension the new output rows, and the old
 *     ones if they fit, stay in registers while the context rows pass by;
 *   - the number of output rows, NY, is a constant of each specialised tile;
 *   - vector stores may alias anything, so what stays the same must be in locals.
 */
#ifndef W2V_TILE_INC_H
#define W2V_TILE_INC_H

#include "w2v_plan.h"

#define LINE 16 /* floats in a line of the cache */
#define LAST_LINE(dim) ((dim) & -(int64_t)LINE)
#define LAST_SLICE(dim) ((dim) & -(int64_t)W2V_LANES)
#define LOAD_TAIL(p) w2v_load_tail(p, tail)
#define STORE_TAIL(p, v) w2v_store_tail(p, v, tail)
/* The call for the elements from d on, if any; half a register (100 = 12 * 8 + 4, 300,
 * 20) is compiled for itself. */
#define W2V_TAIL(d, dim, CALL)                                                            \
    do {                                                                                  \
        if (W2V_LANES > 1 && (dim) - (d) == W2V_LANES / 2) {                              \
            enum { tail = W2V_LANES / 2 };                                                \
            CALL();                                                                       \
        } else if ((d) < (dim)) {                                                         \
            const int tail = (int)((dim) - (d));                                          \
            CALL();                                                                       \
        }                                                                                 \
    } while (0)
/* The call for the number of rows of a block, as a constant. */
#define W2V_FOR_SHARED_ROWS(rows, CALL)                                                   \
    switch (rows) {                                                                       \
    case 1: CALL(1); break;                                                               \
    case 2: CALL(2); break;                                                               \
    case 3: CALL(3); break;                                                               \
    case 4: CALL(4); break;                                                               \
    case 5: CALL(5); break;                                                               \
    default: CALL(6); break;                                                              \
    }
#define W2V_FOR_ROWS(rows, CALL)                                                          \
    switch (rows) {                                                                       \
    case 7: CALL(7); break;                                                               \
    case 8: CALL(8); break;                                                               \
    default: W2V_FOR_SHARED_ROWS(rows, CALL)                                              \
    }

/* ---- rows needed soon ----------------------------------------------------
 *
 * Asking for the seven rows of a centre at once, forty lines, fills the buffers of the
 * cache and stops all loads. So they wait in a list, and every step of a tile takes
 * some of them and asks for a few lines with each slice that it computes.
 */

W2V_INLINE void prefetch_row(const float *row, int64_t dim)
{
    const char *line = (const char *)row - (uintptr_t)row % 64;
    for (; line < (const char *)(row + dim); line += 64) W2V_PREFETCH(line);
}

/* Begin a new list; what nothing took from the last one is fetched at once. */
W2V_INLINE void begin_ahead(ahead_list *ahead, int64_t dim)
{
    for (; ahead->taken < ahead->n; ahead->taken++) prefetch_row(ahead->rows[ahead->taken], dim);
    ahead->taken = ahead->n = 0;
}

W2V_INLINE void add_ahead(ahead_list *ahead, float *row) { ahead->rows[ahead->n++] = row; }

W2V_INLINE void end_ahead(ahead_list *ahead)
{
    float **const end = ahead->rows + ahead->n, *const padding = ahead->padding;
    for (int j = 0; j < W2V_BLOCK; j++) end[j] = padding;
}

/* The next `n` rows of the list, padded. */
W2V_INLINE void take_ahead(const int n, ahead_list *ahead, const float **rows)
{
    for (int j = 0; j < n; j++) rows[j] = ahead->rows[ahead->taken + j];
    ahead->taken = ahead->taken + n < ahead->n ? ahead->taken + n : ahead->n;
}

W2V_INLINE void prefetch_lines(const int n, const float *const *rows, int64_t d)
{
    for (int j = 0; j < n; j++) W2V_PREFETCH(rows[j] + d);
}

/* What the tiles of one centre share. */
typedef struct {
    int64_t dim;
    bool locked;
    float *loss; /* W2V_BLOCK sums, or NULL */
    ahead_list *ahead;
} tile_options;

/* ---- scores and errors ---------------------------------------------------- */

/* scores[b][j] = x_b . y_j for XB context rows, by slices of one register. HALF: NY is
 * at most 4, and only four scores are stored. */
W2V_INLINE void tile_dots(const int XB, const int NY, const bool HALF, float *const *x,
                          float *const *y, int64_t dim, float *scores)
{
    w2v_vf sum[3][W2V_BLOCK];
    for (int j = 0; j < W2V_BLOCK; j++) sum[0][j] = sum[1][j] = sum[2][j] = w2v_zero();
    const float *const x0 = x[0], *const x1 = x[XB > 1 ? 1 : 0], *const x2 = x[XB > 2 ? 2 : 0];
#define W2V_DOTS(LOAD)                                                                    \
    do {                                                                                  \
        const w2v_vf v0 = LOAD(x0 + d), v1 = LOAD(x1 + d), v2 = LOAD(x2 + d);             \
        for (int j = 0; j < NY; j++) {                                                    \
            w2v_vf row = LOAD(y[j] + d);                                                  \
            if (XB > 1) W2V_KEEP(row);                                                    \
            sum[0][j] = w2v_fma(v0, row, sum[0][j]);                                      \
            if (XB > 1) sum[1][j] = w2v_fma(v1, row, sum[1][j]);                          \
            if (XB > 2) sum[2][j] = w2v_fma(v2, row, sum[2][j]);                          \
        }                                                                                 \
    } while (0)
    int64_t d = 0;
    while (d < LAST_LINE(dim)) {
        for (int k = 0; k < LINE; k += W2V_LANES, d += W2V_LANES) W2V_DOTS(w2v_load);
    }
    for (; d < LAST_SLICE(dim); d += W2V_LANES) W2V_DOTS(w2v_load);
#define W2V_DOTS_TAIL() W2V_DOTS(LOAD_TAIL)
    W2V_TAIL(d, dim, W2V_DOTS_TAIL);
#undef W2V_DOTS_TAIL
#undef W2V_DOTS
    for (int b = 0; b < XB; b++) {
        if (HALF) {
            w2v_sums4(sum[b], scores + b * W2V_BLOCK);
        } else {
            w2v_sums(sum[b], NY, scores + b * W2V_BLOCK);
        }
    }
}

/* All context rows against NY output rows, as many at a time as registers allow. */
W2V_INLINE void scores_by(const int XB, const int NY, const bool HALF, float *const *x, int64_t nx,
                          float *const *y, int64_t dim, float *scores)
{
    int64_t i = 0;
    for (; i + XB <= nx; i += XB) tile_dots(XB, NY, HALF, x + i, y, dim, scores + i * W2V_BLOCK);
    if (XB > 2 && i + 2 <= nx) {
        tile_dots(2, NY, HALF, x + i, y, dim, scores + i * W2V_BLOCK);
        i += 2;
    }
    if (i < nx) tile_dots(1, NY, HALF, x + i, y, dim, scores + i * W2V_BLOCK);
}

#define FITS(XB, NY) ((XB) * (NY) + (XB) + 1 <= W2V_REGISTERS)

W2V_INLINE void tile_scores(const int NY, float *const *x, int64_t nx, float *const *y,
                            int64_t dim, float *scores)
{
    if (FITS(3, NY)) {
        scores_by(3, NY, false, x, nx, y, dim, scores);
    } else if (FITS(2, NY)) {
        scores_by(2, NY, false, x, nx, y, dim, scores);
    } else if (nx == 1) {
        scores_by(1, NY, false, x, nx, y, dim, scores);
    } else {
        scores_by(3, 4, true, x, nx, y, dim, scores);
        scores_by(3, NY - 4, true, x, nx, y + 4, dim, scores + 4);
    }
}

/* Errors of output rows `first` on, in place of the scores of nx contexts. */
W2V_INLINE void tile_errors(const int NY, const strand *c, int64_t nx, int64_t first,
                            tile_options o)
{
    const w2v_targets targets = w2v_load_targets(c->codes + first, c->weights + first);
    float *const scores = c->scores;
    for (int64_t i = 0; i < nx; i++) {
        w2v_errors(scores + i * W2V_BLOCK, &targets, c->alpha, NY, o.loss);
    }
}

/* ---- skip-gram: context rows against output rows --------------------------- */

/* U <= 2 slices at once, which share the broadcasts of errors. The old rows of two do
 * not fit in registers beside the new ones, and are read where they are. */
#define W2V_SLICES(U, LOAD, STORE)                                                        \
    do {                                                                                  \
        w2v_vf old[W2V_BLOCK], new[2][W2V_BLOCK];                                         \
        for (int j = 0; j < NY; j++) {                                                    \
            for (int u = 0; u < U; u++) old[j] = new[u][j] = LOAD(y[j] + d + u * W2V_LANES); \
        }                                                                                 \
        for (int64_t i = 0; i < nx; i++) {                                                \
            const float *const e = errors + i * W2V_BLOCK;                                \
            if (U > 1) W2V_FORGET();                                                      \
            float *at = x[i] + d;                                                         \
            W2V_OPAQUE(at);                                                               \
            w2v_vf row[2], delta[2];                                                      \
            for (int u = 0; u < U; u++) {                                                 \
                row[u] = LOAD(at + u * W2V_LANES);                                        \
                delta[u] = LOCKED ? w2v_zero() : row[u];                                  \
            }                                                                             \
            for (int j = 0; j < NY; j++) {                                                \
                const w2v_vf factor = SINGLE ? factors[j] : w2v_set1(e[j]);               \
                for (int u = 0; u < U; u++) {                                             \
                    const w2v_vf before = U == 1 ? old[j] : LOAD(y[j] + d + u * W2V_LANES); \
                    delta[u] = w2v_fma(factor, before, delta[u]);                         \
                    new[u][j] = w2v_fma(factor, row[u], new[u][j]);                       \
                }                                                                         \
            }                                                                             \
            for (int u = 0; u < U; u++) {                                                 \
                STORE(at + u * W2V_LANES,                                                 \
                      LOCKED ? w2v_fma(w2v_set1(lock[i]), delta[u], row[u]) : delta[u]);  \
            }                                                                             \
        }                                                                                 \
        for (int j = 0; j < NY; j++) {                                                    \
            for (int u = 0; u < U; u++) STORE(y[j] + d + u * W2V_LANES, new[u][j]);       \
        }                                                                                 \
    } while (0)

W2V_INLINE void tile_update(const int NY, const bool SINGLE, const bool LOCKED, const strand *c,
                            int64_t nx, int64_t first, tile_options o)
{
    if (c->alpha == 0) return; /* nothing would move: not even written */
    const int64_t dim = o.dim;
    const float *const errors = c->scores, *const lock = c->lock;
    float *y[W2V_BLOCK], *const single = c->x[0];
    float *const *const x = SINGLE ? &single : c->x;
    const float *ahead[W2V_BLOCK];
    w2v_vf factors[W2V_BLOCK];
    take_ahead(NY, o.ahead, ahead);
    for (int j = 0; j < NY; j++) {
        y[j] = c->y[first + j];
        if (SINGLE) factors[j] = w2v_set1(errors[j]);
    }
    int64_t d = 0;
    while (d < LAST_LINE(dim)) {
        prefetch_lines(NY, ahead, d);
        if (2 * W2V_LANES == LINE && !SINGLE) {
            W2V_SLICES(2, w2v_load, w2v_store);
            d += LINE;
        } else {
            for (int k = 0; k < LINE; k += W2V_LANES, d += W2V_LANES) {
                W2V_SLICES(1, w2v_load, w2v_store);
            }
        }
    }
    prefetch_lines(NY, ahead, dim - 1);
    for (; d < LAST_SLICE(dim); d += W2V_LANES) W2V_SLICES(1, w2v_load, w2v_store);
#define W2V_SLICE_TAIL() W2V_SLICES(1, LOAD_TAIL, STORE_TAIL)
    W2V_TAIL(d, dim, W2V_SLICE_TAIL);
#undef W2V_SLICE_TAIL
}

/* ---- CBOW: sums of context rows against output rows ------------------------- */

/* CALL(registers, tail) for slabs of the dimension, from d on: SLAB registers each, then
 * the rest of them and, as their tail, half a register; other tails by themselves. */
#define SLAB 12
#define W2V_SLABS(dim, CALL)                                                              \
    do {                                                                                  \
        const int tail = (int)((dim) % W2V_LANES);                                        \
        int64_t d = 0, registers = (dim) / W2V_LANES;                                     \
        for (; registers > SLAB; registers -= SLAB, d += SLAB * W2V_LANES) CALL(SLAB, 0); \
        if (W2V_LANES > 1 && tail == W2V_LANES / 2) {                                     \
            W2V_FOR_SLAB(registers, CALL, W2V_LANES / 2)                                  \
        } else {                                                                          \
            W2V_FOR_SLAB(registers, CALL, 0)                                              \
            d += registers * W2V_LANES;                                                   \
            if (tail > 0) CALL(0, tail);                                                  \
        }                                                                                 \
    } while (0)
#define W2V_FOR_SLAB(registers, CALL, TAIL)                                               \
    switch (registers) {                                                                  \
    case 0: CALL(0, TAIL); break;                                                         \
    case 1: CALL(1, TAIL); break;                                                         \
    case 2: CALL(2, TAIL); break;                                                         \
    case 3: CALL(3, TAIL); break;                                                         \
    case 4: CALL(4, TAIL); break;                                                         \
    case 5: CALL(5, TAIL); break;                                                         \
    case 6: CALL(6, TAIL); break;                                                         \
    case 7: CALL(7, TAIL); break;                                                         \
    case 8: CALL(8, TAIL); break;                                                         \
    case 9: CALL(9, TAIL); break;                                                         \
    case 10: CALL(10, TAIL); break;                                                       \
    case 11: CALL(11, TAIL); break;                                                       \
    default: CALL(12, TAIL); break;                                                       \
    }

/* Elements d on of out = factor * the sum of n rows: U registers and a tail. */
W2V_INLINE void sum_slab(const int U, const int tail, float *out, float *const *rows, int64_t n,
                         float factor, int64_t d)
{
    w2v_vf sum[SLAB + 1];
    const float *row = rows[0] + d;
    W2V_UNROLL
    for (int u = 0; u < U; u++) sum[u] = w2v_load(row + u * W2V_LANES);
    if (tail > 0) sum[U] = w2v_load_tail(row + U * W2V_LANES, tail);
    for (int64_t i = 1; i < n; i++) {
        row = rows[i] + d;
        W2V_OPAQUE(row);
        W2V_UNROLL
        for (int u = 0; u < U; u++) sum[u] = sum[u] + w2v_load(row + u * W2V_LANES);
        if (tail > 0) sum[U] = sum[U] + w2v_load_tail(row + U * W2V_LANES, tail);
    }
    const w2v_vf scale = w2v_set1(factor);
    W2V_UNROLL
    for (int u = 0; u < U; u++) w2v_store(out + d + u * W2V_LANES, scale * sum[u]);
    if (tail > 0) w2v_store_tail(out + d + U * W2V_LANES, scale * sum[U], tail);
}

static void sum_rows(float *out, float *const *rows, int64_t n, float factor, int64_t dim)
{
#define W2V_SUM(U, TAIL) sum_slab(U, TAIL, out, rows, n, factor, d)
    W2V_SLABS(dim, W2V_SUM);
#undef W2V_SUM
}

W2V_INLINE w2v_vf moved(const bool LOCKED, w2v_vf row, w2v_vf factor, w2v_vf delta)
{
    if (LOCKED) return w2v_fma(factor, delta, row);
    return row + delta;
}

/* Elements d on of every context row get their share of the error. */
W2V_INLINE void spread_slab(const int U, const int tail, const bool LOCKED, const strand *c,
                            int64_t d)
{
    float *const *const x = c->x;
    const float *const lock = c->lock, *const error = c->error + d;
    const int64_t nx = c->nx;
    w2v_vf delta[SLAB + 1];
    const w2v_vf scale = w2v_set1(LOCKED ? 1.0f : c->scale);
    W2V_UNROLL
    for (int u = 0; u < U; u++) delta[u] = scale * w2v_load(error + u * W2V_LANES);
    if (tail > 0) delta[U] = scale * w2v_load_tail(error + U * W2V_LANES, tail);
    for (int64_t i = 0; i < nx; i++) {
        float *row = x[i] + d;
        const w2v_vf factor = LOCKED ? w2v_set1(lock[i]) : w2v_zero();
        W2V_OPAQUE(row);
        W2V_UNROLL
        for (int u = 0; u < U; u++, row += W2V_LANES) {
            w2v_store(row, moved(LOCKED, w2v_load(row), factor, delta[u]));
        }
        if (tail > 0) {
            w2v_store_tail(row, moved(LOCKED, w2v_load_tail(row, tail), factor, delta[U]), tail);
        }
    }
}

static void spread_error(const strand *c, tile_options o)
{
#define W2V_SPREAD(U, TAIL) spread_slab(U, TAIL, false, c, d)
#define W2V_SPREAD_LOCKED(U, TAIL) spread_slab(U, TAIL, true, c, d)
    if (o.locked) {
        W2V_SLABS(o.dim, W2V_SPREAD_LOCKED);
    } else {
        W2V_SLABS(o.dim, W2V_SPREAD);
    }
#undef W2V_SPREAD_LOCKED
#undef W2V_SPREAD
}

/* U <= 4 slices at once of the sums of NS strands against NY output rows. */
#define W2V_CBOW_SLICES(U, LOAD, STORE)                                                   \
    do {                                                                                  \
        w2v_vf h[2][4], delta[2][4];                                                      \
        for (int s = 0; s < NS; s++) {                                                    \
            for (int u = 0; u < U; u++) {                                                 \
                h[s][u] = LOAD(hs[s] + d + u * W2V_LANES);                                \
                delta[s][u] = fresh[s] ? w2v_zero() : LOAD(error[s] + d + u * W2V_LANES); \
            }                                                                             \
        }                                                                                 \
        for (int j = 0; j < NY; j++) {                                                    \
            float *const row = y[j] + d;                                                  \
            w2v_vf factor[2];                                                             \
            for (int s = 0; s < NS; s++) factor[s] = w2v_set1(errors[s][j]);              \
            for (int u = 0; u < U; u++) {                                                 \
                const w2v_vf old = LOAD(row + u * W2V_LANES);                             \
                w2v_vf new = old;                                                         \
                for (int s = 0; s < NS; s++) {                                            \
                    delta[s][u] = w2v_fma(factor[s], old, delta[s][u]);                   \
                    new = w2v_fma(factor[s], h[s][u], new);                               \
                }                                                                         \
                STORE(row + u * W2V_LANES, new);                                          \
            }                                                                             \
        }                                                                                 \
        for (int s = 0; s < NS; s++) {                                                    \
            for (int u = 0; u < U; u++) STORE(error[s] + d + u * W2V_LANES, delta[s][u]); \
        }                                                                                 \
    } while (0)

/* The sums of NS strands against rows `first` on. */
W2V_INLINE void cbow_update(const int NS, const int NY, strand *c, int64_t first, tile_options o)
{
    if (c->alpha == 0) return;
    const int64_t dim = o.dim;
    const int U = NS == 1 ? 4 : 2;
    float *y[W2V_BLOCK], *hs[2], *error[2];
    const float *errors[2];
    bool fresh[2];
    for (int j = 0; j < NY; j++) y[j] = c->y[first + j];
    for (int s = 0; s < NS; s++) {
        hs[s] = c[s].h;
        error[s] = c[s].error;
        errors[s] = c[s].scores;
        fresh[s] = c[s].fresh;
        c[s].fresh = false;
    }
    const float *ahead[W2V_BLOCK];
    take_ahead(NY, o.ahead, ahead);
    int64_t d = 0;
    for (; d + U * W2V_LANES <= dim; d += U * W2V_LANES) {
        if (U * W2V_LANES >= LINE || d % LINE == 0) { /* each line once */
            for (int k = 0; k < U * W2V_LANES; k += LINE) prefetch_lines(NY, ahead, d + k);
        }
        W2V_CBOW_SLICES(U, w2v_load, w2v_store);
    }
    prefetch_lines(NY, ahead, dim - 1);
    for (; d < LAST_SLICE(dim); d += W2V_LANES) W2V_CBOW_SLICES(1, w2v_load, w2v_store);
#define W2V_CBOW_TAIL() W2V_CBOW_SLICES(1, LOAD_TAIL, STORE_TAIL)
    W2V_TAIL(d, dim, W2V_CBOW_TAIL);
#undef W2V_CBOW_TAIL
}

#endif

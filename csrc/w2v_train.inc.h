/* The training loops, written once and compiled for each instruction set.
 *
 * Included by w2v_<isa>.c, which defines W2V_KERNELS, the name of the function to
 * make. What a batch computes is said in w2v.h; this file says how it is made fast:
 *   - all random decisions for some positions are made ahead (w2v_plan.h), so
 *     that the rows of the next centres can be prefetched;
 *   - a centre's contexts and output rows meet as a small matrix product (tile):
 *     2 x 6 dot products at a time in registers, errors eight at a time, and then
 *     for each slice of the dimension the old and new output rows stay in registers
 *     while the context rows pass by;
 *   - the number of output rows is a constant of each specialised tile.
 */
#include "w2v_plan.h"

/* ---- tiles -------------------------------------------------------------- */

#define LAST_SLICE(dim) ((dim) - (dim) % W2V_LANES)

/* scores[i][j] = X_i . Y_j for XB context rows, by slices of one register. */
W2V_INLINE void tile_dots(const int XB, const int NY, float *const *x, float *const *y,
                          int64_t dim, float *scores)
{
    w2v_vf sum[2][W2V_BLOCK];
    for (int j = 0; j < W2V_BLOCK; j++) sum[0][j] = sum[1][j] = w2v_zero();
    int64_t d = 0;
    for (; d < LAST_SLICE(dim); d += W2V_LANES) {
        const w2v_vf x0 = w2v_load(x[0] + d), x1 = w2v_load(x[XB - 1] + d);
        for (int j = 0; j < NY; j++) {
            w2v_vf row = w2v_load(y[j] + d);
            if (XB > 1) W2V_KEEP(row);
            sum[0][j] = w2v_fma(x0, row, sum[0][j]);
            if (XB > 1) sum[1][j] = w2v_fma(x1, row, sum[1][j]);
        }
    }
    if (d < dim) {
        const int n = (int)(dim - d);
        const w2v_vf x0 = w2v_load_tail(x[0] + d, n), x1 = w2v_load_tail(x[XB - 1] + d, n);
        for (int j = 0; j < NY; j++) {
            const w2v_vf row = w2v_load_tail(y[j] + d, n);
            sum[0][j] = w2v_fma(x0, row, sum[0][j]);
            if (XB > 1) sum[1][j] = w2v_fma(x1, row, sum[1][j]);
        }
    }
    for (int b = 0; b < XB; b++) w2v_sums(sum[b], NY, scores + b * W2V_BLOCK);
}

W2V_INLINE void tile_scores(const int NY, const centre_scratch *c, int64_t nx, float *const *y,
                            int64_t dim)
{
    /* Two context rows where their sums, and three rows, fit in registers. */
    const int XB = 2 * NY + 3 <= W2V_REGISTERS ? 2 : 1;
    int64_t i = 0;
    for (; i + XB <= nx; i += XB) {
        tile_dots(XB, NY, c->x + i, y, dim, c->scores + i * W2V_BLOCK);
    }
    if (i < nx) tile_dots(1, NY, c->x + i, y, dim, c->scores + i * W2V_BLOCK);
}

/* One slice of the dimension: all context rows against NY output rows. */
#define W2V_SLICE(LOAD, STORE)                                                            \
    do {                                                                                  \
        w2v_vf old[W2V_BLOCK], new[W2V_BLOCK];                                            \
        for (int j = 0; j < NY; j++) old[j] = new[j] = LOAD(y[j] + d);                    \
        for (int64_t i = 0; i < nx; i++) {                                                \
            const float *e = scores + i * W2V_BLOCK;                                      \
            const w2v_vf row = LOAD(x[i] + d);                                            \
            w2v_vf delta = LOCKED || CBOW ? w2v_zero() : row;                             \
            for (int j = 0; j < NY; j++) {                                                \
                const w2v_vf factor = SINGLE ? factors[j] : w2v_set1(e[j]);               \
                delta = w2v_fma(factor, old[j], delta);                                   \
                new[j] = w2v_fma(factor, row, new[j]);                                    \
            }                                                                             \
            if (CBOW) {                                                                   \
                STORE(error + d, LOAD(error + d) + delta);                                \
            } else {                                                                      \
                STORE(x[i] + d, LOCKED ? w2v_fma(w2v_set1(c->lock[i]), delta, row) : delta); \
            }                                                                             \
        }                                                                                 \
        for (int j = 0; j < NY; j++) STORE(y[j] + d, new[j]);                             \
    } while (0)

W2V_INLINE void tile_update(const int NY, const bool SINGLE, const bool LOCKED, const bool CBOW,
                            const centre_scratch *c, int64_t nx, float *const *rows, int64_t dim)
{
    /* Vector stores may alias anything: what stays the same must be in locals. */
    float *y[W2V_BLOCK], *const single = c->x[0], *const error = c->error;
    const float *const scores = c->scores;
    float *const *const x = SINGLE ? &single : c->x;
    w2v_vf factors[W2V_BLOCK];
    for (int j = 0; j < NY; j++) {
        y[j] = rows[j];
        if (SINGLE) factors[j] = w2v_set1(scores[j]);
    }
    int64_t d = 0;
    for (; d < LAST_SLICE(dim); d += W2V_LANES) W2V_SLICE(w2v_load, w2v_store);
    if (d < dim) {
        const int n = (int)(dim - d);
#define LOAD_TAIL(p) w2v_load_tail(p, n)
#define STORE_TAIL(p, v) w2v_store_tail(p, v, n)
        W2V_SLICE(LOAD_TAIL, STORE_TAIL);
#undef LOAD_TAIL
#undef STORE_TAIL
    }
}

/* What the tiles of one centre share. */
typedef struct {
    int64_t dim;
    float alpha;
    bool locked, cbow, compute_loss;
} tile_options;

W2V_INLINE void tile(const int NY, const bool SINGLE, centre_scratch *c, int64_t nx, int64_t first,
                     tile_options o)
{
    float *const *y = c->y + first;
    tile_scores(NY, c, nx, y, o.dim);
    const w2v_targets targets = w2v_load_targets(c->codes + first, c->weights + first);
    for (int64_t i = 0; i < nx; i++) {
        w2v_errors(c->scores + i * W2V_BLOCK, &targets, o.alpha, NY,
                   o.compute_loss ? c->loss : NULL);
    }
    if (SINGLE && o.cbow) {
        tile_update(NY, true, false, true, c, 1, y, o.dim);
    } else if (o.locked) {
        tile_update(NY, SINGLE, true, false, c, nx, y, o.dim);
    } else {
        tile_update(NY, SINGLE, false, false, c, nx, y, o.dim);
    }
}

/* `nx` context rows against one block of output rows. */
W2V_INLINE void train_block(const bool SINGLE, centre_scratch *c, int64_t nx, int64_t first,
                            int64_t rows, tile_options o)
{
    switch (rows) {
    case 1: tile(1, SINGLE, c, nx, first, o); break;
    case 2: tile(2, SINGLE, c, nx, first, o); break;
    case 3: tile(3, SINGLE, c, nx, first, o); break;
    case 4: tile(4, SINGLE, c, nx, first, o); break;
    case 5: tile(5, SINGLE, c, nx, first, o); break;
    case 6: tile(6, SINGLE, c, nx, first, o); break;
    case 7: tile(7, SINGLE, c, nx, first, o); break;
    default: tile(8, SINGLE, c, nx, first, o); break;
    }
}

/* `nx` context rows against `rows` output rows, in equal blocks and groups. */
W2V_INLINE void train_blocks(const bool SINGLE, centre_scratch *c, int64_t nx, int64_t rows,
                             tile_options o)
{
    float **x = c->x, *lock = c->lock;
    const int64_t blocks = (rows + W2V_BLOCK - 1) / W2V_BLOCK;
    const int64_t groups = SINGLE ? 1 : (nx + W2V_GROUP - 1) / W2V_GROUP;
    for (int64_t k = 0; k < blocks; k++) {
        const int64_t first = k * rows / blocks, end = (k + 1) * rows / blocks;
        for (int64_t g = 0; g < groups; g++) {
            const int64_t begin = g * nx / groups;
            c->x = x + begin;
            c->lock = lock + begin;
            train_block(SINGLE, c, (g + 1) * nx / groups - begin, first, end - first, o);
        }
    }
    c->x = x;
    c->lock = lock;
}

static void train_rows(centre_scratch *c, int64_t nx, int64_t rows, tile_options o)
{
    train_blocks(false, c, nx, rows, o);
}

/* With one context row the loops over them fall away. */
static void train_one_row(centre_scratch *c, int64_t rows, tile_options o)
{
    train_blocks(true, c, 1, rows, o);
}

/* ---- rows of a centre ---------------------------------------------------- */

static int64_t path_rows(const w2v_model *model, int32_t word, centre_scratch *c)
{
    const int64_t begin = model->path_offsets[word];
    const int64_t rows = model->path_offsets[word + 1] - begin;
    for (int64_t j = 0; j < rows; j++) {
        c->y[j] = model->output_hs + model->path_nodes[begin + j] * model->vector_size;
    }
    c->codes = model->path_codes + begin;
    c->weights = c->ones;
    return rows;
}

static bool all_differ(int32_t target, const int32_t *draws, int32_t n)
{
    int32_t same = 0;
    for (int32_t i = 0; i < n; i++) {
        same |= draws[i] == target;
        for (int32_t j = 0; j < i; j++) same |= draws[i] == draws[j];
    }
    return !same;
}

/* The rare case: drop the target, count repeated words. */
static int64_t merge_draws(const int32_t *draws, int32_t n, centre_scratch *c)
{
    int64_t rows = 1;
    c->multiplicity[0] = 1.0f;
    for (int32_t i = 0; i < n; i++) {
        int64_t j = 0;
        while (j < rows && c->words[j] != draws[i]) j++;
        if (j == rows) {
            c->words[rows] = draws[i];
            c->multiplicity[rows++] = 0.0f;
        }
        if (j > 0) c->multiplicity[j] += 1.0f;
    }
    c->weights = c->multiplicity;
    return rows;
}

static int64_t noise_rows(const w2v_model *model, int32_t target, const int32_t *draws,
                          centre_scratch *c)
{
    const int32_t n = model->negative;
    int64_t rows = n + 1;
    const int32_t *words = draws; /* of the rows after the target's */
    c->codes = c->noise_codes;
    c->weights = c->ones;
    if (n > W2V_BLOCK || !all_differ(target, draws, n)) {
        c->words[0] = target;
        rows = merge_draws(draws, n, c);
        words = c->words + 1;
    }
    c->y[0] = model->output_ns + target * model->vector_size;
    for (int64_t j = 1; j < rows; j++) {
        c->y[j] = model->output_ns + words[j - 1] * model->vector_size;
    }
    return rows;
}

W2V_INLINE void prefetch_row(const float *row, int64_t dim)
{
    const char *line = (const char *)row - (uintptr_t)row % 64;
    for (; line < (const char *)(row + dim); line += 64) W2V_PREFETCH(line);
}

static void prefetch_position(const w2v_model *model, const plan *p, const position *at)
{
    const int64_t dim = model->vector_size;
    const int32_t centre = p->kept[at->centre];
    prefetch_row(model->input + p->kept[at->high - 1] * dim, dim);
    if (model->path_offsets != NULL) {
        for (int64_t k = model->path_offsets[centre]; k < model->path_offsets[centre + 1]; k++) {
            prefetch_row(model->output_hs + model->path_nodes[k] * dim, dim);
        }
    }
    if (model->negative > 0) {
        prefetch_row(model->output_ns + centre * dim, dim);
        /* train_pairs does it for itself. */
        for (int32_t i = 0; i < (model->sg && !model->shared_negatives ? 0 : model->negative); i++) {
            prefetch_row(model->output_ns + p->draws[at->draws + i] * dim, dim);
        }
    }
}

static int64_t context_rows(const w2v_model *model, const plan *p, const position *at,
                            centre_scratch *c)
{
    int64_t nx = 0;
    for (int64_t i = at->low; i < at->high; i++) {
        if (i == at->centre) continue;
        c->x[nx++] = model->input + p->kept[i] * model->vector_size;
    }
    return nx;
}

static void context_locks(const w2v_model *model, const plan *p, const position *at, float *lock)
{
    for (int64_t i = at->low; i < at->high; i++) {
        if (i != at->centre) *lock++ = model->lock_factors[p->kept[i] % model->n_lock_factors];
    }
}

/* ---- objectives ----------------------------------------------------------- */

/* Every context with noise words of its own. */
static void train_pairs(const w2v_model *model, const plan *p, const position *at,
                        centre_scratch *c, int64_t nx, tile_options o)
{
    float **x = c->x, *lock = c->lock;
    const int32_t target = p->kept[at->centre];
    const int32_t *draws = p->draws + at->draws;
    for (int64_t i = 0; i < nx; i++, draws += model->negative) {
        /* Some pairs ahead; the draws of the next centres follow at once. */
        const int32_t *ahead = draws + PAIRS_AHEAD * model->negative;
        if (ahead + model->negative <= p->draws + p->n_draws) {
            for (int32_t k = 0; k < model->negative; k++) {
                prefetch_row(model->output_ns + ahead[k] * o.dim, o.dim);
            }
        }
        c->x = x + i;
        c->lock = lock + i;
        train_one_row(c, noise_rows(model, target, draws, c), o);
    }
    c->x = x;
    c->lock = lock;
}

static void train_skip_gram(const w2v_model *model, const plan *p, const position *at,
                            centre_scratch *c, int64_t nx, tile_options o)
{
    const int32_t target = p->kept[at->centre];
    if (model->path_offsets != NULL) train_rows(c, nx, path_rows(model, target, c), o);
    if (model->negative == 0) return;
    if (model->shared_negatives) {
        train_rows(c, nx, noise_rows(model, target, p->draws + at->draws, c), o);
    } else {
        train_pairs(model, p, at, c, nx, o);
    }
}

/* out += factor * row */
W2V_INLINE void add_row(float *out, const float *row, float factor, int64_t dim)
{
    const w2v_vf scale = w2v_set1(factor);
    int64_t d = 0;
    for (; d < LAST_SLICE(dim); d += W2V_LANES) {
        w2v_store(out + d, w2v_fma(scale, w2v_load(row + d), w2v_load(out + d)));
    }
    if (d < dim) {
        const int n = (int)(dim - d);
        const w2v_vf sum = w2v_fma(scale, w2v_load_tail(row + d, n), w2v_load_tail(out + d, n));
        w2v_store_tail(out + d, sum, n);
    }
}

/* out = factor * the sum of the rows */
W2V_INLINE void sum_rows(float *out, float *const *rows, int64_t n, float factor, int64_t dim)
{
    const w2v_vf scale = w2v_set1(factor);
    int64_t d = 0;
    for (; d < LAST_SLICE(dim); d += W2V_LANES) {
        w2v_vf sum = w2v_zero();
        for (int64_t i = 0; i < n; i++) sum = sum + w2v_load(rows[i] + d);
        w2v_store(out + d, scale * sum);
    }
    if (d < dim) {
        const int tail = (int)(dim - d);
        w2v_vf sum = w2v_zero();
        for (int64_t i = 0; i < n; i++) sum = sum + w2v_load_tail(rows[i] + d, tail);
        w2v_store_tail(out + d, scale * sum, tail);
    }
}

static void train_cbow(const w2v_model *model, const plan *p, const position *at,
                       centre_scratch *c, int64_t nx, tile_options o)
{
    const int32_t target = p->kept[at->centre];
    const float mean = 1.0f / (float)nx;
    float **x = c->x, *h = c->h;
    sum_rows(h, x, nx, model->cbow_mean ? mean : 1.0f, o.dim);
    memset(c->error, 0, (size_t)o.dim * sizeof *c->error);
    c->x = &h;
    if (model->path_offsets != NULL) train_one_row(c, path_rows(model, target, c), o);
    if (model->negative > 0) {
        train_one_row(c, noise_rows(model, target, p->draws + at->draws, c), o);
    }
    c->x = x;
    const float scale = model->context_scale_full ? 1.0f : mean;
    for (int64_t i = 0; i < nx; i++) {
        add_row(x[i], c->error, o.locked ? scale * c->lock[i] : scale, o.dim);
    }
}

static void train_position(const w2v_model *model, const plan *p, const position *at,
                           centre_scratch *c, bool locked, w2v_worker *worker)
{
    const int64_t nx = context_rows(model, p, at, c);
    if (locked) context_locks(model, p, at, c->lock);
    const tile_options o = {model->vector_size, at->alpha, locked, !model->sg,
                            model->compute_loss};
    if (model->sg) {
        train_skip_gram(model, p, at, c, nx, o);
        worker->n_pairs += nx;
    } else {
        train_cbow(model, p, at, c, nx, o);
        worker->n_pairs += 1;
    }
    if (model->compute_loss) {
        for (int j = 0; j < W2V_BLOCK; j++) worker->loss += (double)c->loss[j];
        memset(c->loss, 0, sizeof c->loss);
    }
}

void W2V_KERNELS(const w2v_model *model, const w2v_batch *batch, w2v_worker *worker);
void W2V_KERNELS(const w2v_model *model, const w2v_batch *batch, w2v_worker *worker)
{
    plan p = {.model = model, .batch = batch, .random = batch->seed};
    centre_scratch c = {.loss = {0}};
    const int64_t n_tokens = batch->offsets[batch->n_sentences] - batch->offsets[0];
    lay_out(worker->scratch, model, n_tokens, batch->n_sentences, &p, &c);
    const bool locked = model->n_lock_factors > 1 || model->lock_factors[0] != 1.0f;
    fill_constants(model, &c);
    subsample(&p);
    if (batch->n_sentences > 0) worker->n_kept += p.ends[batch->n_sentences - 1];
    while (plan_positions(&p)) {
        for (int64_t i = 0; i < p.count; i++) {
            if (i + AHEAD < p.count) prefetch_position(model, &p, &p.positions[i + AHEAD]);
            train_position(model, &p, &p.positions[i], &c, locked, worker);
        }
    }
}

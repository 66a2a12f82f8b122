/* The training loops, written once and compiled for each instruction set.
 *
 * Included by w2v_<isa>.c, which defines W2V_KERNELS, the name of the function to
 * make. What a batch computes is said in w2v.h; this file and w2v_tile.inc.h say how it
 * is made fast: all random decisions for some positions are made ahead (w2v_plan.h), so
 * that the rows of the next centres can be fetched; a centre's contexts and output rows
 * meet as a small matrix product.
 */
#include "w2v_tile.inc.h"

/* ---- blocks of output rows ------------------------------------------------- */

/* Where part k of n parts of the rows ends, nearly equal parts of at most `most` each. */
W2V_INLINE int64_t n_parts(int64_t rows, int64_t most)
{
    return (int64_t)((uint64_t)(rows + most - 1) / (uint64_t)most);
}

W2V_INLINE int64_t part_end(int64_t rows, int64_t k, int64_t n)
{
    return n == 1 ? rows : (k + 1) * rows / n; /* divisions are slow */
}

/* Context rows of skip-gram against output rows `first` on. */
W2V_INLINE void tile(const int NY, const strand *c, int64_t first, tile_options o)
{
    tile_scores(NY, c->x, c->nx, c->y + first, o.dim, c->scores);
    tile_errors(NY, c, c->nx, first, o);
    if (o.locked) {
        tile_update(NY, false, true, c, c->nx, first, o);
    } else {
        tile_update(NY, false, false, c, c->nx, first, o);
    }
}

/* All contexts of a centre against all its rows, in equal blocks and groups. */
static void train_tiles(const strand *c, int64_t rows, tile_options o)
{
    const int64_t blocks = n_parts(rows, W2V_SHARED_BLOCK), groups = n_parts(c->nx, W2V_GROUP);
    strand group = *c;
    for (int64_t k = 0, first = 0, end; k < blocks; k++, first = end) {
        end = part_end(rows, k, blocks);
        for (int64_t g = 0, begin = 0; g < groups; g++, begin += group.nx) {
            group.x = c->x + begin;
            group.lock = c->lock + begin;
            group.nx = part_end(c->nx, g, groups) - begin;
#define TILE(NY) tile(NY, &group, first, o)
            W2V_FOR_SHARED_ROWS(end - first, TILE)
#undef TILE
        }
    }
}

/* One context row against output rows `first` on: for CBOW the sum h. */
W2V_INLINE void row_tile(const int NY, const bool CBOW, strand *c, int64_t first, tile_options o)
{
    tile_scores(NY, CBOW ? &c->h : c->x, 1, c->y + first, o.dim, c->scores);
    tile_errors(NY, c, 1, first, o);
    if (CBOW) {
        cbow_update(1, NY, c, first, o);
    } else if (o.locked) {
        tile_update(NY, true, true, c, 1, first, o);
    } else {
        tile_update(NY, true, false, c, 1, first, o);
    }
}

W2V_INLINE void train_row(const bool CBOW, strand *c, int64_t rows, tile_options o)
{
    const int64_t blocks = n_parts(rows, W2V_BLOCK);
    for (int64_t k = 0, first = 0, end; k < blocks; k++, first = end) {
        end = part_end(rows, k, blocks);
#define TILE(NY) row_tile(NY, CBOW, c, first, o)
        W2V_FOR_ROWS(end - first, TILE)
#undef TILE
    }
}

static void train_sum(strand *c, int64_t rows, tile_options o) { train_row(true, c, rows, o); }

static void train_pair(strand *c, int64_t rows, tile_options o) { train_row(false, c, rows, o); }

/* Two sums of CBOW against rows `first` on, which are those of c[0]. */
W2V_INLINE void shared_tile(const int NY, strand *c, int64_t first, tile_options o)
{
    float *const x[2] = {c[0].h, c[1].h};
    tile_scores(NY, x, 2, c[0].y + first, o.dim, c[0].scores);
    for (int s = 0; s < 2; s++) tile_errors(NY, &c[s], 1, first, o);
    cbow_update(2, NY, c, first, o);
}

static void train_shared(strand *c, int64_t rows, tile_options o)
{
    const int64_t blocks = n_parts(rows, W2V_BLOCK);
    for (int64_t k = 0, first = 0, end; k < blocks; k++, first = end) {
        end = part_end(rows, k, blocks);
#define TILE(NY) shared_tile(NY, c, first, o)
        W2V_FOR_ROWS(end - first, TILE)
#undef TILE
    }
}

/* ---- rows of a centre ---------------------------------------------------- */

static int64_t path_rows(const w2v_model *model, int32_t word, strand *c)
{
    const int64_t begin = model->path_offsets[word];
    const int64_t rows = model->path_offsets[word + 1] - begin;
    for (int64_t j = 0; j < rows; j++) {
        c->y[j] = node_row(&model->output_hs, model->path_nodes[begin + j]);
    }
    c->codes = model->path_codes + begin;
    c->weights = c->ones;
    return rows;
}

#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
W2V_INLINE __m256i load_words(const int32_t *words)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)words);
}
#endif

/* Are the targets and draws, at most W2V_BLOCK together, different words? `draws` is
 * inside the scratch memory: a few words around it can be read. */
W2V_INLINE bool all_differ(const int32_t *targets, const int n_targets, const int32_t *draws,
                           int32_t n)
{
#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
    /* In a register, each word against those one to four places on, around its end. */
    static const int32_t used[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    static const int32_t unused[16] = {0, 0, 0, 0, 0, 0, 0, 0, -1, -2, -3, -4, -5, -6, -7, -8};
    const int32_t rest = W2V_BLOCK - n_targets - n;
    __m256i words = load_words(draws - n_targets);
    words = _mm256_blend_epi32(words, _mm256_set1_epi32(targets[0]), 1);
    if (n_targets == 2) words = _mm256_blend_epi32(words, _mm256_set1_epi32(targets[1]), 2);
    words = _mm256_or_si256(_mm256_and_si256(words, load_words(used + rest)), load_words(unused + rest));
    const __m256i by_1 = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0);
    const __m256i by_2 = _mm256_setr_epi32(2, 3, 4, 5, 6, 7, 0, 1);
    const __m256i by_3 = _mm256_setr_epi32(3, 4, 5, 6, 7, 0, 1, 2);
    const __m256i same_1 = _mm256_cmpeq_epi32(words, _mm256_permutevar8x32_epi32(words, by_1));
    const __m256i same_2 = _mm256_cmpeq_epi32(words, _mm256_permutevar8x32_epi32(words, by_2));
    const __m256i same_3 = _mm256_cmpeq_epi32(words, _mm256_permutevar8x32_epi32(words, by_3));
    const __m256i same_4 = _mm256_cmpeq_epi32(words, _mm256_permute2x128_si256(words, words, 1));
    const __m256i same = _mm256_or_si256(_mm256_or_si256(same_1, same_2), _mm256_or_si256(same_3, same_4));
    return _mm256_testz_si256(same, same);
#else
    int32_t same = n_targets == 2 && targets[0] == targets[1];
    for (int32_t i = 0; i < n; i++) {
        for (int t = 0; t < n_targets; t++) same |= draws[i] == targets[t];
        for (int32_t j = 0; j < i; j++) same |= draws[i] == draws[j];
    }
    return !same;
#endif
}

/* The rare case, or many words: count repeated words; the target's draws do not count. */
static int64_t merge_draws(const int32_t *targets, int n_targets, const int32_t *draws, int32_t n,
                           strand *c)
{
    int32_t *const words = c[0].words;
    float *const counts = c[0].merged_weights;
    int64_t rows = 0;
    for (int32_t i = -n_targets; i < n; i++) {
        const int32_t word = i < 0 ? targets[i + n_targets] : draws[i];
        int64_t j = 0;
        while (j < rows && words[j] != word) j++;
        if (j == rows) {
            words[rows] = word;
            counts[rows++] = 0.0f;
        }
        counts[j] += i < 0 ? 0.0f : 1.0f;
    }
    for (int s = n_targets - 1; s >= 0; s--) { /* c[0] last: its weights are the counts */
        for (int64_t j = 0; j < rows; j++) {
            const bool own = words[j] == targets[s];
            c[s].merged_codes[j] = !own;
            c[s].merged_weights[j] = own ? 1.0f : counts[j];
        }
        c[s].codes = c[s].merged_codes;
        c[s].weights = c[s].merged_weights;
    }
    return rows;
}

/* The targets of one or two strands and the words drawn for them, as rows of c[0]. */
W2V_INLINE int64_t noise_rows(const w2v_model *model, const int32_t *targets, const int n_targets,
                              const int32_t *draws, strand *c)
{
    static const uint8_t codes[2][W2V_BLOCK] = {{0, 1, 1, 1, 1, 1, 1, 1}, {1, 0, 1, 1, 1, 1, 1, 1}};
    static const float weights[3][W2V_BLOCK] = {
        {1, 1, 1, 1, 1, 1, 1, 1}, {1, 0, 1, 1, 1, 1, 1, 1}, {0, 1, 1, 1, 1, 1, 1, 1}};
    const int64_t n = model->negative;
    int64_t rows = n_targets + n;
    if (rows > W2V_BLOCK || !all_differ(targets, n_targets, draws, model->negative)) {
        rows = merge_draws(targets, n_targets, draws, model->negative, c);
        for (int64_t j = 0; j < rows; j++) c->y[j] = row_of(&model->output_ns, c->words[j]);
        return rows;
    }
    for (int s = 0; s < n_targets; s++) {
        c->y[s] = row_of(&model->output_ns, targets[s]);
        c[s].codes = codes[s];
        c[s].weights = weights[n_targets == 1 ? 0 : s + 1];
    }
    for (int64_t i = 0; i < n; i++) c->y[n_targets + i] = row_of(&model->output_ns, draws[i]);
    return rows;
}

W2V_INLINE void copy_addresses(float **to, float *const *from, int64_t n)
{
    for (int64_t i = 0; i < n; i += COPIED) memcpy(to + i, from + i, COPIED * sizeof *to);
}

static void context_rows(const w2v_model *model, const plan *p, const position *at, bool locked,
                         strand *c)
{
    const int64_t before = at->centre - at->low;
    c->nx = at->high - at->low - 1;
    c->alpha = at->alpha;
    copy_addresses(c->x, p->rows + at->low, before);
    copy_addresses(c->x + before, p->rows + at->centre + 1, c->nx - before);
    for (int64_t i = 0; i < (locked ? c->nx : 0); i++) {
        const int32_t word = p->kept[at->low + i + (i >= before)];
        c->lock[i] = model->lock_factors[word % model->n_lock_factors];
    }
}

/* List the rows of a later position, those that are least often used first. */
static void list_ahead(const w2v_model *model, const plan *p, const position *at,
                       ahead_list *ahead)
{
    const int32_t centre = p->kept[at->centre];
    if (model->path_offsets != NULL) {
        for (int64_t k = model->path_offsets[centre + 1]; k > model->path_offsets[centre] + HOT_LEVELS; k--) {
            add_ahead(ahead, node_row(&model->output_hs, model->path_nodes[k - 1]));
        }
    }
    if (model->negative > 0) {
        /* train_pairs lists its own; CBOW may share those of the position before. */
        const bool own = !draws_for_pairs(model) && at->n_draws > 0;
        for (int32_t i = 0; i < (own ? model->negative : 0); i++) {
            add_ahead(ahead, row_of(&model->output_ns, p->draws[at->draws + i]));
        }
        add_ahead(ahead, row_of(&model->output_ns, centre));
    }
    add_ahead(ahead, p->rows[at->high - 1]);
}

/* ---- objectives ----------------------------------------------------------- */

/* The contexts with the rows of the centre's path, together or each by itself. */
static void train_path(const w2v_model *model, int32_t target, strand *c, tile_options o)
{
    const int64_t rows = path_rows(model, target, c);
    if (model->shared_negatives) {
        train_tiles(c, rows, o);
        return;
    }
    strand pair = *c;
    for (int64_t i = 0; i < c->nx; i++) {
        pair.x = c->x + i;
        pair.lock = c->lock + i;
        train_pair(&pair, rows, o);
    }
}

/* Every context by itself with noise words of its own. */
static void train_pairs(const w2v_model *model, const plan *p, const position *at, strand *c,
                        tile_options o)
{
    const int32_t target = p->kept[at->centre];
    const int32_t *draws = p->draws + at->draws;
    strand pair = *c;
    for (int64_t i = 0; i < c->nx; i++, draws += model->negative) {
        /* Some pairs ahead; the draws of the next centres follow at once. */
        const int32_t *ahead = draws + (int64_t)PAIRS_AHEAD * model->negative;
        if (ahead + model->negative <= p->draws + p->n_draws) {
            begin_ahead(o.ahead, o.dim);
            for (int32_t k = 0; k < model->negative; k++) {
                add_ahead(o.ahead, row_of(&model->output_ns, ahead[k]));
            }
            end_ahead(o.ahead);
        }
        pair.x = c->x + i;
        pair.lock = c->lock + i;
        train_pair(&pair, noise_rows(model, &target, 1, draws, &pair), o);
    }
}

static void train_skip_gram(const w2v_model *model, const plan *p, const position *at, strand *c,
                            tile_options o)
{
    const int32_t target = p->kept[at->centre];
    context_rows(model, p, at, o.locked, c);
    if (model->path_offsets != NULL) train_path(model, target, c, o);
    if (model->negative == 0) return;
    if (model->shared_negatives) {
        train_tiles(c, noise_rows(model, &target, 1, p->draws + at->draws, c), o);
    } else {
        train_pairs(model, p, at, c, o);
    }
}

/* `n` positions, one or two, which share their noise words if so. */
static void train_cbow(const w2v_model *model, const plan *p, const position *at, int n, strand *c,
                       tile_options o)
{
    int32_t targets[2];
    for (int s = 0; s < n; s++) {
        targets[s] = p->kept[at[s].centre];
        context_rows(model, p, &at[s], o.locked, &c[s]);
        const float mean = 1.0f / (float)c[s].nx;
        sum_rows(c[s].h, c[s].x, c[s].nx, model->cbow_mean ? mean : 1.0f, o.dim);
        c[s].scale = model->context_scale_full ? 1.0f : mean;
        for (int64_t i = 0; i < (o.locked ? c[s].nx : 0); i++) c[s].lock[i] *= c[s].scale;
        c[s].fresh = true;
    }
    const int32_t *draws = p->draws + at->draws;
    for (int s = 0; s < n && model->path_offsets != NULL; s++) {
        train_sum(&c[s], path_rows(model, targets[s], &c[s]), o);
    }
    if (model->negative > 0 && n == 2) {
        train_shared(c, noise_rows(model, targets, 2, draws, c), o);
    } else if (model->negative > 0) {
        train_sum(c, noise_rows(model, targets, 1, draws, c), o);
    }
    for (int s = 0; s < n; s++) {
        if (!c[s].fresh) spread_error(&c[s], o);
    }
}

static void train_planned(const w2v_model *model, const plan *p, strand *c, tile_options o,
                          w2v_worker *worker)
{
    for (int64_t i = 0, n = 1; i < p->count; i += n) {
        const position *at = &p->positions[i];
        n = in_twos(model) && i + 1 < p->count && at[1].n_draws == 0 ? 2 : 1;
        begin_ahead(o.ahead, o.dim);
        for (int64_t k = i + AHEAD; k < i + AHEAD + n && k < p->count; k++) {
            list_ahead(model, p, &p->positions[k], o.ahead);
        }
        end_ahead(o.ahead);
        if (model->sg) {
            train_skip_gram(model, p, at, c, o);
            worker->n_pairs += c->nx;
        } else {
            train_cbow(model, p, at, (int)n, c, o);
            worker->n_pairs += n;
        }
        if (o.loss != NULL) {
            for (int j = 0; j < W2V_BLOCK; j++) worker->loss += (double)o.loss[j];
            memset(o.loss, 0, W2V_BLOCK * sizeof *o.loss);
        }
    }
}

void W2V_KERNELS(const w2v_model *shared, const w2v_batch *batch, w2v_worker *worker);
void W2V_KERNELS(const w2v_model *shared, const w2v_batch *batch, w2v_worker *worker)
{
    w2v_model model = *shared; /* with copies of hot nodes */
    plan p = {.model = &model, .batch = batch, .random = batch->seed};
    strand strands[2];
    ahead_list ahead;
    float loss[W2V_BLOCK] = {0};
    const int64_t n_tokens = batch->offsets[batch->n_sentences] - batch->offsets[0];
    lay_out(worker->scratch, &model, n_tokens, batch->n_sentences, &p, strands, &ahead);
    for (int s = 0; s < 2; s++) fill_constants(&model, &strands[s]);
    const tile_options options = {
        .dim = model.vector_size,
        .locked = model.n_lock_factors > 1 || model.lock_factors[0] != 1.0f,
        .loss = model.compute_loss ? loss : NULL,
        .ahead = &ahead,
    };
    take_copies(&model.output_hs, model.vector_size);
    subsample(&p);
    if (batch->n_sentences > 0) worker->n_kept += p.ends[batch->n_sentences - 1];
    while (plan_positions(&p)) train_planned(&model, &p, strands, options, worker);
    give_back(&model.output_hs, model.vector_size);
}

/* Scratch memory of a batch, and the random decisions made ahead of the training.
 *
 * For the training loops (w2v_train.inc.h) and for w2v_scratch_bytes alone. Draws
 * come in the order that w2v.h gives, so the plan's capacity changes no result.
 */
#ifndef W2V_PLAN_H
#define W2V_PLAN_H

#include "w2v_hot.h"
#include "w2v_math.h"

enum {
    PLAN_POSITIONS = 256, /* planned ahead: a few hundred kB of ids at most */
    PLAN_DRAWS = 65536,
    AHEAD = 2,      /* centres between prefetch and use */
    PAIRS_AHEAD = 3, /* likewise for pairs with draws of their own */
    HOT_LEVELS = 6, /* of the tree, whose rows are always in the cache */
    COPIED = 4 /* addresses of a window at once; both ends have room for more */
};

/* One position with at least one context. Context positions are low to high - 1
 * without `centre`; all index `kept`. */
typedef struct {
    int64_t low, centre, high;
    int64_t draws, n_draws; /* its noise draws in plan.draws */
    float alpha;
} position;

/* Where planning stands in the batch, and the tables it fills. */
typedef struct {
    const w2v_model *model;
    const w2v_batch *batch;
    uint64_t random;
    int64_t sentence, next; /* the next position, in `sentence` */
    int32_t *kept;
    float **rows;  /* of `kept` in the input matrix */
    int64_t *ends; /* ends[s]: end of sentence s in `kept` */
    position *positions;
    int64_t capacity, count;
    bool waiting; /* the last position has draws for two (in_twos) */
    uint64_t *random_draws;
    int32_t *draws;
    int64_t n_draws;
} plan;

/* The context rows of a centre, or one of them, and the output rows that they meet.
 * Two positions of CBOW may share their output rows, those of the first strand. */
typedef struct {
    float **x; /* context rows */
    int64_t nx;
    float *lock;          /* of each context, if any is not 1 */
    float *scores;        /* W2V_BLOCK for each context, then errors */
    float **y;            /* output rows */
    const uint8_t *codes; /* 1 - label of each, W2V_BLOCK readable from any row on */
    const float *weights; /* likewise */
    float *ones;
    int32_t *words;         /* where noise words are equal: the distinct ones, */
    uint8_t *merged_codes;  /* their codes */
    float *merged_weights;  /* and weights */
    float alpha;
    /* CBOW: the sum of the context rows, its error, and the share of each context. */
    float *h, *error;
    float scale;
    bool fresh; /* the error is still zero, and not yet stored */
} strand;

/* Rows that later centres need: `taken` of `n` are already being fetched. */
typedef struct {
    float **rows;
    int64_t n, taken;
    float *padding; /* a row of scratch memory */
} ahead_list;

/* ---- scratch layout ----------------------------------------------------- */

static inline int64_t most_contexts(const w2v_model *model, int64_t n_tokens)
{
    const int64_t window = 2 * (int64_t)model->window;
    return window < n_tokens ? window : n_tokens;
}

/* Every context has draws of its own. */
static inline bool draws_for_pairs(const w2v_model *model)
{
    return model->sg && !model->shared_negatives;
}

/* CBOW: every two positions of a sentence share their draws. */
static inline bool in_twos(const w2v_model *model)
{
    return !model->sg && model->shared_negatives && model->negative > 0;
}

static inline int64_t draws_per_position(const w2v_model *model, int64_t n_tokens)
{
    return model->negative * (draws_for_pairs(model) ? most_contexts(model, n_tokens) : 1);
}

static inline int64_t plan_capacity(const w2v_model *model, int64_t n_tokens)
{
    const int64_t draws = draws_per_position(model, n_tokens);
    const int64_t fitting = draws > 0 ? PLAN_DRAWS / draws : PLAN_POSITIONS;
    return fitting < 1 ? 1 : fitting < PLAN_POSITIONS ? fitting : PLAN_POSITIONS;
}

/* Room for `bytes` more at `base`, which is NULL when only the size is asked for. */
static inline void *take(char *base, size_t *used, size_t bytes)
{
    char *taken = base == NULL ? NULL : base + *used;
    *used += (bytes + 63) / 64 * 64;
    return taken;
}

/* One more than max_rows where two targets share their noise words; any block of
 * W2V_BLOCK from a row on can be read. */
static inline size_t strand_rows(const w2v_model *model)
{
    return (size_t)model->max_rows + 1 + W2V_BLOCK;
}

static inline void lay_out_strand(char *base, size_t *used, const w2v_model *model, size_t contexts,
                                  strand *c)
{
    const size_t rows = strand_rows(model);
    const size_t row_bytes = (size_t)model->vector_size * sizeof(float);
    c->x = take(base, used, contexts * sizeof *c->x);
    c->lock = take(base, used, contexts * sizeof *c->lock);
    c->scores = take(base, used, contexts * W2V_BLOCK * sizeof *c->scores);
    c->y = take(base, used, rows * sizeof *c->y);
    c->ones = take(base, used, rows * sizeof *c->ones);
    c->merged_codes = take(base, used, rows * sizeof *c->merged_codes);
    c->merged_weights = take(base, used, rows * sizeof *c->merged_weights);
    c->words = take(base, used, rows * sizeof *c->words);
    c->h = take(base, used, row_bytes);
    c->error = take(base, used, row_bytes);
}

/* Lay the tables out from `base`, and the copies of `model`'s hot nodes; return how many
 * bytes they take. */
static inline size_t lay_out(char *base, w2v_model *model, int64_t n_tokens, int64_t n_sentences,
                      plan *p, strand *strands, ahead_list *ahead)
{
    size_t used = 0;
    model->output_hs.copies = take(base, &used, choose_copies(&model->output_hs, n_tokens) * sizeof(float));
    p->capacity = plan_capacity(model, n_tokens);
    p->kept = take(base, &used, (size_t)n_tokens * sizeof *p->kept);
    p->rows = take(base, &used, (size_t)(n_tokens + COPIED - 1) * sizeof *p->rows);
    p->ends = take(base, &used, (size_t)n_sentences * sizeof *p->ends);
    p->positions = take(base, &used, (size_t)(p->capacity + 1) * sizeof *p->positions);
    const size_t draws = (size_t)(p->capacity * draws_per_position(model, n_tokens));
    p->random_draws = take(base, &used, draws * sizeof *p->random_draws);
    /* Between other tables: all_differ reads a block of words around a draw. */
    p->draws = take(base, &used, draws * sizeof *p->draws);
    const size_t contexts = (size_t)most_contexts(model, n_tokens) + COPIED - 1;
    for (int s = 0; s < 2; s++) lay_out_strand(base, &used, model, contexts, &strands[s]);
    /* Those of two positions are computed together. */
    if (base != NULL) strands[1].scores = strands[0].scores + W2V_BLOCK;
    /* Path, target, noise words and a context, of two centres. */
    const size_t rows = 4 * (size_t)model->max_rows + 2 + W2V_BLOCK;
    ahead->rows = take(base, &used, rows * sizeof *ahead->rows);
    ahead->padding = strands[0].h;
    ahead->n = ahead->taken = 0;
    return used;
}

/* Fill the tables that stay the same throughout a batch. */
static inline void fill_constants(const w2v_model *model, strand *c)
{
    for (int64_t j = 0; j < (int64_t)strand_rows(model); j++) {
        c->ones[j] = c->merged_weights[j] = 1.0f;
        c->merged_codes[j] = 0;
    }
}

/* ---- planning: subsampling, windows, noise ------------------------------ */

static inline void subsample(plan *p)
{
    const w2v_batch *batch = p->batch;
    const uint32_t *keep = p->model->keep;
    int64_t n = 0;
    for (int64_t s = 0; s < batch->n_sentences; s++) {
        for (int64_t t = batch->offsets[s]; t < batch->offsets[s + 1]; t++) {
            const int32_t token = batch->tokens[t];
            p->kept[n] = token;
            p->rows[n] = row_of(&p->model->input, token);
            /* Branch-free: a dropped token is overwritten by the next one. */
            n += keep == NULL || keep[token] >= (uint32_t)(w2v_next(&p->random) >> 32);
        }
        p->ends[s] = n;
    }
}

static inline void plan_one(plan *p, int64_t begin, int64_t end)
{
    const w2v_model *model = p->model;
    int64_t reach = model->window;
    if (model->shrink_windows) {
        reach -= w2v_below(w2v_next(&p->random), (uint64_t)model->window);
    }
    position *at = &p->positions[p->count];
    at->centre = p->next;
    at->low = p->next - begin > reach ? p->next - reach : begin;
    at->high = end - p->next > reach + 1 ? p->next + reach + 1 : end;
    const int64_t contexts = at->high - at->low - 1;
    if (contexts == 0) return;
    at->draws = p->n_draws;
    at->alpha = p->batch->alphas[p->sentence];
    int64_t n = model->negative;
    if (draws_for_pairs(model)) {
        n *= contexts;
    } else if (p->waiting) {
        n = 0; /* those of the position before */
    }
    p->waiting = in_twos(model) && !p->waiting;
    /* Looked up in the alias table later, all at once, so that its misses overlap. */
    const uint64_t n_words = (uint64_t)model->n_words;
    const w2v_alias *const noise = model->noise;
    uint64_t random = p->random, *const draws = p->random_draws + p->n_draws;
    for (int64_t i = 0; i < n; i++) {
        draws[i] = w2v_next(&random);
        W2V_PREFETCH(noise + w2v_below(draws[i], n_words));
    }
    p->random = random;
    at->n_draws = n;
    p->n_draws += n;
    p->count++;
}

/* Fill the tables with the next positions; false when the batch is done. */
static inline bool plan_positions(plan *p)
{
    p->count = p->n_draws = 0;
    while (p->sentence < p->batch->n_sentences && p->count < p->capacity) {
        const int64_t begin = p->sentence > 0 ? p->ends[p->sentence - 1] : 0;
        const int64_t end = p->ends[p->sentence];
        /* Two that share their draws are planned together, for which one more fits. */
        while (p->next < end && (p->count < p->capacity || p->waiting)) {
            plan_one(p, begin, end);
            p->next++;
        }
        if (p->next == end) {
            p->sentence++;
            p->waiting = false;
        }
    }
    /* In locals, which no store can change. */
    const w2v_model model = *p->model;
    const uint64_t *const random_draws = p->random_draws;
    int32_t *const draws = p->draws;
    const int64_t n = p->n_draws;
    for (int64_t i = 0; i < n; i++) draws[i] = w2v_noise_word(&model, random_draws[i]);
    return p->count > 0;
}

#endif

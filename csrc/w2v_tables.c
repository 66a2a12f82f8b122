/* Tables made once before training: seeds, alias table, Huffman tree.
 *
 * Plain C11, no allocation, no failure: callers check what w2v.h asks for.
 */
#include "w2v.h"

/* ---- seeds ------------------------------------------------------------- */

/* One step of splitmix64 (Steele, Lea and Flood 2014): a bijection. */
static uint64_t splitmix64(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* A bijection of `batch` while the other two stay: no two batches of an epoch
 * ever share a stream. */
uint64_t w2v_batch_seed(uint64_t seed, uint64_t epoch, uint64_t batch)
{
    return splitmix64(splitmix64(splitmix64(seed) ^ epoch) ^ batch);
}

/* ---- alias table ------------------------------------------------------- */

/* `part` of a slot as a 32-bit threshold; 1 saturates, and loses 2^-32 of the
 * slot to its alias unless that is the slot's own word. */
static uint32_t threshold_of(double part)
{
    double scaled = part * 4294967296.0;
    if (scaled >= 4294967295.0) {
        return UINT32_MAX;
    }
    return scaled > 0.0 ? (uint32_t)(scaled + 0.5) : 0;
}

/* Vose's construction. `stack` holds two stacks that grow towards each other:
 * slots with room left (scaled weight < 1) at the front, words with weight to
 * give away (>= 1) at the back. What is left at the end weighs 1 but for
 * rounding (0.01 at 2^31 words) and keeps its slot whole. */
void w2v_alias_build(const double *weights, int64_t n, w2v_alias *table, double *scaled,
                     int32_t *stack)
{
    int64_t n_small = 0, first_large = n;
    double sum = 0.0;
    for (int64_t i = 0; i < n; ++i) {
        sum += weights[i];
    }
    for (int64_t i = 0; i < n; ++i) {
        const int32_t word = (int32_t)i;
        scaled[i] = weights[i] / sum * (double)n;
        table[i].threshold = UINT32_MAX;
        table[i].alias = word;
        if (scaled[i] < 1.0) {
            stack[n_small++] = word;
        } else {
            stack[--first_large] = word;
        }
    }
    while (n_small > 0 && first_large < n) {
        const int32_t small = stack[--n_small], large = stack[first_large];
        table[small].threshold = threshold_of(scaled[small]);
        table[small].alias = large;
        scaled[large] = (scaled[large] + scaled[small]) - 1.0;
        if (scaled[large] < 1.0) {
            ++first_large;
            stack[n_small++] = large;
        }
    }
}

/* ---- Huffman tree ------------------------------------------------------ */

/* The leaves from the rarest up and the inner nodes in order of creation are
 * both queues of rising weight. A leaf goes before an inner node of the same
 * weight: of all optimal trees that gives the one of least depth (Schwartz
 * 1964), and zero counts a balanced tree instead of a chain. */
void w2v_huffman_build(const int64_t *counts, int64_t n, int32_t *parents, uint8_t *codes,
                       int64_t *weights)
{
    int64_t leaf = n - 1, inner = 0;
    for (int64_t k = 0; k < n - 1; ++k) {
        weights[k] = 0;
        for (uint8_t child = 0; child < 2; ++child) {
            int64_t node;
            if (leaf >= 0 && (inner == k || counts[leaf] <= weights[inner])) {
                weights[k] += counts[leaf];
                node = leaf--;
            } else {
                weights[k] += weights[inner];
                node = n + inner++;
            }
            parents[node] = (int32_t)k;
            codes[node] = child;
        }
    }
    parents[2 * n - 2] = -1;
    codes[2 * n - 2] = 0;
}

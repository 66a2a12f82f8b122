/* Text to word ids; see w2v_text.h.
 *
 * The encoder looks at 64 bytes at a time: bit masks of separators give the ends of
 * words, words are collected in batches, and the table slots of a whole batch are
 * prefetched before the first one is read, so that cache misses overlap.
 */
#include "w2v_text.h"
#include "w2v_chars.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define W2V_PREFETCH(address) __builtin_prefetch(address)
#else
#define W2V_PREFETCH(address) ((void)(address))
#endif

/* ---- Characters -------------------------------------------------------- */

bool w2v_utf8_valid(const uint8_t *text, int64_t n)
{
    int64_t i = 0;
    while (i < n) {
        uint64_t eight[4];
        while (n - i >= 32) {
            memcpy(eight, text + i, 32);
            if ((eight[0] | eight[1] | eight[2] | eight[3]) & 0x8080808080808080u) break;
            i += 32;
        }
        /* Run over what stopped the fast loop, then let it try again. */
        for (int64_t stop = n - i > 32 ? i + 32 : n; i < stop;) {
            int length = text[i] < 0x80 ? 1 : utf8_length(text + i, n - i);
            if (length == 0) return false;
            i += length;
        }
    }
    return true;
}

int64_t w2v_last_separator(const uint8_t *text, int64_t n)
{
    int64_t i = n - 1;
    while (i >= 0 && !is_ascii_space(text[i])) i--;
    return i;
}

/* ---- Word table -------------------------------------------------------- */

/* Words of at most 15 bytes live in their key: the bytes, zeros, and the length in
 * the last byte. A longer word has its hash in key[0], and its length in key[1]
 * under a byte of 0xff; its bytes lie in the arena. So equal keys mean equal words,
 * but for long words, whose bytes are compared too; and a key is all that is needed
 * to place a word again when the table grows. */
enum { SHORT_MAX = 15 };
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LENGTH_SHIFT 0
#define LONG_LENGTH(key) ((int64_t)((key) >> 8))
#define LONG_KEY(n) ((uint64_t)(n) << 8 | 0xff)
#else
#define LENGTH_SHIFT 56
#define LONG_LENGTH(key) ((int64_t)((key) & 0x00ffffffffffffffu))
#define LONG_KEY(n) ((uint64_t)(n) | (uint64_t)0xff << 56)
#endif

typedef struct {
    uint64_t key[2];
    int64_t count;
    int64_t offset; /* of a long word in the arena */
} word_entry;

/* Open addressing with linear probing, at most half full. The slots are small and
 * apart from the entries: frequent words come early, so their entries lie together
 * and stay in the cache. */
typedef struct {
    uint32_t tag; /* upper half of the hash */
    int32_t id;   /* -1: free */
} word_slot;

struct w2v_words {
    word_slot *slots;
    uint64_t mask; /* number of slots, a power of two, minus 1 */
    word_entry *entries;
    int64_t n_entries, entry_room;
    uint8_t *arena;
    int64_t n_arena, arena_room;
    uint64_t seed[2];
};

/* A word on its way to the table. n == 0 is the end of a line. */
typedef struct {
    const uint8_t *bytes;
    int64_t n;
    uint64_t key[2];
    uint64_t hash;
} word_query;

/* Both halves of the 128-bit product, folded (the mixer of wyhash). */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 uint128;
    uint128 product = (uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#elif defined(_MSC_VER) && defined(_M_X64)
    uint64_t high, low = _umul128(a, b, &high);
    return low ^ high;
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
    uint64_t middle = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
    uint64_t high = hh + (lh >> 32) + (hl >> 32) + (middle >> 32);
    return (middle << 32 | (uint32_t)ll) ^ high;
#endif
}

static inline uint64_t hash_key(const w2v_words *table, const uint64_t key[2])
{
    return fold(key[0] ^ table->seed[0], key[1] ^ table->seed[1]);
}

static uint64_t hash_long(const w2v_words *table, const uint8_t *bytes, int64_t n)
{
    uint64_t hash = (uint64_t)n, pair[2];
    for (; n > 16; bytes += 16, n -= 16) {
        memcpy(pair, bytes, 16);
        hash = fold(pair[0] ^ table->seed[0] ^ hash, pair[1] ^ table->seed[1]);
    }
    pair[0] = pair[1] = 0;
    memcpy(pair, bytes, (size_t)n);
    return fold(pair[0] ^ table->seed[0] ^ hash, pair[1] ^ table->seed[1]);
}

/* Fill key and hash of a query with bytes and n >= 1. `readable` bytes may be read
 * from query->bytes on. */
static inline void finish_query(const w2v_words *table, word_query *query, int64_t readable)
{
    static const uint8_t masks[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    uint64_t *key = query->key;
    if (query->n > SHORT_MAX) {
        key[0] = hash_long(table, query->bytes, query->n);
        key[1] = LONG_KEY(query->n);
    } else {
        if (readable >= 16) {
            uint64_t mask[2];
            memcpy(mask, masks + 16 - query->n, 16);
            memcpy(key, query->bytes, 16);
            key[0] &= mask[0];
            key[1] &= mask[1];
        } else {
            key[0] = key[1] = 0;
            memcpy(key, query->bytes, (size_t)query->n);
        }
        key[1] |= (uint64_t)query->n << LENGTH_SHIFT;
    }
    query->hash = hash_key(table, key);
}

static inline bool is_long(const word_entry *entry)
{
    return (uint8_t)(entry->key[1] >> LENGTH_SHIFT) > SHORT_MAX;
}

static inline int32_t find(const w2v_words *table, const word_query *query)
{
    uint32_t tag = (uint32_t)(query->hash >> 32);
    for (uint64_t i = query->hash;; i++) {
        const word_slot *slot = &table->slots[i & table->mask];
        if (slot->id < 0) return -1;
        if (slot->tag != tag) continue;
        const word_entry *entry = &table->entries[slot->id];
        if (entry->key[0] != query->key[0] || entry->key[1] != query->key[1]) continue;
        if (query->n <= SHORT_MAX ||
            memcmp(table->arena + entry->offset, query->bytes, (size_t)query->n) == 0)
            return slot->id;
    }
}

static void place(word_slot *slots, uint64_t mask, uint64_t hash, int32_t id)
{
    uint64_t i = hash;
    while (slots[i & mask].id >= 0) i++;
    slots[i & mask] = (word_slot){(uint32_t)(hash >> 32), id};
}

static word_slot *new_slots(uint64_t n)
{
    if (n > SIZE_MAX / sizeof(word_slot)) return NULL;
    word_slot *slots = malloc((size_t)n * sizeof *slots);
    if (slots) memset(slots, 0xff, (size_t)n * sizeof *slots); /* every id is -1 */
    return slots;
}

/* Twice the slots. */
static bool grow_slots(w2v_words *table)
{
    uint64_t n = (table->mask + 1) * 2;
    word_slot *slots = new_slots(n);
    if (!slots) return false;
    for (int64_t id = 0; id < table->n_entries; id++)
        place(slots, n - 1, hash_key(table, table->entries[id].key), (int32_t)id);
    free(table->slots);
    table->slots = slots;
    table->mask = n - 1;
    return true;
}

/* Room for `needed` items of `size` bytes in *items, at least doubling. */
static bool reserve(void **items, int64_t *room, int64_t needed, size_t size)
{
    if (needed <= *room) return true;
    int64_t n = needed > *room * 2 ? needed : *room * 2;
    if ((uint64_t)n > (uint64_t)(PTRDIFF_MAX / size)) return false;
    void *larger = realloc(*items, (size_t)n * size);
    if (!larger) return false;
    *items = larger;
    *room = n;
    return true;
}

/* Id of a word that is not in the table. All room is made before anything changes. */
static int32_t insert(w2v_words *table, const word_query *query)
{
    int64_t id = table->n_entries, long_bytes = query->n > SHORT_MAX ? query->n : 0;
    if (id == INT32_MAX) return W2V_TEXT_TOO_MANY_WORDS;
    void *entries = table->entries, *arena = table->arena;
    bool fits = reserve(&entries, &table->entry_room, id + 1, sizeof(word_entry));
    table->entries = entries;
    fits = fits && reserve(&arena, &table->arena_room, table->n_arena + long_bytes, 1);
    table->arena = arena;
    if (!fits || ((uint64_t)id * 2 > table->mask && !grow_slots(table))) return W2V_TEXT_NO_MEMORY;

    word_entry *entry = &table->entries[id];
    *entry = (word_entry){{query->key[0], query->key[1]}, 0, table->n_arena};
    if (long_bytes) memcpy(table->arena + table->n_arena, query->bytes, (size_t)long_bytes);
    table->n_arena += long_bytes;
    table->n_entries++;
    place(table->slots, table->mask, query->hash, (int32_t)id);
    return (int32_t)id;
}

w2v_words *w2v_words_new(uint64_t seed_a, uint64_t seed_b)
{
    enum { FIRST_SLOTS = 1024 };
    w2v_words *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    table->slots = new_slots(FIRST_SLOTS);
    if (!table->slots) {
        free(table);
        return NULL;
    }
    table->mask = FIRST_SLOTS - 1;
    table->seed[0] = seed_a;
    table->seed[1] = seed_b;
    return table;
}

void w2v_words_free(w2v_words *table)
{
    if (!table) return;
    free(table->slots);
    free(table->entries);
    free(table->arena);
    free(table);
}

int64_t w2v_words_size(const w2v_words *table) { return table->n_entries; }

int32_t w2v_words_add(w2v_words *table, const uint8_t *word, int64_t n)
{
    word_query query = {.bytes = word, .n = n};
    finish_query(table, &query, n);
    int32_t id = find(table, &query);
    return id >= 0 ? id : insert(table, &query);
}

const uint8_t *w2v_words_get(const w2v_words *table, int32_t id, int64_t *n)
{
    const word_entry *entry = &table->entries[id];
    if (is_long(entry)) {
        *n = LONG_LENGTH(entry->key[1]);
        return table->arena + entry->offset;
    }
    *n = (uint8_t)(entry->key[1] >> LENGTH_SHIFT);
    return (const uint8_t *)entry->key;
}

int64_t w2v_words_count(const w2v_words *table, int32_t id) { return table->entries[id].count; }

/* ---- Encoder ----------------------------------------------------------- */

enum { CHUNK = W2V_CHUNK, BATCH = 64 };

typedef struct {
    w2v_words *words; /* to add words to, or NULL */
    const w2v_words *table;
    const uint8_t *text;
    int64_t n;
    w2v_encoded *out;
    int64_t n_raw, raw_before; /* raw words so far, and before the open sentence */
    int64_t word_start;        /* of the word being read */
    uint64_t spill;            /* bits of a separator that reaches into the next chunk */
    bool after_space;
    bool seen_line;
    int failure;
    int n_queries;
    word_query queries[BATCH + CHUNK + CHUNK / 2]; /* a chunk adds at most 96 */
} encoder;

static void end_line(encoder *e)
{
    w2v_encoded *out = e->out;
    if (!e->seen_line) out->first_line_empty = e->n_raw == 0;
    e->seen_line = true;
    if (e->n_raw == e->raw_before) return;
    out->words[out->n_sentences++] = e->n_raw - e->raw_before;
    out->offsets[out->n_sentences] = out->n_tokens;
    e->raw_before = e->n_raw;
}

/* Look up the collected words. */
static void resolve(encoder *e)
{
    w2v_encoded *out = e->out;
    for (int i = 0; i < e->n_queries; i++) {
        word_query *query = &e->queries[i];
        if (query->n == 0) continue;
        finish_query(e->table, query, e->text + e->n - query->bytes);
        W2V_PREFETCH(&e->table->slots[query->hash & e->table->mask]);
    }
    for (int i = 0; i < e->n_queries; i++) {
        const word_query *query = &e->queries[i];
        if (query->n == 0) {
            end_line(e);
            continue;
        }
        e->n_raw++;
        int32_t id = find(e->table, query);
        if (e->words) {
            if (id < 0) id = insert(e->words, query);
            if (id < 0) {
                e->failure = id;
                return;
            }
            e->words->entries[id].count++;
        }
        if (id < 0) continue;
        if (out->tokens) out->tokens[out->n_tokens] = id;
        out->n_tokens++;
    }
    e->n_queries = 0;
}

static inline void add_query(encoder *e, int64_t start, int64_t n)
{
    word_query *query = &e->queries[e->n_queries++];
    query->bytes = e->text + start;
    query->n = n;
}

/* Mark separators of two and three bytes in the chunk at `base`. */
static void mark_wide_spaces(encoder *e, int64_t base, byte_masks *masks)
{
    for (uint64_t leads = masks->leads; leads; leads &= leads - 1) {
        int bit = lowest_bit(leads);
        if (base + bit >= e->n) return;
        int length = wide_space(e->text + base + bit, e->n - base - bit);
        uint64_t ones = (UINT64_C(1) << length) - 1;
        masks->spaces |= ones << bit;
        if (bit > CHUNK - 4) e->spill |= ones >> (CHUNK - bit);
    }
}

/* Collect the words that end in the chunk at `base`, and its line ends. */
static inline void take_chunk(encoder *e, int64_t base, const byte_masks *masks)
{
    uint64_t spaces = masks->spaces;
    uint64_t before = spaces << 1 | (uint64_t)e->after_space;
    uint64_t starts = ~spaces & before, ends = spaces & ~before;
    uint64_t newlines = masks->newlines;
    if (e->after_space && starts) {
        e->word_start = base + lowest_bit(starts);
        starts &= starts - 1;
    }
    for (uint64_t events = ends | newlines; events; events &= events - 1) {
        int bit = lowest_bit(events);
        if (ends >> bit & 1) {
            add_query(e, e->word_start, base + bit - e->word_start);
            if (starts) e->word_start = base + lowest_bit(starts);
            starts &= starts - 1;
        }
        if (newlines >> bit & 1) add_query(e, 0, 0);
    }
    e->after_space = spaces >> (CHUNK - 1) & 1;
}

static void encode(encoder *e)
{
    for (int64_t base = 0; base < e->n; base += CHUNK) {
        uint8_t tail[CHUNK];
        const uint8_t *bytes = e->text + base;
        if (e->n - base < CHUNK) {
            memset(tail, ' ', CHUNK); /* ends the last word */
            memcpy(tail, bytes, (size_t)(e->n - base));
            bytes = tail;
        }
        byte_masks masks = classify(bytes);
        masks.spaces |= e->spill;
        e->spill = 0;
        if (masks.leads) mark_wide_spaces(e, base, &masks);
        take_chunk(e, base, &masks);
        if (e->n_queries >= BATCH) resolve(e);
        if (e->failure) return;
    }
    if (!e->after_space) add_query(e, e->word_start, e->n - e->word_start);
    resolve(e);
    if (!e->failure) end_line(e);
}

static void start(encoder *e, const uint8_t *text, int64_t n, w2v_encoded *out)
{
    e->text = text;
    e->n = n;
    e->out = out;
    e->n_raw = e->raw_before = e->word_start = 0;
    e->spill = 0;
    e->after_space = true;
    e->seen_line = false;
    e->failure = e->n_queries = 0;
    out->offsets[0] = out->n_tokens = out->n_sentences = 0;
    out->first_line_empty = true;
}

int w2v_encode_grow(w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out)
{
    encoder e;
    e.words = table;
    e.table = table;
    start(&e, text, n, out);
    encode(&e);
    return e.failure;
}

void w2v_encode_known(const w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out)
{
    encoder e;
    e.words = NULL;
    e.table = table;
    start(&e, text, n, out);
    encode(&e);
}

int64_t w2v_remap(const int32_t *ids, int64_t n, const int32_t *new_ids, int64_t n_new,
                  int32_t *out)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if ((uint64_t)ids[i] >= (uint64_t)n_new) return -1; /* a negative id is huge here */
        int32_t id = new_ids[ids[i]];
        out[kept] = id;
        kept += id >= 0;
    }
    return kept;
}

/* Text to word ids: UTF-8 check, tokeniser, word table, encoder.
 *
 * Plain C11 without Python headers and without global state. Sizes and positions
 * are int64_t, word ids int32_t. Nothing here needs the GIL or takes a lock; who
 * shares a table between threads must see the notes of each function.
 *
 * A word is a longest run of characters that str.split() does not split at: the
 * separators are Unicode's White_Space characters and U+001C to U+001F. A sentence
 * ends at '\n' and nowhere else; lines without a word are no sentences.
 */
#ifndef W2V_TEXT_H
#define W2V_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Failures; ids and sizes are never negative. */
enum { W2V_TEXT_NO_MEMORY = -1, W2V_TEXT_TOO_MANY_WORDS = -2 };

/* Whether `text` is what a strict UTF-8 decoder accepts: no surrogates, no
 * overlong forms, nothing above U+10FFFF. */
bool w2v_utf8_valid(const uint8_t *text, int64_t n);

/* Position of the last ASCII separator in `text`, or -1. Text may be cut behind it
 * without cutting a word or a character. */
int64_t w2v_last_separator(const uint8_t *text, int64_t n);

/* ---- Word table -------------------------------------------------------- */

/* Words numbered from 0 in order of first appearance, each with a count. */
typedef struct w2v_words w2v_words;

/* An empty table, or NULL if there is no memory. The seeds should be random and
 * secret: they keep a hostile text from colliding all its words. They change the
 * speed only, never a result. */
w2v_words *w2v_words_new(uint64_t seed_a, uint64_t seed_b);
void w2v_words_free(w2v_words *table); /* NULL is fine */

int64_t w2v_words_size(const w2v_words *table);

/* Id of the word, added with count 0 if it is new; or a negative failure, after
 * which the table is as it was. Any bytes are a word here. */
int32_t w2v_words_add(w2v_words *table, const uint8_t *word, int64_t n);

/* Bytes of word `id`, valid until the table changes; *n is their number. */
const uint8_t *w2v_words_get(const w2v_words *table, int32_t id, int64_t *n);
int64_t w2v_words_count(const w2v_words *table, int32_t id);

/* ---- Encoder ----------------------------------------------------------- */

/* Room for the result of w2v_encode, owned by the caller. Sentence s has the ids
 * tokens[offsets[s]] to tokens[offsets[s + 1] - 1] and words[s] raw words. */
typedef struct {
    int32_t *tokens;  /* OUT ((n_bytes + 1) / 2,); or NULL: keep no ids */
    int64_t *offsets; /* OUT (n_newlines + 2,); offsets[0] is 0 */
    int64_t *words;   /* OUT (n_newlines + 1,) */
    int64_t n_tokens;
    int64_t n_sentences;
    bool first_line_empty; /* the text before the first '\n' holds no word */
} w2v_encoded;

/* Number and count the words of `text`, which must be valid UTF-8, adding new
 * words to the table. Only one thread may use the table meanwhile. Returns 0 or a
 * negative failure; then part of the text has been counted. */
int w2v_encode_grow(w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out);

/* Number the words of `text`; unknown words get no id but stay in out->words. Reads
 * the table only, so threads may share it. Cannot fail. */
void w2v_encode_known(const w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out);

/* Put new_ids[id] for each id into `out`, which may be `ids`, leaving out those that
 * become negative. Returns how many stay, or -1 if an id is outside [0, n_new). */
int64_t w2v_remap(const int32_t *ids, int64_t n, const int32_t *new_ids, int64_t n_new,
                  int32_t *out);

#endif

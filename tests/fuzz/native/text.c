/* libFuzzer target: the tokeniser, the word table and the encoder on any bytes.
 *
 * Buffers have exactly the size that w2v_text.h asks for, so that ASan sees a byte
 * too many. Growing and looking up must agree.
 */
#include <stdlib.h>
#include <string.h>

#include "w2v_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static w2v_encoded room(const uint8_t *text, size_t n)
{
    size_t newlines = 0;
    for (size_t i = 0; i < n; i++)
        newlines += text[i] == '\n';
    w2v_encoded out = {0};
    out.tokens = malloc((n + 1) / 2 * sizeof *out.tokens + 1);
    out.offsets = malloc((newlines + 2) * sizeof *out.offsets);
    out.words = malloc((newlines + 1) * sizeof *out.words);
    if (!out.tokens || !out.offsets || !out.words)
        abort();
    return out;
}

static void drop(w2v_encoded *out)
{
    free(out->tokens);
    free(out->offsets);
    free(out->words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t n = (int64_t)size;
    int64_t cut = w2v_last_separator(data, n);
    if (cut < -1 || cut >= n)
        abort();
    if (!w2v_utf8_valid(data, n))
        return 0;
    w2v_words *table = w2v_words_new(1, 2);
    w2v_encoded grown = room(data, size), known = room(data, size);
    if (!table || w2v_encode_grow(table, data, n, &grown) != 0)
        abort();
    w2v_encode_known(table, data, n, &known);
    if (grown.n_tokens != known.n_tokens || grown.n_sentences != known.n_sentences ||
        grown.first_line_empty != known.first_line_empty ||
        (grown.n_tokens && memcmp(grown.tokens, known.tokens,
                                  (size_t)grown.n_tokens * sizeof *grown.tokens)))
        abort();
    int64_t counted = 0;
    for (int32_t id = 0; id < w2v_words_size(table); id++) {
        int64_t length;
        const uint8_t *word = w2v_words_get(table, id, &length);
        if (length <= 0 || w2v_words_add(table, word, length) != id)
            abort();
        counted += w2v_words_count(table, id);
    }
    if (counted != grown.n_tokens)
        abort();
    drop(&grown);
    drop(&known);
    w2v_words_free(table);
    return 0;
}

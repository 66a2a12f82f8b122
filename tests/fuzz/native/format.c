/* libFuzzer target: the readers of word2vec's text and binary rows, and the numbers.
 *
 * The first byte chooses the number of columns. The data and the rows are copied to
 * buffers of exactly their size, so that ASan sees a byte too many.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "w2v_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static float exact(const char *text, int64_t length)
{
    char copy[4096];
    if (length < 0 || (size_t)length >= sizeof copy)
        return 0;
    memcpy(copy, text, (size_t)length);
    copy[length] = 0;
    return strtof(copy, NULL);
}

/* What is written must read back as the same number. */
static void check_number(float value)
{
    char text[W2V_FLOAT_CHARS];
    size_t n = w2v_format_float(value, text);
    float again;
    if (n > sizeof text || !w2v_parse_float(text, text + n, exact, &again))
        abort();
    if (memcmp(&again, &value, sizeof value) && !(isnan(again) && isnan(value)))
        abort();
}

static void read_rows(const char *data, int64_t size, int64_t dim, bool binary)
{
    enum { ROWS = 8 };
    float *values = malloc((size_t)(ROWS * dim) * sizeof *values);
    int64_t spans[2 * ROWS];
    w2v_cursor cursor = {.data = data, .size = size};
    w2v_rows rows = {.values = values, .spans = spans, .n_rows = ROWS, .dim = dim};
    if (!values)
        abort();
    if (binary)
        w2v_parse_binary(&cursor, &rows);
    else
        w2v_parse_text(&cursor, &rows, exact);
    if (cursor.position < 0 || cursor.position > size || rows.filled > ROWS)
        abort();
    for (int64_t row = 0; row < rows.filled; row++) {
        if (spans[2 * row] < 0 || spans[2 * row] > spans[2 * row + 1] || spans[2 * row + 1] > size)
            abort();
        for (int64_t i = 0; i < dim; i++)
            check_number(values[row * dim + i]);
    }
    free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    int64_t dim = data[0] % 7 + 1;
    char *copy = malloc(size - 1);
    if (!copy)
        abort();
    memcpy(copy, data + 1, size - 1);
    read_rows(copy, (int64_t)size - 1, dim, false);
    read_rows(copy, (int64_t)size - 1, dim, true);
    free(copy);
    if (size >= sizeof(float)) {
        float value;
        memcpy(&value, data, sizeof value);
        check_number(value);
    }
    return 0;
}

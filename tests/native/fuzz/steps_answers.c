/* Steps: copies from answers. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* A buffer for count elements, or NULL where that is wrong. */
static void *random_target(int64_t count, size_t size)
{
    if (one_in(60) && count > 0) {
        wrong(MEMO_INVALID_ARGUMENT);
        return NULL;
    }
    return output_buffer((size_t)count * size);
}

static const struct object *any_answers(memo_handle *handle, int32_t output)
{
    const struct object *answers = any_object(ANSWERS, handle);
    if ((answers->outputs & output) != output) wrong(MEMO_INVALID_ARGUMENT);
    return answers;
}

void step_answers_labels(void)
{
    memo_handle handle;
    const struct object *answers = any_answers(&handle, 0);
    int32_t *labels = random_target(answers->rows, sizeof *labels);
    int64_t length = random_length(answers->rows);
    CALL(memo_answers_labels(handle, labels, length));
}

void step_answers_values(void)
{
    memo_handle handle;
    const struct object *answers = any_answers(&handle, MEMO_VALUES);
    int64_t count = answers->rows * answers->columns, length = random_length(count);
    double *values = random_target(count, sizeof *values);
    if (CALL(memo_answers_values(handle, values, length)))
        for (int64_t i = 0; i < count; i++) REQUIRE(values[i] == values[i]);
}

/* The text is as many decimal integers, with '\n' between them. */
static void check_integers(const char *text, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (*text == '-') text++;
        size_t digits = strspn(text, "0123456789");
        REQUIRE(digits > 0 && (digits == 1 || *text != '0'));
        text += digits;
        REQUIRE(*text == (i == count - 1 ? '\0' : '\n'));
        text++;
    }
}

void step_answers_exact_values(void)
{
    static int64_t likely = 60;
    memo_handle handle;
    const struct object *answers = any_answers(&handle, MEMO_VALUES);
    struct text text = random_text(likely);
    memo_status status = memo_answers_exact_values(handle, text.buffer, text.capacity, text.length);
    judge(status, "memo_answers_exact_values(handle, text.buffer, text.capacity, text.length)");
    check_text(&text, status);
    if (status == MEMO_TOO_SMALL && text.length != NULL) likely = *text.length < 500000 ? *text.length : 500000;
    if (status == MEMO_OK) check_integers(text.buffer, answers->rows * answers->columns);
}

void step_answers_scale(void)
{
    static int64_t likely = 10;
    memo_handle handle;
    any_answers(&handle, MEMO_VALUES);
    struct text text = random_text(likely);
    memo_status status = memo_answers_scale(handle, text.buffer, text.capacity, text.length);
    judge(status, "memo_answers_scale(handle, text.buffer, text.capacity, text.length)");
    check_text(&text, status);
    if (status == MEMO_TOO_SMALL && text.length != NULL) likely = *text.length < 500000 ? *text.length : 500000;
    if (status != MEMO_OK) return;
    size_t numerator = strspn(text.buffer, "0123456789"), denominator = strspn(text.buffer + numerator + 1, "0123456789");
    REQUIRE(numerator > 0 && text.buffer[numerator] == '/' && denominator > 0);
    REQUIRE(text.buffer[numerator + 1 + denominator] == '\0');
}

void step_answers_radii(void)
{
    memo_handle handle;
    const struct object *answers = any_answers(&handle, MEMO_RADII);
    double *radii = random_target(answers->rows, sizeof *radii);
    int64_t length = random_length(answers->rows);
    if (CALL(memo_answers_radii(handle, radii, length)))
        for (int64_t i = 0; i < length; i++) REQUIRE(radii[i] >= 0);
}

void step_answers_nearest(void)
{
    memo_handle handle;
    const struct object *answers = any_answers(&handle, MEMO_NEAREST);
    int64_t *rows = random_target(answers->rows, sizeof *rows);
    int64_t length = random_length(answers->rows);
    if (CALL(memo_answers_nearest(handle, rows, length)))
        for (int64_t i = 0; i < length; i++) REQUIRE(rows[i] >= 0 && rows[i] < 1000);
}

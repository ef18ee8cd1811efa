/* Steps: the library itself, and closing. */
#include "fuzz.h"

#include <string.h>

/* Functions without a status are judged by what they return. */
void step_abi_version(void)
{
    judge(memo_abi_version() == MEMO_ABI_VERSION ? MEMO_OK : MEMO_INTERNAL, "memo_abi_version()");
}

void step_version(void)
{
    const char *version = memo_version();
    judge(version != NULL && *version >= '0' && *version <= '9' ? MEMO_OK : MEMO_INTERNAL, "memo_version()");
}

void step_status_name(void)
{
    static const memo_status known[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100 };
    memo_status status = one_in(2) ? ANY_OF(known) : (memo_status)random_bits();
    int is_known = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) is_known |= status == known[i];
    const char *name = memo_status_name(status);
    int right = is_known ? strncmp(name, "MEMO_", 5) == 0 : strcmp(name, "unknown status") == 0;
    judge(right ? MEMO_OK : MEMO_INTERNAL, "memo_status_name()");
}

void step_last_error(void)
{
    judge(memo_last_error() != NULL ? MEMO_OK : MEMO_INTERNAL, "memo_last_error()");
}

void step_set_threads(void)
{
    int32_t threads = (int32_t)random_below(4);
    if (spoil()) {
        threads = one_in(2) ? -1 : INT32_MIN;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    CALL(memo_set_threads(threads));
}

/* There are no drivers here (tests/native/run): the processor, or a refusal. */
void step_set_device(void)
{
    static const char *const words[] = { "cpu", "auto", "cuda", "opencl", "cuda:3", "tpu", "cuda:x", "" };
    size_t which = random_below(sizeof words / sizeof *words);
    const char *word = words[which];
    if (which >= 2) wrong(which < 5 ? MEMO_DEVICE : MEMO_INVALID_ARGUMENT);
    if (spoil()) {
        word = NULL;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    CALL(memo_set_device(word));
}

void step_device(void)
{
    static int64_t likely = 200;
    struct text text = random_text(likely);
    memo_status status = memo_device(text.buffer, text.capacity, text.length);
    judge(status, "memo_device(text.buffer, text.capacity, text.length)");
    check_text(&text, status);
    if (status == MEMO_OK) likely = (int64_t)strlen(text.buffer);
}

void step_instruction_set(void)
{
    static const char *const names[] = { "scalar", "avx2", "avx512" };
    const char **texts[2];
    for (int i = 0; i < 2; i++) texts[i] = one_in(4) ? NULL : output_buffer(sizeof(const char *));
    if (!CALL(memo_instruction_set(texts[0], texts[1]))) return;
    for (int i = 0; i < 2; i++) {
        int known = texts[i] == NULL;
        for (int k = 0; k < 3; k++) known |= texts[i] != NULL && strcmp(*texts[i], names[k]) == 0;
        REQUIRE(known);
    }
}

void step_info(void)
{
    static int64_t likely = 1000;
    struct text text = random_text(likely);
    memo_status status = memo_info(text.buffer, text.capacity, text.length);
    judge(status, "memo_info(text.buffer, text.capacity, text.length)");
    check_text(&text, status);
    if (status == MEMO_OK) likely = (int64_t)strlen(text.buffer);
}

void step_close(void)
{
    memo_handle handle;
    if (one_in(2) || !take_object(&handle)) {
        handle = dead_handle();
        if (handle != 0) wrong(MEMO_INVALID_HANDLE);
        CALL(memo_close(handle));
    } else if (CALL(memo_close(handle))) {
        forget_handle(handle);
    }
}

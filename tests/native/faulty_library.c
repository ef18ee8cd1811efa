/* Loaded before libmemo (LD_PRELOAD), gives one of its functions the fault that the environment variable FAULT names, so that
 * the fuzzer is seen to notice it. */
#define _GNU_SOURCE
#include <memo.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static int fault_is(const char *name)
{
    const char *fault = getenv("FAULT");
    return fault != NULL && strcmp(fault, name) == 0;
}

memo_status memo_data_labels(memo_handle data, int32_t *labels, int64_t length)
{
    static memo_status (*original)(memo_handle, int32_t *, int64_t);
    if (original == NULL) *(void **)&original = dlsym(RTLD_NEXT, "memo_data_labels");
    memo_status status = original(data, labels, length);
    if (status == MEMO_OK && fault_is("overrun")) labels[length] = 0;
    if (status == MEMO_INVALID_HANDLE && fault_is("accepts")) return MEMO_OK;
    if (status == MEMO_OK && fault_is("refuses")) return MEMO_INVALID_HANDLE;
    if (status == MEMO_INVALID_HANDLE && fault_is("other-reason")) return MEMO_BAD_FILE;
    if (status == MEMO_INVALID_HANDLE && fault_is("internal")) return MEMO_INTERNAL;
    if (fault_is("leak")) {
        char *volatile lost = malloc(1 << 16);
        if (lost != NULL) memset(lost, 1, 1 << 16);
    }
    return status;
}

const char *memo_last_error(void)
{
    static const char *(*original)(void);
    if (original == NULL) *(void **)&original = dlsym(RTLD_NEXT, "memo_last_error");
    const char *text = original();
    return *text == 0 ? text : fault_is("no-text") ? "" : fault_is("not-utf-8") ? "a text with \xff" : text;
}

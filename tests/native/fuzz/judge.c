/* Judges what a call answered: one of the header's statuses, and one that its arguments allow; an explanation of every
 * failure; nothing touched that is not the call's own. */
#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct function *current;
static uint64_t current_seed, current_step;

/* Sets of statuses, one bit each; MEMO_INTERNAL is in none. */
static unsigned reasons, allowed;
static int must_fail, open;

static const unsigned ever = 1u << MEMO_OK | 1u << MEMO_INVALID_ARGUMENT | 1u << MEMO_INVALID_HANDLE | 1u << MEMO_BAD_INPUT |
                             1u << MEMO_BAD_FILE | 1u << MEMO_CANCELLED | 1u << MEMO_TOO_SMALL | 1u << MEMO_LABEL_CONFLICT | 1u << MEMO_DEVICE |
                             1u << MEMO_OUT_OF_MEMORY;

void wrong(memo_status reason)
{
    must_fail = 1;
    reasons |= 1u << reason;
}

void may_be(memo_status status)
{
    allowed |= 1u << status;
}

void unclear(void)
{
    open = 1;
}

static void judge_again(void)
{
    reasons = allowed = 0;
    must_fail = open = 0;
    progress_begin();
}

void judge_begin(struct function *function, uint64_t seed, uint64_t step)
{
    current = function;
    current_seed = seed;
    current_step = step;
    judge_again();
}

/* The text of the latest failure, which successes leave as it is. */
static void judge_text(memo_status status)
{
    static char latest[4096];
    const char *text = memo_last_error();
    if (text == NULL) fault("memo_last_error() is NULL");
    if (status == MEMO_OK) {
        if (strcmp(text, latest) != 0) fault("a success changed the error text from \"%s\" to \"%s\"", latest, text);
        return;
    }
    if (strlen(text) > 4095) fault("an error text of %zu bytes", strlen(text));
    if (!is_utf8(text)) fault("an error text that is not UTF-8: %s", text);
    if (strlen(text) < 8) fault("status %" PRId32 " is explained by \"%s\"", status, text);
    strcpy(latest, text);
}

int judge(memo_status status, const char *call)
{
    current->calls++;
    if (status == MEMO_OK) current->ok++;
    else current->refused++;

    unsigned set = status >= 0 && status < 32 ? 1u << status : 0;
    if ((ever & set) == 0) fault("%s\n  answered %" PRId32 " %s", call, status, memo_status_name(status));
    judge_text(status);
    check_buffers();
    progress_end(status);
    if (!open) {
        if (must_fail && status == MEMO_OK) fault("%s\n  succeeded with wrong arguments (reasons %#x)", call, reasons);
        unsigned right = must_fail ? reasons | allowed : allowed | 1u << MEMO_OK;
        if ((right & set) == 0)
            fault("%s\n  answered %s, but its arguments allow only %#x", call, memo_status_name(status), right);
    }
    judge_again();
    return status == MEMO_OK;
}

_Noreturn void fault(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    printf("FAILED at step %" PRIu64 " of seed %" PRIu64 ", %s: ", current_step, current_seed,
           current == NULL ? "the run as a whole" : current->name);
    vprintf(what, arguments);
    printf("\n  last error: %s\n", memo_last_error());
    va_end(arguments);
    remove_folder();
    exit(EXIT_FAILURE);
}

static void crashed(int signal_number)
{
    char text[256];
    int length = snprintf(text, sizeof text, "\nCRASHED (signal %d) at step %" PRIu64 " of seed %" PRIu64 ", %s\n", signal_number,
                          current_step, current_seed, current == NULL ? "the run as a whole" : current->name);
    if (write(STDOUT_FILENO, text, (size_t)length) < 0) _exit(3);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Before the first call, so that the runtime passes on the faults that are not its own. */
void report_crashes(void)
{
    signal(SIGABRT, crashed);
    signal(SIGSEGV, crashed);
    signal(SIGBUS, crashed);
    signal(SIGILL, crashed);
    signal(SIGFPE, crashed);
}

/* Well-formed UTF-8: no stray or missing continuation, no overlong form, no surrogate, nothing beyond U+10FFFF. */
int is_utf8(const char *text)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
        int more = *c < 0x80 ? 0 : *c >> 5 == 6 ? 1 : *c >> 4 == 14 ? 2 : *c >> 3 == 30 ? 3 : -1;
        if (more < 0) return 0;
        uint32_t code = more == 0 ? *c : *c & (0x3Fu >> more);
        for (int i = 0; i < more; i++) {
            if (c[1] >> 6 != 2) return 0;
            code = code << 6 | (*++c & 0x3F);
        }
        if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
    }
    return 1;
}

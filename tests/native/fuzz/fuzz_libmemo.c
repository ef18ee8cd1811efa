/* Fuzzes libmemo: calls every function of memo.h with random arguments, right and wrong ones, and judges each answer.
 *
 *   fuzz_libmemo [CALLS [SEED]]     CALLS: at least so many, default 200000; SEED: default 1
 *
 * Fails with the step and the seed when a call answers what it must not (judge.c), touches what is not its own (buffers.c),
 * contradicts an oracle (steps_*.c), or when memory grows: what the process holds after the last call may exceed what it held
 * after a fifth of them by no more than GROWTH. A run of fewer than LONG_ENOUGH calls is still warming up and is not judged by
 * that: under valgrind, which counts leaks itself, most of what such a run holds is valgrind's own. Ends with a summary by
 * function. */
#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes that the runtime's heap may breathe. A leak of five bytes a call is more in the long run. */
static const int64_t GROWTH = 32 << 20;
static const int64_t LONG_ENOUGH = 10000;

struct function functions[] = {
#define FUNCTION(name, weight, refusable) { "memo_" #name, weight, step_##name, refusable, 0, 0, 0 }
    FUNCTION(abi_version, 5, 0),
    FUNCTION(version, 5, 0),
    FUNCTION(status_name, 10, 0),
    FUNCTION(last_error, 10, 0),
    FUNCTION(set_threads, 10, 1),
    FUNCTION(set_device, 5, 1),
    FUNCTION(device, 5, 1),
    FUNCTION(instruction_set, 10, 0),
    FUNCTION(info, 1, 1),
    FUNCTION(close, 120, 1),
    FUNCTION(data_create, 100, 1),
    FUNCTION(data_open, 10, 1),
    FUNCTION(data_info, 50, 1),
    FUNCTION(data_points, 50, 1),
    FUNCTION(data_labels, 50, 1),
    FUNCTION(data_measure, 30, 1),
    FUNCTION(data_nearest_other, 30, 1),
    FUNCTION(network_build, 60, 1),
    FUNCTION(network_open, 5, 1),
    FUNCTION(network_save, 2, 1),
    FUNCTION(network_info, 50, 1),
    FUNCTION(class_name, 50, 1),
    FUNCTION(network_describe, 10, 1),
    FUNCTION(network_export, 2, 1),
    FUNCTION(network_predict, 100, 1),
    FUNCTION(network_verify, 20, 1),
    FUNCTION(network_evaluate, 60, 1),
    FUNCTION(answers_labels, 50, 1),
    FUNCTION(answers_values, 50, 1),
    FUNCTION(answers_exact_values, 40, 1),
    FUNCTION(answers_scale, 40, 1),
    FUNCTION(answers_radii, 50, 1),
    FUNCTION(answers_nearest, 50, 1),
    FUNCTION(nearest_rows, 50, 1),
    FUNCTION(gemm_float32, 50, 1),
    FUNCTION(gemm_uint8, 50, 1),
};
const int function_count = sizeof functions / sizeof *functions;

static struct function *random_function(void)
{
    static int all;
    if (all == 0)
        for (int i = 0; i < function_count; i++) all += functions[i].weight;
    int64_t ticket = random_below(all);
    struct function *function = functions;
    while ((ticket -= function->weight) >= 0) function++;
    return function;
}

static int64_t all_calls(void)
{
    int64_t sum = 0;
    for (int i = 0; i < function_count; i++) sum += functions[i].calls;
    return sum;
}

/* Bytes of memory that the process holds. */
static int64_t resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1) fault("/proc/self/statm cannot be read");
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

int main(int argc, char **argv)
{
    int64_t calls = argc > 1 ? strtoll(argv[1], NULL, 10) : 200000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (calls < 1 || argc > 3) {
        fprintf(stderr, "usage: fuzz_libmemo [CALLS [SEED]]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%" PRId64 " calls, seed %" PRIu64 "\n", calls, seed);
    report_crashes();
    open_buffers();
    open_folder();

    int64_t warm = 0, next_line = calls / 10;
    for (uint64_t step = 0; all_calls() < calls; step++) {
        random_start(seed, step);
        clear_buffers();
        struct function *function = random_function();
        judge_begin(function, seed, step);
        function->step();
        if (warm == 0 && all_calls() >= calls / 5) warm = resident();
        if (all_calls() >= next_line && calls >= 1000000) {
            printf("%" PRId64 " calls, %.1f MB\n", all_calls(), (double)resident() / 1e6);
            next_line += calls / 10;
        }
    }
    close_objects();
    remove_folder();

    printf("%-26s %10s %10s %10s\n", "function", "calls", "ok", "refused");
    for (int i = 0; i < function_count; i++)
        printf("%-26s %10" PRId64 " %10" PRId64 " %10" PRId64 "\n", functions[i].name, functions[i].calls, functions[i].ok,
               functions[i].refused);
    judge_begin(NULL, seed, 0);
    int64_t last = resident();
    printf("%" PRId64 " calls judged; %.1f MB held after a fifth of them, %.1f MB at the end\n", all_calls(), (double)warm / 1e6,
           (double)last / 1e6);

    /* A run that is long enough has seen both answers of every function: otherwise it tests less than it says. */
    for (int i = 0; i < function_count && calls >= 100000; i++)
        if (functions[i].ok == 0 || (functions[i].refusable && functions[i].refused == 0))
            fault("%s was never %s", functions[i].name, functions[i].ok == 0 ? "successful" : "refused");
    if (calls >= LONG_ENOUGH && last - warm > GROWTH) fault("memory grew by %.1f MB", (double)(last - warm) / 1e6);
    return EXIT_SUCCESS;
}

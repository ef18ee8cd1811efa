/* The forward pass of a ReLU network over the integers with GMP, one sample after the other on one thread: the same layers,
 * entry by entry, as a C programmer would write it. What GMP is good at is used: products with a machine word, shifts for
 * powers of two, copies where a neuron only carries a number on; terms that are zero are passed over, and a first layer whose
 * weights fit a machine word is summed in one.
 *
 *     forward_gmp NETWORK QUERIES      both as integers.py writes them
 *
 * Prints the seconds of all samples, then the sign of F for each, one a line.
 */
#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum kind { ONE, MINUS_ONE, POWER, WORD, LARGE };

struct entry {
    int32_t column;
    enum kind kind;
    int sign;
    uint64_t word; /* the magnitude of a WORD, the exponent of a POWER */
    mpz_t weight;
};

static void *read_exactly(FILE *file, size_t bytes)
{
    void *data = malloc(bytes ? bytes : 1);
    if (!data || fread(data, 1, bytes, file) != bytes) {
        fprintf(stderr, "forward_gmp: a file is shorter than it says\n");
        exit(1);
    }
    return data;
}

static int64_t read_number(FILE *file)
{
    int64_t *number = read_exactly(file, sizeof *number), value = *number;
    free(number);
    return value;
}

static void import_number(mpz_t number, const int32_t *starts, const uint32_t *limbs, const int8_t *signs, int64_t i)
{
    mpz_import(number, (size_t)(starts[i + 1] - starts[i]), -1, sizeof *limbs, 0, 0, limbs + starts[i]);
    if (signs[i] < 0) mpz_neg(number, number);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int count, char **arguments)
{
    FILE *file = count == 3 ? fopen(arguments[1], "rb") : NULL, *queries = count == 3 ? fopen(arguments[2], "rb") : NULL;
    if (!file || !queries) {
        fprintf(stderr, "usage: forward_gmp NETWORK QUERIES\n");
        return 2;
    }
    int64_t layers = read_number(file), rows = read_number(file), entries = read_number(file), limb_count = read_number(file);
    int32_t *sizes = read_exactly(file, (size_t)(layers + 1) * sizeof *sizes);
    int32_t *row_starts = read_exactly(file, (size_t)(rows + 1) * sizeof *row_starts);
    int32_t *columns = read_exactly(file, (size_t)entries * sizeof *columns);
    int32_t *limb_starts = read_exactly(file, (size_t)(entries + rows + 1) * sizeof *limb_starts);
    uint32_t *limbs = read_exactly(file, (size_t)limb_count * sizeof *limbs);
    int8_t *signs = read_exactly(file, (size_t)(entries + rows));
    int64_t samples = read_number(queries), dimension = read_number(queries);
    uint8_t *points = read_exactly(queries, (size_t)(samples * dimension));
    if (dimension != sizes[0]) {
        fprintf(stderr, "forward_gmp: samples of another dimension\n");
        return 1;
    }

    struct entry *weights = malloc((size_t)entries * sizeof *weights);
    int words_suffice = 1; /* for the first layer */
    for (int64_t e = 0; e < entries; e++) {
        struct entry *entry = weights + e;
        mpz_init(entry->weight);
        import_number(entry->weight, limb_starts, limbs, signs, e);
        entry->column = columns[e];
        entry->sign = mpz_sgn(entry->weight);
        mpz_t magnitude;
        mpz_init(magnitude);
        mpz_abs(magnitude, entry->weight);
        if (mpz_cmp_ui(magnitude, 1) == 0) entry->kind = entry->sign > 0 ? ONE : MINUS_ONE;
        else if (mpz_popcount(magnitude) == 1) {
            entry->kind = POWER;
            entry->word = mpz_scan1(magnitude, 0);
        } else if (mpz_fits_ulong_p(magnitude)) {
            entry->kind = WORD;
            entry->word = mpz_get_ui(magnitude);
        } else entry->kind = LARGE;
        if (e < row_starts[sizes[1]] && mpz_sizeinbase(entry->weight, 2) > 40) words_suffice = 0;
        mpz_clear(magnitude);
    }
    int32_t widest = 0;
    for (int64_t layer = 0; layer <= layers; layer++)
        if (sizes[layer] > widest) widest = sizes[layer];
    mpz_t *biases = malloc((size_t)rows * sizeof *biases), shifted;
    mpz_t *values = malloc((size_t)widest * sizeof *values), *next = malloc((size_t)widest * sizeof *next);
    for (int64_t row = 0; row < rows; row++) {
        mpz_init(biases[row]);
        import_number(biases[row], limb_starts, limbs, signs, entries + row);
    }
    for (int32_t i = 0; i < widest; i++) mpz_inits(values[i], next[i], NULL);
    mpz_init(shifted);
    int *answers = malloc((size_t)samples * sizeof *answers);

    double start = now();
    for (int64_t sample = 0; sample < samples; sample++) {
        const uint8_t *point = points + sample * dimension;
        if (!words_suffice)
            for (int64_t k = 0; k < dimension; k++) mpz_set_ui(values[k], point[k]);
        int64_t row = 0;
        for (int64_t layer = 1; layer <= layers; layer++) {
            for (int32_t output = 0; output < sizes[layer]; output++, row++) {
                mpz_ptr sum = next[output];
                const struct entry *entry = weights + row_starts[row], *end = weights + row_starts[row + 1];
                if (layer == 1 && words_suffice) {
                    int64_t total = 0;
                    for (; entry < end; entry++) total += mpz_get_si(entry->weight) * point[entry->column];
                    mpz_set_si(sum, total);
                    mpz_add(sum, sum, biases[row]);
                } else if (end - entry == 1 && entry->kind == ONE && mpz_sgn(biases[row]) == 0)
                    mpz_set(sum, values[entry->column]);
                else {
                    mpz_set(sum, biases[row]);
                    for (; entry < end; entry++) {
                        mpz_srcptr value = values[entry->column];
                        if (mpz_sgn(value) == 0) continue;
                        switch (entry->kind) {
                        case ONE: mpz_add(sum, sum, value); break;
                        case MINUS_ONE: mpz_sub(sum, sum, value); break;
                        case POWER:
                            mpz_mul_2exp(shifted, value, entry->word);
                            if (entry->sign > 0) mpz_add(sum, sum, shifted);
                            else mpz_sub(sum, sum, shifted);
                            break;
                        case WORD:
                            if (entry->sign > 0) mpz_addmul_ui(sum, value, entry->word);
                            else mpz_submul_ui(sum, value, entry->word);
                            break;
                        case LARGE: mpz_addmul(sum, value, entry->weight); break;
                        }
                    }
                }
                if (layer < layers && mpz_sgn(sum) < 0) mpz_set_ui(sum, 0);
            }
            mpz_t *swap = values;
            values = next;
            next = swap;
        }
        answers[sample] = mpz_sgn(values[0]);
    }
    printf("%.9f\n", now() - start);
    for (int64_t sample = 0; sample < samples; sample++) printf("%d\n", answers[sample]);
    return 0;
}

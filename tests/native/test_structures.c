/* Structures that grow: callers with an older or a newer header than the library's. */
#include "test.h"

static memo_handle network, data;

static int open_both(void)
{
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK((data = open_small()) != 0);
    return 1;
}

static int close_both(void)
{
    CHECK(memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

static memo_status network_info(void *properties) { return memo_network_info(network, properties); }
static memo_status data_info(void *properties) { return memo_data_info(data, properties); }
static memo_status data_measure(void *measures) { return memo_data_measure(data, NULL, measures); }
static memo_status network_verify(void *verification)
{
    memo_handle small = 0;
    memo_status status = memo_network_build(data, "cells", NULL, NULL, &small);
    if (status == MEMO_OK) status = memo_network_verify(small, data, 0, NULL, verification);
    memo_close(small);
    return status;
}

/* first: the structure's size in the first version that had it; known: in this one. */
static int keeps_to_size(memo_status (*fill)(void *), int64_t first, int64_t known)
{
    int64_t structure[64], complete[64];
    const int64_t wrong[] = { INT64_MIN, -1, 0, 8, first - 1, 4097, INT64_MAX };
    CHECK_FAILS(fill(NULL), MEMO_INVALID_ARGUMENT, "is NULL");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        structure[0] = wrong[i];
        CHECK_FAILS(fill(structure), MEMO_INVALID_ARGUMENT, "struct_size");
    }
    memset(complete, 0x55, sizeof complete);
    complete[0] = known;
    CHECK(fill(complete) == MEMO_OK);
    for (int64_t size = first; size <= known + 40; size += 8) {
        memset(structure, 0x55, sizeof structure);
        structure[0] = size;
        CHECK(fill(structure) == MEMO_OK);
        CHECK(structure[0] == size);
        for (int64_t i = 1; i < 64; i++)
            CHECK(structure[i] == (8 * i >= size ? 0x5555555555555555 : 8 * i >= known ? 0 : complete[i]));
    }
    return 1;
}

static int fills_structures_of_any_version(void)
{
    if (!open_both()) return 0;
    CHECK(keeps_to_size(network_info, 96, sizeof(memo_network_properties)));
    CHECK(keeps_to_size(data_info, 40, sizeof(memo_data_properties)));
    CHECK(keeps_to_size(data_measure, 48, sizeof(memo_measures)));
    CHECK(keeps_to_size(network_verify, 40, sizeof(memo_verification)));
    return close_both();
}

static memo_status read_run(const void *run) { return memo_data_nearest_other(data, run, NULL, NULL, SMALL_ROWS); }
static memo_status read_build(const void *options)
{
    memo_handle built = 0;
    memo_status status = memo_network_build(data, "cells", options, NULL, &built);
    return memo_close(built) == MEMO_OK ? status : MEMO_INTERNAL;
}
static memo_status read_export(const void *options)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.json", scratch_path);
    return memo_network_export(network, "json", path, options);
}

static int reads_by_size(memo_status (*read)(const void *), int64_t first, int64_t known)
{
    int64_t structure[64] = { 0 };
    const int64_t wrong[] = { INT64_MIN, -1, 0, 8, first - 1, 4097, INT64_MAX };
    CHECK(read(NULL) == MEMO_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        structure[0] = wrong[i];
        CHECK_FAILS(read(structure), MEMO_INVALID_ARGUMENT, "struct_size");
    }
    for (int64_t size = first; size <= known + 40; size += 8) {
        memset(structure, 0, sizeof structure);
        structure[0] = size;
        structure[size / 8] = -1; /* beyond what the caller says is there */
        CHECK(read(structure) == MEMO_OK);
        if (size <= known) continue;
        structure[size / 8 - 1] = 1;
        CHECK_FAILS(read(structure), MEMO_INVALID_ARGUMENT, "does not know");
    }
    return 1;
}

static int reads_structures_of_any_version(void)
{
    if (!open_both()) return 0;
    CHECK(reads_by_size(read_run, 32, sizeof(memo_run_options)));
    CHECK(reads_by_size(read_build, 72, sizeof(memo_build_options)));
    CHECK(reads_by_size(read_export, 16, sizeof(memo_export_options)));
    return close_both();
}

const struct test structure_tests[] = {
    TEST(fills_structures_of_any_version),
    TEST(reads_structures_of_any_version),
    END_OF_TESTS,
};

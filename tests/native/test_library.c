/* The library itself: versions, statuses, threads, information, handles. */
#include "test.h"

static int reports_the_interface_version_of_the_header(void)
{
    CHECK(memo_abi_version() == MEMO_ABI_VERSION);
    return 1;
}

static int names_every_status(void)
{
    CHECK(strcmp(memo_status_name(MEMO_OK), "MEMO_OK") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INVALID_ARGUMENT), "MEMO_INVALID_ARGUMENT") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INVALID_HANDLE), "MEMO_INVALID_HANDLE") == 0);
    CHECK(strcmp(memo_status_name(MEMO_BAD_INPUT), "MEMO_BAD_INPUT") == 0);
    CHECK(strcmp(memo_status_name(MEMO_BAD_FILE), "MEMO_BAD_FILE") == 0);
    CHECK(strcmp(memo_status_name(MEMO_OUT_OF_MEMORY), "MEMO_OUT_OF_MEMORY") == 0);
    CHECK(strcmp(memo_status_name(MEMO_UNSUPPORTED), "MEMO_UNSUPPORTED") == 0);
    CHECK(strcmp(memo_status_name(MEMO_FORKED), "MEMO_FORKED") == 0);
    CHECK(strcmp(memo_status_name(MEMO_CANCELLED), "MEMO_CANCELLED") == 0);
    CHECK(strcmp(memo_status_name(MEMO_TOO_SMALL), "MEMO_TOO_SMALL") == 0);
    CHECK(strcmp(memo_status_name(MEMO_LABEL_CONFLICT), "MEMO_LABEL_CONFLICT") == 0);
    CHECK(strcmp(memo_status_name(MEMO_DEVICE), "MEMO_DEVICE") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INTERNAL), "MEMO_INTERNAL") == 0);
    CHECK(strcmp(memo_status_name(-1), "unknown status") == 0);
    CHECK(strcmp(memo_status_name(INT32_MAX), "unknown status") == 0);
    return 1;
}

static int tells_its_version(void)
{
    int major, minor, patch, end = 0;
    CHECK(sscanf(memo_version(), "%d.%d.%d%n", &major, &minor, &patch, &end) == 3 && memo_version()[end] == 0);
    CHECK(memo_version() == memo_version());
    return 1;
}

static int starts_with_an_empty_error(void)
{
    CHECK(strcmp(memo_last_error(), "") == 0);
    return 1;
}

static int uses_the_expected_instruction_set(void)
{
    const char *active = NULL, *built = NULL;
    CHECK(memo_instruction_set(&active, &built) == MEMO_OK);
    CHECK(strcmp(built, expected_built) == 0);
    CHECK(strcmp(active, expected_active) == 0);
    CHECK(memo_instruction_set(NULL, NULL) == MEMO_OK);
    return 1;
}

static int refuses_a_negative_thread_count(void)
{
    CHECK_FAILS(memo_set_threads(-1), MEMO_INVALID_ARGUMENT, "-1");
    CHECK(memo_set_threads(0) == MEMO_OK);
    return 1;
}

#define DEVICE(text, capacity, length) memo_device(text, capacity, length)
/* The tests run without drivers, which are other people's programs (tests/native/run). */
static int says_which_device_is_missing(void)
{
    char *text;
    CHECK_FAILS(memo_set_device(NULL), MEMO_INVALID_ARGUMENT, "device is NULL");
    CHECK_FAILS(memo_set_device("gpu"), MEMO_INVALID_ARGUMENT, "'gpu'");
    CHECK_FAILS(memo_set_device("cuda"), MEMO_DEVICE, "no driver");
    CHECK_FAILS(memo_set_device("opencl:1"), MEMO_DEVICE, "no driver");
    TEXT_OF(text, DEVICE);
    CHECK(strcmp(text, "cpu") == 0);
    free(text);
    CHECK(memo_set_device("auto") == MEMO_OK);
    TEXT_OF(text, DEVICE);
    CHECK(strncmp(text, "cpu: no GPU", 11) == 0);
    free(text);
    CHECK(memo_set_device("cpu") == MEMO_OK);
    TEXT_OF(text, DEVICE);
    CHECK(strcmp(text, "cpu") == 0);
    free(text);
    return 1;
}

#define INFO(text, capacity, length) memo_info(text, capacity, length)
static int reports_what_it_runs_on(void)
{
    char *text, part[64];
    CHECK(memo_set_threads(3) == MEMO_OK);
    TEXT_OF(text, INFO);
    CHECK(memo_set_threads(0) == MEMO_OK);
    CHECK(text[0] == '{' && text[strlen(text) - 1] == '}');
    const char *keys[] = { "build", "runtime", "platform", "program", "processor", "cpu_features", "isa_processor", "devices", "data_folders" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        snprintf(part, sizeof part, "\"%s\":", keys[i]);
        CHECK(strstr(text, part) != NULL);
    }
    snprintf(part, sizeof part, "\"version\":\"%s\"", memo_version());
    CHECK(strstr(text, part) != NULL);
    snprintf(part, sizeof part, "\"isa\":\"%s\"", expected_active);
    CHECK(strstr(text, part) != NULL);
    snprintf(part, sizeof part, "\"isa_build\":\"%s\"", expected_built);
    CHECK(strstr(text, part) != NULL);
    CHECK(strstr(text, "\"threads\":3") != NULL);
    free(text);
    return 1;
}

static int refuses_buffers_that_are_none(void)
{
    int64_t length = -1;
    CHECK_FAILS(memo_info(NULL, 10, &length), MEMO_INVALID_ARGUMENT, "text is NULL");
    char buffer[4] = "abc";
    CHECK_FAILS(memo_info(buffer, -1, &length), MEMO_INVALID_ARGUMENT, "-1");
    CHECK_FAILS(memo_info(buffer, sizeof buffer, &length), MEMO_TOO_SMALL, "holds 4");
    CHECK(strcmp(buffer, "abc") == 0 && length > 4);
    CHECK(memo_info(NULL, 0, NULL) == MEMO_TOO_SMALL);
    return 1;
}

static int closes_once(void)
{
    memo_handle network = 0;
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(network != 0);
    CHECK(memo_close(network) == MEMO_OK);
    CHECK_FAILS(memo_close(network), MEMO_INVALID_HANDLE, "closed before");
    CHECK(memo_close(0) == MEMO_OK);
    return 1;
}

static int refuses_stale_and_invented_handles(void)
{
    memo_handle stale = 0, network = 0;
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_open(network_path, &stale) == MEMO_OK);
    CHECK(memo_close(stale) == MEMO_OK);
    CHECK(memo_network_open(network_path, &network) == MEMO_OK); /* may take the place of the closed one */
    CHECK(network != stale);
    memo_handle wrong[] = { stale, 0, 1, UINT64_MAX, network + 1, network ^ (UINT64_C(1) << 32), (memo_handle)(uintptr_t)&network };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_FAILS(memo_network_info(wrong[i], &properties), MEMO_INVALID_HANDLE, "handle");
        if (wrong[i] != 0) CHECK(memo_close(wrong[i]) == MEMO_INVALID_HANDLE);
    }
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

static int refuses_the_instruction_set_asked_for(void)
{
    memo_handle network = 7;
    CHECK_FAILS(memo_network_open("any", &network), MEMO_UNSUPPORTED, "MEMO_ISA=");
    CHECK(strstr(memo_last_error(), "valid here: auto, scalar") != NULL);
    CHECK(memo_set_threads(1) == MEMO_UNSUPPORTED);
    CHECK(memo_abi_version() == MEMO_ABI_VERSION);
    return 1;
}

const struct test first_tests[] = {
    TEST(starts_with_an_empty_error),
    END_OF_TESTS,
};

const struct test library_tests[] = {
    TEST(reports_the_interface_version_of_the_header),
    TEST(names_every_status),
    TEST(tells_its_version),
    TEST(uses_the_expected_instruction_set),
    TEST(refuses_a_negative_thread_count),
    TEST(says_which_device_is_missing),
    TEST(reports_what_it_runs_on),
    TEST(refuses_buffers_that_are_none),
    TEST(closes_once),
    TEST(refuses_stale_and_invented_handles),
    END_OF_TESTS,
};

const struct test unsupported_tests[] = {
    TEST(refuses_the_instruction_set_asked_for),
    END_OF_TESTS,
};

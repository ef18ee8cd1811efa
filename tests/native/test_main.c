/* Tests of the C interface, against the built library.
 *
 *   test_libmemo NET BUILT ACTIVE FILES    all tests; NET is a .memo file of byte data, the library's best instruction
 *                                          set must be BUILT and the one in use ACTIVE; labels of fixed queries are
 *                                          written to FILES.labels, for comparison with other builds; other files
 *                                          that tests write begin with FILES too
 *   test_libmemo layers CELLS NET          NET is a network over the integers made from the same data as CELLS, byte data
 *                                          of the classes 0 and 1
 *   test_libmemo unsupported               MEMO_ISA is one that the library must refuse
 *
 * Prints each failure, then "N passed, N failed". */
#include "test.h"

const char *network_path, *layers_path, *expected_built, *expected_active, *scratch_path;
struct training training;

/* Reads the two integers of e.g. "shape":[1797,64] that follow tensor `name` in a safetensors header. */
static int find_pair(const char *header, const char *name, const char *key, int64_t *first, int64_t *second)
{
    const char *place = strstr(header, name);
    if (place == NULL || (place = strstr(place, key)) == NULL || (place = strchr(place, '[')) == NULL) return 0;
    return sscanf(place, "[%" SCNd64 ",%" SCNd64 "]", first, second) == 2;
}

static int load_training(void)
{
    FILE *file = fopen(network_path, "rb");
    uint64_t length = 0;
    if (file == NULL) return 0;
    for (int i = 0; i < 8; i++) length |= (uint64_t)(unsigned char)fgetc(file) << (8 * i);
    if (length > 1 << 20) return fclose(file), 0;
    char *header = calloc(1, length + 1);
    int64_t begin, end, labels_begin, labels_end;
    int found = fread(header, 1, length, file) == length &&
        find_pair(header, "\"training_points\"", "\"shape\"", &training.rows, &training.columns) &&
        find_pair(header, "\"training_points\"", "\"data_offsets\"", &begin, &end) &&
        find_pair(header, "\"labels\"", "\"data_offsets\"", &labels_begin, &labels_end) &&
        end - begin == training.rows * training.columns && labels_end - labels_begin == 4 * training.rows;
    if (found) {
        training.points = malloc((size_t)(end - begin));
        training.labels = malloc((size_t)(labels_end - labels_begin));
        found = fseek(file, (long)(8 + (int64_t)length + begin), SEEK_SET) == 0 &&
            fread(training.points, 1, (size_t)(end - begin), file) == (size_t)(end - begin) &&
            fseek(file, (long)(8 + (int64_t)length + labels_begin), SEEK_SET) == 0 &&
            fread(training.labels, 4, (size_t)training.rows, file) == (size_t)training.rows;
    }
    free(header);
    fclose(file);
    return found;
}

struct small small_data(void)
{
    static const int32_t classes[SMALL_CLASSES] = { 12, -7, 0 };
    struct small small;
    uint64_t state = 1;
    for (int i = 0; i < SMALL_ROWS; i++) {
        int taken;
        uint8_t *point = small.points + i * SMALL_COLUMNS;
        do { /* another place than every earlier point */
            point[0] = next_random(&state) % 40, point[1] = next_random(&state) % 40;
            taken = 0;
            for (int j = 0; j < i; j++) taken |= memcmp(small.points + j * SMALL_COLUMNS, point, SMALL_COLUMNS) == 0;
        } while (taken);
        small.labels[i] = classes[i % SMALL_CLASSES];
    }
    return small;
}

memo_handle open_small(void)
{
    struct small small = small_data();
    memo_matrix points = memo_matrix_uint8(small.points, SMALL_ROWS, SMALL_COLUMNS, SMALL_COLUMNS);
    memo_handle data = 0;
    return memo_data_create(&points, small.labels, SMALL_ROWS, NULL, 0, &data) == MEMO_OK ? data : 0;
}

static int passed, failed;

static void run(const struct test *tests)
{
    for (; tests->name != NULL; tests++) {
        int ok = tests->run();
        if (!ok) printf("  FAILED %s\n", tests->name);
        *(ok ? &passed : &failed) += 1;
    }
}

static int training_is_there(void)
{
    if (load_training()) return 1;
    printf("  %s: no network of byte data, so nothing that needs one can be tested\n", network_path);
    failed++;
    return 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* what was printed before a crash is not lost */
    if (argc == 2 && strcmp(argv[1], "unsupported") == 0) {
        run(unsupported_tests);
    } else if (argc == 4 && strcmp(argv[1], "layers") == 0) {
        network_path = argv[2];
        layers_path = argv[3];
        if (training_is_there()) run(layer_tests);
    } else if (argc == 5) {
        network_path = argv[1];
        expected_built = argv[2];
        expected_active = argv[3];
        scratch_path = argv[4];
        run(first_tests);
        if (training_is_there()) {
            const struct test *groups[] = { library_tests, structure_tests, data_tests, network_tests, build_tests, answer_tests,
                                            kernel_tests, run_tests, thread_tests };
            for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) run(groups[i]);
        }
    } else {
        fprintf(stderr, "usage: test_libmemo NET BUILT ACTIVE FILES | layers CELLS NET | unsupported\n");
        return 2;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

/* A program with a fault of its own, so that the tests under sanitizers and valgrind are seen to notice one.
 *
 *   faulty overrun   writes behind an array
 *   faulty leak      loses memory */
#include <memo.h>

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int32_t *volatile labels = malloc(4 * sizeof *labels);
    if (argc != 2 || labels == NULL || memo_close(0) != MEMO_OK) return 2;
    if (strcmp(argv[1], "overrun") == 0) labels[4] = argc;
    if (strcmp(argv[1], "leak") == 0) labels = NULL;
    free(labels);
    return 0;
}

/* The fuzzer's own folder: networks that were saved there, damaged ones, a table, and paths where nothing can be. */
#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[1024];
static char path[2048];

void open_folder(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/fuzz-libmemo-XXXXXX", parent == NULL || *parent == 0 ? "/tmp" : parent);
    if (mkdtemp(folder) == NULL) fault("%s cannot be made", folder);
    snprintf(path, sizeof path, "%s/folder.memo", folder);
    if (mkdir(path, 0700) != 0) fault("%s cannot be made", path);
    snprintf(path, sizeof path, "%s/table.csv", folder);
    FILE *file = fopen(path, "w");
    if (file == NULL) fault("%s cannot be written", path);
    for (int i = 0; i < 30; i++) fprintf(file, "%d,%d,%s\n", i * 7 % 30, i * 11 % 30, i % 3 == 0 ? "a" : "b\xc3\xa9");
    fclose(file);
}

void remove_folder(void)
{
    DIR *entries = folder[0] == 0 ? NULL : opendir(folder);
    if (entries == NULL) return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) remove(path);
    }
    closedir(entries);
    remove(folder);
}

/* Copies a saved network with one byte changed or its end missing. The checksum covers every byte. */
static int damage(const char *whole, const char *damaged)
{
    FILE *from = fopen(whole, "rb"), *to = from == NULL ? NULL : fopen(damaged, "wb");
    if (to != NULL) {
        fseek(from, 0, SEEK_END);
        long size = ftell(from), place = (long)random_below(size);
        int truncated = one_in(2), change = (int)random_between(1, 255);
        rewind(from);
        for (long i = 0; i < size && !(truncated && i == place); i++) fputc(fgetc(from) ^ (i == place ? change : 0), to);
        fclose(to);
    }
    if (from != NULL) fclose(from);
    return to != NULL;
}

const char *random_path(enum path_use use, const char *extension)
{
    int64_t number = random_below(6);
    if (one_in(40)) {
        wrong(MEMO_INVALID_ARGUMENT);
        return one_in(2) ? NULL : "";
    }
    if (spoil()) {
        static const char *const nowhere[] = { "missing/deeper/x.memo", "folder.memo", "table.csv/x.memo", "missing/\xff\xfe.memo" };
        wrong(MEMO_BAD_FILE);
        snprintf(path, sizeof path, "%s/%s", folder, ANY_OF(nowhere));
        return path;
    }
    if (one_in(60)) { /* longer than any file system allows, and than an error text; characters of two bytes, from either on */
        static char longest[6000];
        wrong(MEMO_BAD_FILE);
        longest[0] = 'x';
        for (size_t i = 1; i + 2 < sizeof longest; i += 2) memcpy(longest + i, "\xc3\xa9", 2);
        return one_in(2) ? longest : longest + 1;
    }
    snprintf(path, sizeof path, "%s/%d.%s", folder, (int)number, extension);
    if (use == TO_WRITE) return path;
    if (spoil()) {
        wrong(MEMO_BAD_FILE);
        snprintf(path, sizeof path, "%s/table.csv", folder);
    } else if (access(path, R_OK) != 0) {
        wrong(MEMO_BAD_FILE);
    } else if (one_in(4)) {
        static char damaged[sizeof path];
        wrong(MEMO_BAD_FILE);
        snprintf(damaged, sizeof damaged, "%s/damaged", folder);
        if (!damage(path, damaged)) fault("%s cannot be copied", path);
        return damaged;
    }
    return path;
}

/* PTX text -> instructions with rows for operands. One pass; branches are resolved at the end. */
#define _POSIX_C_SOURCE 200809L
#include "ptx.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    kernel *k;
    bool fuse, failed;
    int line;
    char *log;
    size_t log_size;
    label labels[4096];
    int label_count;
    struct { char name[64]; int at; } jumps[8192];
    int jump_count;
    struct { char name[64]; int64_t address; } shared[64];
    int shared_count;
} parser;

static void fail(parser *p, const char *format, ...)
{
    if (p->failed) return;
    p->failed = true;
    int length = snprintf(p->log, p->log_size, "line %d: ", p->line);
    va_list arguments;
    va_start(arguments, format);
    if (length >= 0 && (size_t)length < p->log_size) vsnprintf(p->log + length, p->log_size - (size_t)length, format, arguments);
    va_end(arguments);
}

static int add_row(parser *p, const char *name, value initial, bool constant)
{
    kernel *k = p->k;
    if (k->row_count == k->row_capacity) {
        k->row_capacity = k->row_capacity ? 2 * k->row_capacity : 256;
        k->rows = realloc(k->rows, (size_t)k->row_capacity * sizeof *k->rows);
    }
    named_row *row = &k->rows[k->row_count];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->row = k->row_count;
    row->initial = initial;
    row->constant = constant;
    return k->row_count++;
}

/* Registers are found by a first letter run and a number: the row is base + number. */
typedef struct { char prefix[8]; int base, count; } register_range;
static register_range ranges[16];
static int range_count;

static int constant_row(parser *p, value v)
{
    char name[64];
    snprintf(name, sizeof name, "#%016llx", (unsigned long long)v.u64);
    for (int r = SPECIAL_ROWS; r < p->k->row_count; r++)
        if (p->k->rows[r].constant && p->k->rows[r].initial.u64 == v.u64) return r;
    return add_row(p, name, v, true);
}

static int operand(parser *p, const char *text)
{
    static const char *special[SPECIAL_ROWS] = {"%tid.x", "%tid.y", "%ctaid.x", "%ctaid.y", "%ntid.x", "%ntid.y", "%nctaid.x", "%nctaid.y"};
    for (int s = 0; s < SPECIAL_ROWS; s++)
        if (strcmp(text, special[s]) == 0) return s;
    if (text[0] == '%') {
        size_t letters = 1;
        while (isalpha((unsigned char)text[letters])) letters++;
        int number = atoi(text + letters);
        for (int r = 0; r < range_count; r++)
            if (strlen(ranges[r].prefix) == letters && strncmp(ranges[r].prefix, text, letters) == 0 && number < ranges[r].count)
                return ranges[r].base + number;
        fail(p, "no register %s", text);
        return 0;
    }
    value v = {0};
    if (text[0] == '0' && text[1] == 'f') {
        v.u64 = strtoul(text + 2, NULL, 16);
        return constant_row(p, v);
    }
    if (isdigit((unsigned char)text[0]) || text[0] == '-') {
        char *end;
        v.s64 = text[0] == '-' ? strtoll(text, &end, 0) : (int64_t)strtoull(text, &end, 0);
        if (*end != '\0') fail(p, "no number: %s", text);
        return constant_row(p, v);
    }
    for (int s = 0; s < p->shared_count; s++)
        if (strcmp(p->shared[s].name, text) == 0) {
            v.s64 = p->shared[s].address;
            return constant_row(p, v);
        }
    fail(p, "no operand: %s", text);
    return 0;
}

static bool type_of(const char *name, value_type *type)
{
    static const struct { const char *name; value_type type; } types[] = {
        {"s32", T_S32}, {"u32", T_U32}, {"b32", T_U32}, {"s64", T_S64}, {"u64", T_U64}, {"b64", T_U64}, {"f32", T_F32}, {"pred", T_PRED}};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        if (strcmp(types[t].name, name) == 0) {
            *type = types[t].type;
            return true;
        }
    return false;
}

/* "[%rd1+16]" or "[name+8]": the row (or parameter) and the offset. */
static void address(parser *p, char *text, instruction *i)
{
    size_t length = strlen(text);
    if (text[0] != '[' || text[length - 1] != ']') {
        fail(p, "no address: %s", text);
        return;
    }
    text[length - 1] = '\0';
    text++;
    char *plus = strchr(text, '+');
    i->offset = 0;
    if (plus) {
        i->offset = strtoll(plus + 1, NULL, 0);
        *plus = '\0';
    }
    if (i->op != OP_LDPARAM) {
        i->a = operand(p, text);
        return;
    }
    for (int q = 0; q < p->k->parameter_count; q++)
        if (strcmp(p->k->parameters[q].name, text) == 0) {
            i->offset += p->k->parameters[q].offset;
            return;
        }
    fail(p, "no parameter %s", text);
}

/* "{%f1, %f2}" or a single one. */
static int list(parser *p, char *text, int *rows)
{
    int count = 0;
    char *save = NULL;
    for (char *each = strtok_r(text, "{}, \t", &save); each; each = strtok_r(NULL, "{}, \t", &save)) {
        if (count == 4) {
            fail(p, "more than four values");
            return count;
        }
        rows[count++] = operand(p, each);
    }
    return count;
}

/* Operands are divided by commas outside of braces. */
static int split(char *text, char **parts, int most)
{
    int count = 0, depth = 0;
    char *start = text;
    for (char *c = text;; c++) {
        if (*c == '{') depth++;
        if (*c == '}') depth--;
        if ((*c == ',' && depth == 0) || *c == '\0') {
            bool last = *c == '\0';
            *c = '\0';
            while (isspace((unsigned char)*start)) start++;
            char *end = c;
            while (end > start && isspace((unsigned char)end[-1])) *--end = '\0';
            if (*start && count < most) parts[count++] = start;
            if (last) return count;
            start = c + 1;
        }
    }
}

static void need(parser *p, int have, int wanted, const char *what)
{
    if (have != wanted) fail(p, "%s with %d operands", what, have);
}

static void parse_instruction(parser *p, char *text)
{
    instruction i = {.guard = -1, .width = 1, .line = p->line, .to = {-1, -1, -1, -1}};
    if (*text == '@') {
        char *end = strpbrk(text, " \t");
        if (!end) {
            fail(p, "a guard alone: %s", text);
            return;
        }
        *end = '\0';
        i.negated = text[1] == '!';
        i.guard = operand(p, text + 1 + i.negated);
        text = end + 1;
        while (isspace((unsigned char)*text)) text++;
    }
    char whole[256], *rest = strpbrk(text, " \t");
    snprintf(whole, sizeof whole, "%s", text);
    if (rest) {
        *rest++ = '\0';
    } else {
        rest = text + strlen(text);
    }
    char *word[8] = {0};
    int words = 0;
    char *save = NULL;
    for (char *each = strtok_r(text, ".", &save); each && words < 8; each = strtok_r(NULL, ".", &save)) word[words++] = each;
    char *part[4] = {0};
    int parts = split(rest, part, 4);
    const char *name = words ? word[0] : "";
    const char *last = words ? word[words - 1] : "";
    bool typed = words > 1 && type_of(last, &i.type);
    i.from = i.type;

    static const struct { const char *name; operation op; int operands; } plain[] = {
        {"mov", OP_MOV, 1}, {"add", OP_ADD, 2}, {"sub", OP_SUB, 2}, {"div", OP_DIV, 2}, {"rem", OP_REM, 2}, {"min", OP_MIN, 2}, {"max", OP_MAX, 2},
        {"and", OP_AND, 2}, {"or", OP_OR, 2}, {"xor", OP_XOR, 2}, {"not", OP_NOT, 1}, {"neg", OP_NEG, 1}, {"abs", OP_ABS, 1}, {"shl", OP_SHL, 2},
        {"shr", OP_SHR, 2}, {"selp", OP_SELP, 3}};
    bool known = false;
    for (size_t n = 0; n < sizeof plain / sizeof *plain; n++)
        if (strcmp(plain[n].name, name) == 0 && words == 2 && typed) {
            known = true;
            i.op = plain[n].op;
            need(p, parts, plain[n].operands + 1, name);
            if (p->failed) return;
            i.to[0] = operand(p, part[0]);
            i.a = operand(p, part[1]);
            if (plain[n].operands > 1) i.b = operand(p, part[2]);
            if (plain[n].operands > 2) i.c = operand(p, part[3]);
        }
    if (known) {
        if (i.type == T_F32 && (i.op == OP_REM || i.op == OP_DIV || i.op == OP_SHL || i.op == OP_SHR)) fail(p, "not understood: %s", whole);
    } else if ((strcmp(name, "mul") == 0 || strcmp(name, "mad") == 0 || strcmp(name, "fma") == 0) && typed) {
        bool add = name[1] != 'u';
        const char *kind = words == 3 ? word[1] : "";
        i.op = strcmp(name, "fma") == 0 ? OP_FMA : add ? OP_MAD : strcmp(kind, "wide") == 0 ? OP_MULWIDE : OP_MUL;
        bool right = i.op == OP_FMA ? i.type == T_F32 && strcmp(kind, "rn") == 0
            : i.type == T_F32 ? !add && words == 2 : strcmp(kind, "lo") == 0 || (i.op == OP_MULWIDE && (i.type == T_S32 || i.type == T_U32));
        if (!right) fail(p, "not understood: %s", whole);
        need(p, parts, i.op == OP_FMA || add ? 4 : 3, name);
        if (p->failed) return;
        i.to[0] = operand(p, part[0]);
        i.a = operand(p, part[1]);
        i.b = operand(p, part[2]);
        if (parts == 4) i.c = operand(p, part[3]);
    } else if (strcmp(name, "sqrt") == 0 && words == 3 && strcmp(word[1], "rn") == 0 && i.type == T_F32) {
        i.op = OP_SQRT;
        need(p, parts, 2, name);
        if (p->failed) return;
        i.to[0] = operand(p, part[0]);
        i.a = operand(p, part[1]);
    } else if (strcmp(name, "setp") == 0 && words == 3 && typed) {
        static const char *comparisons[] = {"eq", "ne", "lt", "le", "gt", "ge"};
        int c = 0;
        while (c < 6 && strncmp(comparisons[c], word[1], 2) != 0) c++;
        i.unordered = word[1][2] == 'u' && word[1][3] == '\0';
        if (c == 6 || (word[1][2] != '\0' && !i.unordered)) fail(p, "not understood: %s", whole);
        i.op = OP_SETP;
        i.compare = (comparison)c;
        need(p, parts, 3, name);
        if (p->failed) return;
        i.to[0] = operand(p, part[0]);
        i.a = operand(p, part[1]);
        i.b = operand(p, part[2]);
    } else if (strcmp(name, "cvt") == 0 && (words == 3 || words == 4) && typed && type_of(word[words - 2], &i.type)) {
        i.op = OP_CVT;
        type_of(last, &i.from);
        const char *mode = words == 4 ? word[1] : "";
        i.round = strcmp(mode, "rzi") == 0 || strcmp(mode, "rz") == 0 ? ROUND_ZERO : strcmp(mode, "rmi") == 0 ? ROUND_DOWN
            : strcmp(mode, "rpi") == 0 ? ROUND_UP : ROUND_NEAREST;
        bool floats = i.type == T_F32 || i.from == T_F32;
        bool rounded = strcmp(mode, "rn") == 0 || strcmp(mode, "rni") == 0 || i.round != ROUND_NEAREST;
        if (floats != rounded || (words == 4) != rounded) fail(p, "not understood: %s", whole);
        need(p, parts, 2, name);
        if (p->failed) return;
        i.to[0] = operand(p, part[0]);
        i.a = operand(p, part[1]);
    } else if (strcmp(name, "cvta") == 0) {
        i.op = OP_MOV; /* one space of addresses */
        i.type = T_U64;
        need(p, parts, 2, name);
        if (p->failed) return;
        i.to[0] = operand(p, part[0]);
        i.a = operand(p, part[1]);
    } else if ((strcmp(name, "ld") == 0 || strcmp(name, "st") == 0) && typed && (words == 3 || words == 4)) {
        bool load = name[0] == 'l';
        const char *space = word[1];
        i.op = load ? strcmp(space, "param") == 0 ? OP_LDPARAM : OP_LD : OP_ST;
        i.shared = strcmp(space, "shared") == 0;
        if (i.op != OP_LDPARAM && !i.shared && strcmp(space, "global") != 0) fail(p, "not understood: %s", whole);
        int width = words == 4 ? strcmp(word[2], "v4") == 0 ? 4 : strcmp(word[2], "v2") == 0 ? 2 : 0 : 1;
        need(p, parts, 2, name);
        if (p->failed) return;
        i.width = list(p, part[load ? 0 : 1], load ? i.to : i.values);
        if (i.width != width) fail(p, "%d values for %s", i.width, whole);
        address(p, part[load ? 1 : 0], &i);
    } else if ((strcmp(name, "atom") == 0 || strcmp(name, "red") == 0) && words == 4 && typed) {
        bool global_first = strcmp(word[1], "global") == 0;
        const char *what = global_first ? word[2] : word[1], *space = global_first ? word[1] : word[2];
        i.op = OP_ATOM;
        i.atomic = strcmp(what, "add") == 0 ? OP_ADD : strcmp(what, "min") == 0 ? OP_MIN : strcmp(what, "max") == 0 ? OP_MAX : OP_RET;
        bool wanted = name[0] == 'a';
        if (strcmp(space, "global") != 0 || i.atomic == OP_RET || i.type == T_F32) fail(p, "not understood: %s", whole);
        need(p, parts, wanted ? 3 : 2, name);
        if (p->failed) return;
        if (wanted) i.to[0] = operand(p, part[0]);
        address(p, part[wanted], &i);
        i.b = operand(p, part[wanted + 1]);
    } else if (strcmp(name, "bra") == 0) {
        i.op = OP_BRA;
        i.uniform = words == 2 && strcmp(word[1], "uni") == 0;
        need(p, parts, 1, name);
        if (p->failed || p->jump_count == 8192) return;
        snprintf(p->jumps[p->jump_count].name, 64, "%s", part[0]);
        p->jumps[p->jump_count++].at = p->k->length;
    } else if (strcmp(name, "bar") == 0 && words == 2 && strcmp(word[1], "sync") == 0) {
        i.op = OP_BAR;
    } else if (strcmp(name, "ret") == 0) {
        i.op = OP_RET;
    } else {
        fail(p, "not understood: %s", whole);
    }
    if (p->failed) return;
    kernel *k = p->k;
    if (k->length == k->capacity) {
        k->capacity = k->capacity ? 2 * k->capacity : 1024;
        k->code = realloc(k->code, (size_t)k->capacity * sizeof *k->code);
    }
    instruction *before = k->length ? &k->code[k->length - 1] : NULL;
    if (p->fuse && i.op == OP_ADD && i.type == T_F32 && before && before->op == OP_MUL && before->type == T_F32 && i.guard < 0 &&
        (i.a == before->to[0]) != (i.b == before->to[0])) {
        i.op = OP_FMA;
        i.c = i.a == before->to[0] ? i.b : i.a;
        i.a = before->a;
        i.b = before->b;
    }
    k->code[k->length++] = i;
}

static void parse_directive(parser *p, char *text, bool *parameters)
{
    char name[64];
    int number, second, align;
    char type[16], prefix[16];
    kernel *k = p->k;
    if (sscanf(text, ".visible .entry %63[^(]", name) == 1) {
        if (k->name[0]) fail(p, "a second kernel");
        snprintf(k->name, sizeof k->name, "%s", name);
        *parameters = true;
    } else if (sscanf(text, ".param .align %d .b8 %63[^[][%d]", &align, name, &number) == 3 || sscanf(text, ".param .%15s %63[^, \t]", type, name) == 2) {
        value_type t;
        int size = strstr(text, ".align") ? number : strstr(type, "64") ? 8 : 4;
        if (!strstr(text, ".align") && !type_of(type, &t)) fail(p, "parameter of type %s", type);
        if (k->parameter_count == MAX_PARAMETERS) {
            fail(p, "more than %d parameters", MAX_PARAMETERS);
            return;
        }
        parameter *q = &k->parameters[k->parameter_count++];
        snprintf(q->name, sizeof q->name, "%s", name);
        int unit = size >= 8 ? 8 : 4;
        q->offset = (k->parameter_bytes + unit - 1) / unit * unit;
        q->size = size;
        k->parameter_bytes = q->offset + size;
    } else if (sscanf(text, ".shared .align %d .b8 %63[^[][%d]", &align, name, &number) == 3) {
        if (p->shared_count == 64) {
            fail(p, "more than 64 pieces of shared memory");
            return;
        }
        k->shared_bytes = (k->shared_bytes + align - 1) / align * align;
        snprintf(p->shared[p->shared_count].name, 64, "%s", name);
        p->shared[p->shared_count++].address = 0x1000 + k->shared_bytes; /* 0 is no address */
        k->shared_bytes += number;
    } else if (sscanf(text, ".reg .%15s %15[^<]<%d>", type, prefix, &number) == 3) {
        if (range_count == 16) {
            fail(p, "more than 16 kinds of registers");
            return;
        }
        register_range *r = &ranges[range_count++];
        snprintf(r->prefix, sizeof r->prefix, "%.7s", prefix);
        r->base = k->row_count;
        r->count = number;
        for (int n = 0; n < number; n++) add_row(p, prefix, (value){0}, false);
    } else if (sscanf(text, ".maxntid %d, %d", &number, &second) == 2) {
        k->max_x = number;
        k->max_y = second;
    } else if (strncmp(text, ".version", 8) != 0 && strncmp(text, ".target", 7) != 0 && strncmp(text, ".address_size", 13) != 0 &&
               strncmp(text, ".minnctapersm", 13) != 0) {
        fail(p, "not understood: %s", text);
    }
}

kernel *ptx_parse(const char *text, bool fuse, char *log, size_t log_size)
{
    parser *p = calloc(1, sizeof *p);
    kernel *k = calloc(1, sizeof *k);
    *p = (parser){.k = k, .fuse = fuse, .log = log, .log_size = log_size};
    range_count = 0;
    for (int s = 0; s < SPECIAL_ROWS; s++) add_row(p, "special", (value){0}, false);
    char *copy = strdup(text), *save = NULL;
    /* strtok would swallow empty lines, and with them the numbers of lines. */
    for (char *line = copy; line && !p->failed; line = save) {
        save = strchr(line, '\n');
        if (save) *save++ = '\0';
        p->line++;
        char *comment = strstr(line, "//");
        if (comment) *comment = '\0';
        while (isspace((unsigned char)*line)) line++;
        char *end = line + strlen(line);
        while (end > line && (isspace((unsigned char)end[-1]) || end[-1] == ';')) *--end = '\0';
        bool parameters = false;
        if (*line == '\0' || strcmp(line, "(") == 0 || strcmp(line, ")") == 0 || strcmp(line, "{") == 0 || strcmp(line, "}") == 0) continue;
        if (*line == '.') {
            parse_directive(p, line, &parameters);
        } else if (end[-1] == ':') {
            end[-1] = '\0';
            if (p->label_count == 4096) fail(p, "more than 4096 labels");
            else {
                snprintf(p->labels[p->label_count].name, 64, "%s", line);
                p->labels[p->label_count++].at = k->length;
            }
        } else {
            parse_instruction(p, line);
        }
    }
    for (int j = 0; j < p->jump_count && !p->failed; j++) {
        int l = 0;
        while (l < p->label_count && strcmp(p->labels[l].name, p->jumps[j].name) != 0) l++;
        if (l == p->label_count) fail(p, "no label %s", p->jumps[j].name);
        else k->code[p->jumps[j].at].target = p->labels[l].at;
    }
    if (!p->failed && (!k->name[0] || k->length == 0)) fail(p, "no kernel");
    bool failed = p->failed;
    free(copy);
    free(p);
    if (!failed) return k;
    ptx_free(k);
    return NULL;
}

void ptx_free(kernel *k)
{
    if (!k) return;
    free(k->code);
    free(k->rows);
    free(k);
}

/* Random numbers: SplitMix64 (Steele, Lea and Flood 2014), started anew at each step from the seed and the step's number, so
 * that a step draws the same numbers whatever the calls before it answered. */
#include "fuzz.h"

static uint64_t state;

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void random_start(uint64_t seed, uint64_t step)
{
    state = mix(seed) ^ mix(~step);
}

uint64_t random_bits(void)
{
    return mix(state += 0x9e3779b97f4a7c15u);
}

/* The bias of a remainder is of no account here. */
int64_t random_below(int64_t bound)
{
    return (int64_t)(random_bits() % (uint64_t)bound);
}

int64_t random_between(int64_t first, int64_t last)
{
    return first + random_below(last - first + 1);
}

int one_in(int64_t bound)
{
    return random_below(bound) == 0;
}

int spoil(void)
{
    return one_in(24);
}

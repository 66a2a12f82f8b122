/* What this processor can do at most: the roof under which kernels are judged.
 *
 *   roof clock            GHz, from a chain of dependent additions
 *   roof flops SIMD       GFLOP/s of fused multiply-adds in registers (scalar, avx2, ...)
 *   roof rows N BYTES     GB/s of reading and writing N rows of BYTES bytes at random
 *   roof trip             ns from one core to another and back
 *
 * Each prints one number, the best of some tries; of `trip` the median. No number and
 * exit status 1: not possible here.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 5, TRIPS = 20000 };

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double gigahertz(void)
{
    double best = 0;
    for (int try = 0; try < TRIES; try++) {
        const double start = seconds(CLOCK_THREAD_CPUTIME_ID);
        uint64_t x = 1;
        for (int i = 0; i < 20000000; i++) {
            x += 1;
            __asm__ volatile("" : "+r"(x)); /* else one addition would do */
        }
        const double rate = 20e6 / (seconds(CLOCK_THREAD_CPUTIME_ID) - start) / 1e9;
        best = rate > best ? rate : best;
    }
    return best;
}

/* 12 independent chains, in registers, hide the latency of the fused multiply-add. */
#define EACH_CHAIN(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11)
#define DECLARE(k) sum##k = b,
#define ADVANCE(k)                                                                    \
    sum##k = sum##k * a + b;                                                          \
    __asm__ volatile("" : "+" VECTOR_REGISTER(sum##k));
#define DEFINE_FLOPS(name, target, bytes)                                             \
    typedef float name##_vector __attribute__((vector_size(bytes)));                  \
    target static double name(void)                                                   \
    {                                                                                 \
        double best = 0;                                                              \
        for (int try = 0; try < TRIES; try++) {                                       \
            name##_vector a = {0}, b = {0};                                           \
            for (int lane = 0; lane < (bytes) / 4; lane++) a[lane] = 0.999f, b[lane] = 0.5f; \
            name##_vector EACH_CHAIN(DECLARE) unused = b;                             \
            __asm__ volatile("" : "+" VECTOR_REGISTER(unused));                       \
            const int rounds = 2000000;                                               \
            const double start = seconds(CLOCK_THREAD_CPUTIME_ID);                    \
            for (int i = 0; i < rounds; i++) { EACH_CHAIN(ADVANCE) }                  \
            const double time = seconds(CLOCK_THREAD_CPUTIME_ID) - start;             \
            const double rate = 2.0 * rounds * 12 * ((bytes) / 4) / time / 1e9;       \
            best = rate > best ? rate : best;                                         \
        }                                                                             \
        return best;                                                                  \
    }

#if defined __x86_64__
#define VECTOR_REGISTER "v"
/* What the baseline of the architecture has: no fused multiply-add. */
DEFINE_FLOPS(baseline, , 16)
#undef VECTOR_REGISTER
#define VECTOR_REGISTER "x"
DEFINE_FLOPS(avx2, __attribute__((target("avx2,fma"))), 32)
#undef VECTOR_REGISTER
#define VECTOR_REGISTER "v"
DEFINE_FLOPS(avx512, __attribute__((target("avx512f"))), 64)
#elif defined __aarch64__
#define VECTOR_REGISTER "w"
DEFINE_FLOPS(baseline, , 16)
#endif

static double flops(const char *simd)
{
#if defined __x86_64__
    if (!strcmp(simd, "scalar")) return baseline();
    if (!strcmp(simd, "avx2") && __builtin_cpu_supports("fma")) return avx2();
    if (!strcmp(simd, "avx512") && __builtin_cpu_supports("avx512f")) return avx512();
#elif defined __aarch64__
    return baseline();
#endif
    (void)simd;
    return 0;
}

static double rows(size_t n, size_t bytes)
{
    const size_t length = bytes / sizeof(float);
    float *table = malloc(n * length * sizeof *table);
    if (!table || !n || !length) return 0;
    memset(table, 0, n * length * sizeof *table);
    double best = 0;
    const int updates = 400000, ahead = 8;
    for (int try = 0; try < TRIES; try++) {
        uint64_t state = 88172645463325252u, ring[8] = {0};
        const double start = seconds(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < updates; i++) {
            float *row = table + ring[i % ahead] * length;
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            ring[i % ahead] = (state >> 16) % n;
            const char *next = (const char *)(table + ring[i % ahead] * length);
            for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch(next + at, 1);
            for (size_t k = 0; k < length; k++) row[k] += 1.0f;
        }
        const double time = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
        const double rate = 2.0 * updates * (double)bytes / time / 1e9;
        best = rate > best ? rate : best;
    }
    free(table);
    return best;
}

static _Atomic int ball;

static void *answer(void *core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(*(size_t *)core, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    for (int i = 0; i < TRIPS; i++) {
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 1) {}
        atomic_store_explicit(&ball, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double trip(void)
{
    cpu_set_t all, mine;
    size_t cores[2];
    int found = 0;
    if (sched_getaffinity(0, sizeof all, &all)) return 0;
    for (size_t core = 0; core < CPU_SETSIZE && found < 2; core++)
        if (CPU_ISSET(core, &all)) cores[found++] = core;
    if (found < 2) return 0;
    CPU_ZERO(&mine);
    CPU_SET(cores[0], &mine);
    sched_setaffinity(0, sizeof mine, &mine);
    double times[TRIES];
    for (int try = 0; try < TRIES; try++) {
        pthread_t other;
        atomic_store(&ball, 0);
        if (pthread_create(&other, NULL, answer, &cores[1])) return 0;
        double start = 0;
        for (int i = 0; i < TRIPS; i++) {
            if (i == TRIPS / 10) start = seconds(CLOCK_MONOTONIC); /* both run by then */
            atomic_store_explicit(&ball, 2 * i + 1, memory_order_release);
            while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 2) {}
        }
        times[try] = (seconds(CLOCK_MONOTONIC) - start) / (TRIPS - TRIPS / 10) * 1e9;
        pthread_join(other, NULL);
    }
    qsort(times, TRIES, sizeof *times, ascending);
    return times[TRIES / 2];
}

int main(int argc, char **argv)
{
    double value = 0;
    if (argc == 2 && !strcmp(argv[1], "clock")) value = gigahertz();
    if (argc == 2 && !strcmp(argv[1], "trip")) value = trip();
    if (argc == 3 && !strcmp(argv[1], "flops")) value = flops(argv[2]);
    if (argc == 4 && !strcmp(argv[1], "rows"))
        value = rows(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
    if (value <= 0) return 1;
    printf("%.4f\n", value);
    return 0;
}

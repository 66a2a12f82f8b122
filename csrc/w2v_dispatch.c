/* Which kernels this build holds and this processor can run. */
#include "w2v_plan.h"

w2v_train_fn w2v_train_scalar, w2v_train_avx2, w2v_train_avx512, w2v_train_neon;

static const char *const NAMES[W2V_N_SIMD] = {"scalar", "avx2", "avx512", "neon"};

w2v_train_fn *w2v_kernels(w2v_simd simd)
{
    switch (simd) {
    case W2V_SCALAR:
        return w2v_train_scalar;
#if defined(__x86_64__) && defined(__GNUC__)
    case W2V_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? w2v_train_avx2
                                                                               : NULL;
    case W2V_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma")
                   ? w2v_train_avx512
                   : NULL;
#endif
#if defined(__aarch64__) && defined(__GNUC__)
    case W2V_NEON:
        return w2v_train_neon;
#endif
    default:
        return NULL;
    }
}

const char *w2v_simd_name(w2v_simd simd) { return NAMES[simd]; }

w2v_simd w2v_best_simd(void)
{
    static const w2v_simd preference[] = {W2V_AVX512, W2V_AVX2, W2V_NEON};
    for (size_t i = 0; i < sizeof preference / sizeof *preference; i++) {
        if (w2v_kernels(preference[i]) != NULL) return preference[i];
    }
    return W2V_SCALAR;
}

size_t w2v_scratch_bytes(const w2v_model *shared, int64_t n_tokens, int64_t n_sentences)
{
    w2v_model model = *shared;
    plan p;
    strand strands[2];
    ahead_list ahead;
    return lay_out(NULL, &model, n_tokens, n_sentences, &p, strands, &ahead);
}

/* The training loops for AVX-512F; empty on other processors and compilers. */
#if defined(__x86_64__) && defined(__GNUC__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx2,fma")
#endif

#define W2V_ISA_AVX512
#define W2V_KERNELS w2v_train_avx512
#include "w2v_train.inc.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif

#else
typedef int w2v_avx512_is_not_built; /* ISO C forbids an empty file */
#endif

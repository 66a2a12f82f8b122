/* The training loops for AVX2 with FMA; empty on other processors and compilers. */
#if defined(__x86_64__) && defined(__GNUC__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#define W2V_ISA_AVX2
#define W2V_KERNELS w2v_train_avx2
#include "w2v_train.inc.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif

#else
typedef int w2v_avx2_is_not_built; /* ISO C forbids an empty file */
#endif

/* The training loops for NEON, which every 64-bit Arm processor has. */
#if defined(__aarch64__) && defined(__GNUC__)

#define W2V_ISA_NEON
#define W2V_KERNELS w2v_train_neon
#include "w2v_train.inc.h"

#else
typedef int w2v_neon_is_not_built; /* ISO C forbids an empty file */
#endif

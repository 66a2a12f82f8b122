/* The portable baseline of the training loops: any processor, any C11 compiler. */
#define W2V_KERNELS w2v_train_scalar
#include "w2v_train.inc.h"

/* What this compiler makes of this processor, for `compiler.py`: the vectors that all the C files use. */
#include "cpu_rows.h"

int vector_bytes(void) { return VECTOR_BYTES; }
int fused(void) { return FUSED; }

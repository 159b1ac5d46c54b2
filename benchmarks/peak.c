/* How many fused multiply-adds does a core finish? Chains that do not depend on each other, in registers:
 * enough of them that the next one is ready whenever a unit is free. */
#if defined(__AVX512F__)
enum { BYTES = 64, CHAINS = 16 };
#elif defined(__AVX__)
enum { BYTES = 32, CHAINS = 12 };
#else
enum { BYTES = 16, CHAINS = 16 };
#endif
typedef float Lanes __attribute__((vector_size(BYTES)));

/* Multiply-adds of single numbers in one turn. */
long width(void) { return CHAINS * BYTES / (long)sizeof(float); }

float spin(long turns, float factor, float summand)
{
    Lanes x[CHAINS], a = {0}, b = {0};
    a += factor, b += summand;
    for (int i = 0; i < CHAINS; i++) x[i] = b + (float)i;
    for (long turn = 0; turn < turns; turn++)
        for (int i = 0; i < CHAINS; i++) x[i] = x[i] * a + b;
    float sum = 0;
    for (int i = 0; i < CHAINS; i++) sum += x[i][0];
    return sum;
}

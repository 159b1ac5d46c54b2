/* The yardstick of `cpu_step.py`: Gray-Scott written down as one would, two buffers, row by row.
 * gcc -O3 -march=native -ffast-math vectorises the inner loop and fuses what it can. */
#include <stdlib.h>
#include <string.h>

static void step(const float *restrict u, const float *restrict v, float *restrict u_next,
                 float *restrict v_next, int height, int width, float Du, float Dv, float F, float k)
{
    for (int i = 0; i < height; i++) {
        const float *ui = u + i * width, *u_up = u + (i + height - 1) % height * width;
        const float *vi = v + i * width, *v_up = v + (i + height - 1) % height * width;
        const float *u_down = u + (i + 1) % height * width, *v_down = v + (i + 1) % height * width;
        float *u_out = u_next + i * width, *v_out = v_next + i * width;
#define CELL(left, j, right)                                                                    \
    {                                                                                           \
        float lap_u = u_up[j] + u_down[j] + ui[left] + ui[right] - 4 * ui[j];                   \
        float lap_v = v_up[j] + v_down[j] + vi[left] + vi[right] - 4 * vi[j];                   \
        float uvv = ui[j] * vi[j] * vi[j];                                                      \
        u_out[j] = ui[j] + Du * lap_u - uvv + F * (1 - ui[j]);                                  \
        v_out[j] = vi[j] + Dv * lap_v + uvv - (F + k) * vi[j];                                  \
    }
        CELL(width - 1, 0, 1)
        for (int j = 1; j < width - 1; j++) CELL(j - 1, j, j + 1)
        CELL(width - 2, width - 1, 0)
    }
}

/* An even number of steps, in place. */
void run(float *u, float *v, int height, int width, int steps, float Du, float Dv, float F, float k)
{
    size_t bytes = sizeof(float) * (size_t)(height * width);
    float *u_other = malloc(bytes), *v_other = malloc(bytes);
    for (int n = 0; n < steps; n += 2) {
        step(u, v, u_other, v_other, height, width, Du, Dv, F, k);
        step(u_other, v_other, u, v, height, width, Du, Dv, F, k);
    }
    free(u_other);
    free(v_other);
}

// The paper's initial state (Appendix A), drawn from the same random numbers as lib/initial_states.py: torch's
// generator is a Mersenne Twister whose uniform numbers become normal ones in blocks of sixteen.

/** u = 1 + noise·N(0, 1), v = noise·N(0, 1), the central square set to (0.5, 0.25), then clamped. */
export function initialState(n, seed, { patch = 20, patchU = 0.5, patchV = 0.25, noise = 0.02 } = {}) {
  const draws = normals(2 * n * n, seed);
  const u = Float32Array.from(draws.subarray(0, n * n), (x) => 1 + Math.fround(noise * x));
  const v = draws.subarray(n * n).map((x) => noise * x);
  const corner = Math.floor((n - patch) / 2);
  for (let row = corner; row < corner + patch; row++) {
    u.fill(patchU, row * n + corner, row * n + corner + patch);
    v.fill(patchV, row * n + corner, row * n + corner + patch);
  }
  return { u: u.map((x) => Math.min(Math.max(x, 0), 1.5)), v: v.map((x) => Math.min(Math.max(x, 0), 1)) };
}

/** `count` standard normal numbers, a multiple of 16, as torch.randn draws them after manual_seed(seed). */
export function normals(count, seed) {
  if (count % 16 !== 0) throw new Error(`${count} normal numbers were asked for: they come in sixteens.`);
  const twister = new Twister(seed);
  // 24 bits, as many as a float32 holds.
  const x = Float32Array.from({ length: count }, () => (twister.next() & 0xffffff) / 0x1000000);
  for (let block = 0; block < count; block += 16) {
    for (let i = block; i < block + 8; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - x[i]));
      const angle = 2 * Math.PI * x[i + 8];
      x[i] = radius * Math.cos(angle);
      x[i + 8] = radius * Math.sin(angle);
    }
  }
  return x;
}

const [LENGTH, SHIFT] = [624, 397];

/** MT19937 (Matsumoto and Nishimura, 1998), seeded with one 32-bit number. */
export class Twister {
  constructor(seed) {
    this.state = new Uint32Array(LENGTH);
    this.state[0] = seed >>> 0;
    for (let i = 1; i < LENGTH; i++) {
      const before = this.state[i - 1] ^ (this.state[i - 1] >>> 30);
      this.state[i] = Math.imul(1812433253, before) + i;
    }
    this.place = LENGTH;
  }

  /** The next whole number from 0 to 2³² − 1. */
  next() {
    if (this.place === LENGTH) this.twist();
    let y = this.state[this.place++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  twist() {
    const s = this.state;
    for (let i = 0; i < LENGTH; i++) {
      const y = (s[i] & 0x80000000) | (s[(i + 1) % LENGTH] & 0x7fffffff);
      s[i] = s[(i + SHIFT) % LENGTH] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.place = 0;
  }
}

import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded random stream (xoroshiro128+, from pure-rand) whose state can be saved and restored.
 * It is handed in wherever chance is needed; nothing else in eqpot draws random numbers.
 */
export class RandomStream {
  private constructor(private readonly generator: ReturnType<typeof xoroshiro128plus>) {}

  /** `seed` is any integer; `stream` gives independent streams of one seed */
  static fromSeed(seed: number, stream = 0): RandomStream {
    // splitmix-style mixing keeps neighbouring (seed, stream) pairs apart
    let x = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35)) | 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    const random = new RandomStream(xoroshiro128plus(x));
    for (let k = 0; k < 8; k++) random.generator.next();
    return random;
  }

  /** restores a stream from `state()` */
  static fromState(state: readonly number[]): RandomStream {
    return new RandomStream(xoroshiro128plusFromState(state));
  }

  /** the state, to be put into a checkpoint */
  state(): readonly number[] {
    return this.generator.getState();
  }

  /** uniform in [0, 1), 53 bits */
  uniform(): number {
    const high = this.generator.next() >>> 6;
    const low = this.generator.next() >>> 5;
    return (high * 134217728 + low) / 9007199254740992;
  }

  /** uniform in [low, high) */
  range(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** integer in [0, n) */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** standard normal (Box-Muller, one value a call, so that the state is all there is) */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }
}

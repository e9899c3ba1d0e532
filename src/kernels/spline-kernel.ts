import type { Structure } from '../structures/structure.js';
import { KernelInstance } from './instance.js';
import { placeFrame, type SplineFrame } from './spline-frames.js';
import { COEFFICIENTS, type SplineLayout } from './spline-layout.js';

/** Candidates that share a vector register. */
export const LANES = 2;
/** Pairs of candidates that are evaluated on a frame before the next frame. */
const BLOCKS = 32;

/** What a batch gives for one frame. Views into the kernel's memory, valid until the next call. */
export interface SplineBatchResult {
  /** eV, shape (blocks, 2) */
  energies: Float64Array;
  /** eV/Å, shape (blocks, atoms, 3, 2) */
  forces: Float64Array;
  /** sum of dE/dr r, eV, shape (blocks, 6, 2) in the order xx yy zz yz xz xy; stress = virial / volume */
  virials: Float64Array;
  /** lowest and highest density, shape (blocks, 2, 2) */
  densities: Float64Array;
}

/** The compiled spline kernels over some structures. */
export class SplineKernel {
  readonly frames: readonly SplineFrame[];
  protected readonly kernel = new KernelInstance();
  /** description of the embedding functions */
  protected readonly meta: number;
  protected readonly at: Record<'table' | 'scratch' | 'energies' | 'forces' | 'virials' | 'densities', number>;

  /**
   * @param reach Å; f vanishes from here on. The cutoff of the layout where it may not
   * @throws InputError for an element that the layout does not have
   */
  constructor(
    readonly layout: SplineLayout,
    structures: readonly Structure[],
    reach = layout.cutoff,
  ) {
    const k = this.kernel;
    const { u } = layout.placed;
    this.meta = k.doubles(
      5 * u.length,
      u.flatMap(({ first, last, spacing, count, piece }) => [first, last, 1 / spacing, count, piece]),
    );
    this.frames = structures.map((structure) => placeFrame(k, layout, structure, reach));
    const most = (of: (frame: SplineFrame) => number) => this.frames.reduce((largest, frame) => Math.max(largest, of(frame)), 0);
    this.at = {
      table: k.doubles(BLOCKS * LANES * COEFFICIENTS * layout.pieces),
      scratch: k.doubles(2 * most(({ atoms, pairs, mostBonds }) => 2 * atoms + 3 * pairs + 9 * mostBonds) + 2 * u.length),
      energies: k.doubles(BLOCKS * LANES),
      forces: k.doubles(BLOCKS * LANES * 3 * most(({ atoms }) => atoms)),
      virials: k.doubles(BLOCKS * LANES * 6),
      densities: k.doubles(BLOCKS * LANES * 2),
    };
  }

  /** Largest number of candidates that `batch` takes. */
  get capacity(): number {
    return BLOCKS * LANES;
  }

  /**
   * Energies, forces and densities of up to `capacity` candidates on each frame in turn.
   * @param nodal values and scaled slopes of the candidates, each of shape (layout.size)
   * @param visit called for each frame; a missing second candidate of the last block is a copy of the first
   */
  batch(nodal: readonly ArrayLike<number>[], virials: boolean, visit: (frame: number, result: SplineBatchResult) => void): void {
    const { kernel: k, layout, at } = this;
    const blocks = Math.ceil(nodal.length / LANES);
    const stride = LANES * COEFFICIENTS * layout.pieces;
    const table = k.f64(at.table, blocks * stride);
    for (let c = 0; c < blocks * LANES; c++)
      layout.coefficients(nodal[Math.min(c, nodal.length - 1)]!, table, Math.floor(c / LANES) * stride + (c % LANES), LANES);
    this.frames.forEach((frame, f) => {
      k.functions.splineBatch(
        frame.at,
        this.meta,
        this.layout.placed.u.length,
        at.table,
        8 * stride,
        blocks,
        at.scratch,
        at.energies,
        at.forces,
        virials ? at.virials : 0,
        at.densities,
      );
      visit(f, {
        energies: k.f64(at.energies, blocks * LANES),
        forces: k.f64(at.forces, blocks * LANES * 3 * frame.atoms),
        virials: k.f64(at.virials, virials ? blocks * LANES * 6 : 0),
        densities: k.f64(at.densities, blocks * LANES * 2),
      });
    });
  }
}

import { architecturesOf } from '../src/config/architectures.js';
import { readFrames } from '../src/datasets/read.js';
import { NodalEvaluator } from '../src/fitting/equation-network.js';
import { ForceTable } from '../src/fitting/force-table.js';
import { buildMoments, collectNeighbours } from '../src/fitting/moments.js';
import { type FitProblem, openCandidates, openObjective } from '../src/fitting/problem.js';
import { MAX_DEGREE, MomentKernel } from '../src/kernels/moment-kernel.js';
import { builtinModel } from '../src/potentials/builtin.js';
import { TAPERS } from '../src/potentials/cutoffs/index.js';
import { EquationPotential } from '../src/potentials/equation-potential.js';
import { evaluateEam } from '../src/potentials/evaluate-eam.js';
import type { Frame } from '../src/structures/structure.js';
import { networkSettings } from '../src/workflows/prepare.js';
import { allowedCandidates, copperSettings, sharedData } from './data.js';
import { measure, printTable, show } from './measure.js';
import type { Section } from './section.js';

const CUTOFF = 5.5;
const NODES = 32;
/** Coefficients of sqrt(rho)^m of the published SR2. */
const SR2_EMBEDDING = Float64Array.of(-1.5788, 0.0175, 0, -0.0009, 0, 0, 0, 0);

/** SR2, tapered at `cutoff`, on a set of frames: what a fit does for one candidate, without evaluating its equations. */
export class FixedPotential {
  readonly atoms: number;
  readonly rows: number;
  readonly pairs: number;
  readonly energies: Float64Array;
  private readonly kernel: MomentKernel;
  private readonly moments;
  private readonly table: ForceTable;
  private readonly nodal: { pair: Float64Array; density: Float64Array };
  private readonly grid: { pair: Float64Array; density: Float64Array };
  private readonly rowSlopes: Float64Array;
  private readonly atomSlopes: Float64Array;
  readonly potential: EquationPotential;

  constructor(frames: readonly Frame[], cutoff: number, nodes = NODES) {
    const taperWidth = TAPERS.quintic.defaultWidth(cutoff);
    this.potential = new EquationPotential({ ...builtinModel('sr2', { cutoff }), cutoffStyle: 'quintic', taperWidth });
    const neighbours = collectNeighbours(frames, cutoff);
    this.moments = buildMoments(neighbours, nodes);
    this.kernel = new MomentKernel(this.moments);
    this.table = new ForceTable(frames, cutoff);
    this.atoms = this.table.nAtoms;
    this.pairs = this.table.nPairs;
    this.rows = this.moments.weights.length;
    this.energies = new Float64Array(frames.length);
    this.nodal = this.radial(this.moments.map.nodes);
    this.grid = this.radial(this.table.grid);
    this.rowSlopes = new Float64Array(this.rows);
    this.atomSlopes = new Float64Array(this.atoms);
  }

  private radial(distances: Float64Array): { pair: Float64Array; density: Float64Array } {
    const scratch = new Float64Array(1);
    return {
      pair: distances.map((r) => this.potential.pair().evaluate(r, scratch)),
      density: distances.map((r) => this.potential.density().evaluate(r, scratch)),
    };
  }

  /** Energies per atom, eV, of all frames into `energies`; the densities of the rows. */
  energiesOnly(): Float64Array {
    const { moments } = this;
    const K = moments.map.count;
    const result = this.kernel.jacobian(this.nodal.density, 0, SR2_EMBEDDING, MAX_DEGREE);
    for (let s = 0; s < this.energies.length; s++) {
      let e = result.energies[s]!;
      for (let k = 0; k < K; k++) e += moments.pair[s * K + k]! * this.nodal.pair[k]!;
      this.energies[s] = e;
    }
    return result.densities;
  }

  /** Energies of all frames and forces on all atoms, eV/Å, shape (atoms, 3). */
  energiesAndForces(): Float64Array {
    const densities = this.energiesOnly();
    for (let i = 0; i < densities.length; i++) {
      const rho = densities[i]!;
      this.rowSlopes[i] = (0.5 * SR2_EMBEDDING[0]!) / Math.sqrt(rho) + SR2_EMBEDDING[1]! + 2 * SR2_EMBEDDING[3]! * rho;
    }
    const { rowOfAtom } = this.moments;
    for (let i = 0; i < this.atoms; i++) this.atomSlopes[i] = this.rowSlopes[rowOfAtom[i]!]!;
    return this.table.forces(this.grid.pair, this.grid.density, this.atomSlopes).forces;
  }

  /** Largest differences from sums over all neighbours with the exact functions, over every `stride`-th frame: eV/atom and eV/Å. */
  check(frames: readonly Frame[], stride: number): { energy: number; force: number } {
    const forces = this.energiesAndForces();
    let energy = 0;
    let force = 0;
    for (let s = 0; s < frames.length; s += stride) {
      const exact = evaluateEam(this.potential, frames[s]!);
      energy = Math.max(energy, Math.abs(exact.energy / frames[s]!.species.length - this.energies[s]!));
      const at = 3 * this.table.atomStart[s]!;
      for (let k = 0; k < exact.forces.length; k++) force = Math.max(force, Math.abs(exact.forces[k]! - forces[at + k]!));
    }
    return { energy, force };
  }
}

/** Frames of both sets, with zeros for the forces that cu-symbolic does not have. */
export function forceSets(): { name: string; frames: Frame[] }[] {
  const read = (name: string) => readFrames([sharedData(name)]).frames;
  const withZeros = (frame: Frame): Frame => ({ ...frame, forces: new Float64Array(3 * frame.species.length) });
  return [
    { name: 'snap-cu', frames: read('snap-cu.extxyz').filter((frame) => frame.forces) },
    { name: 'cu-symbolic', frames: read('cu-symbolic.extxyz').map(withZeros) },
  ];
}

export const forces: Section = {
  name: 'forces',
  what: 'energies and forces at 5.5 Å, fixed potential and whole loss with gradient',
  duration: '1 min',
  async run({ repeats = 11 }) {
    for (const { name, frames } of forceSets()) {
      const fixed = new FixedPotential(frames, CUTOFF);
      const { energy, force } = fixed.check(frames, 23);
      console.log(
        `${name}: ${frames.length} frames, ${fixed.atoms} atoms, ${fixed.rows} unique rows, ${fixed.pairs} pairs within ${CUTOFF} Å, ` +
          `K = ${NODES}, one thread, ${repeats} repeats\n` +
          `SR2 against sums with the exact functions: ${(energy * 1e3).toPrecision(2)} meV/atom, ${(force * 1e3).toPrecision(2)} meV/Å`,
      );
      const settings = copperSettings(CUTOFF);
      const neighbours = collectNeighbours(frames, CUTOFF);
      const problem: FitProblem = {
        network: networkSettings(architecturesOf(settings)[0]!.network, settings.search.bounds, frames),
        frames,
        ownWeights: new Float64Array(frames.length).fill(1),
        moments: buildMoments(neighbours, NODES),
        loss: {
          nearWindow: 0.15,
          nearWeight: 8,
          forces: 0.1,
          stress: 0,
          configTypes: {},
          negativePair: false,
          negativeDensity: true,
          penalty: 1e18,
          referenceEnergy: undefined,
        },
      };
      const { network, objective } = openObjective(problem);
      const candidates = openCandidates(problem);
      const p = new Float64Array(objective.size);
      p.set((await allowedCandidates(candidates, network, settings, 1))[0]!);
      const gradient = new Float64Array(objective.size);
      const hessian = new Float64Array(objective.size ** 2);
      const grid = new NodalEvaluator(
        network,
        Float64Array.from({ length: 900 }, (_, k) => 1.4 + 0.005 * k),
      );
      const perAtom = 1e3 / fixed.atoms;
      const perPair = 1e6 / fixed.pairs;
      const both = await measure(() => fixed.energiesAndForces(), repeats);
      const rows = [
        ['energies, fixed potential', await measure(() => fixed.energiesOnly(), repeats)],
        ['energies and forces, fixed potential', both],
        ['equations on a grid of 900 distances', await measure(() => grid.evaluate(p, false), repeats)],
        [`loss with forces, ${network.size + 1} parameters`, await measure(() => objective.loss(p), repeats)],
        ['loss and gradient', await measure(() => objective.gradient(p, gradient), repeats)],
        ['loss, gradient and Gauss-Newton matrix', await measure(() => objective.linearise(p, gradient, hessian), Math.min(3, repeats))],
      ] as const;
      printTable(
        ['work', 'ms', 'µs an atom'],
        rows.map(([what, timing]) => [what, show(timing), show(timing, perAtom)]),
      );
      console.log(`energies and forces: ${show(both, perPair)} ns a pair\n`);
    }
  },
};

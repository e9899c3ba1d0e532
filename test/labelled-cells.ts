import { RandomStream } from '../src/math/random.js';
import { builtinModel } from '../src/potentials/builtin.js';
import { EquationPotential } from '../src/potentials/equation-potential.js';
import { evaluateEam } from '../src/potentials/evaluate-eam.js';
import { cubic } from '../src/structures/lattices.js';
import type { Frame } from '../src/structures/structure.js';

/** Eighteen rattled fcc, bcc and sc cells with energies of the built-in Sutton-Chen copper, cut off at 5 Å, eV. */
export function labelledCells(): Frame[] {
  const potential = new EquationPotential(builtinModel('sutton-chen-cu', { cutoff: 5 }));
  const random = RandomStream.fromSeed(5);
  const frames: Frame[] = [];
  for (const [lattice, a0] of [
    ['fcc', 3.6],
    ['bcc', 2.87],
    ['sc', 2.4],
  ] as const)
    for (let k = 0; k < 6; k++) {
      const structure = cubic(lattice, 'Cu', a0 * (0.92 + 0.04 * k));
      structure.positions = structure.positions.map((x) => x + 0.1 * (random.uniform() - 0.5));
      frames.push({
        ...structure,
        energy: evaluateEam(potential, structure).energy,
        configType: lattice,
        source: `${lattice}-${k}`,
        origin: { file: 'cu.extxyz', index: k },
      });
    }
  return frames;
}

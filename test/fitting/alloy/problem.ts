import type { AlloySettings } from '../../../src/fitting/alloy/form.js';
import type { AlloyProblem } from '../../../src/fitting/alloy/objective.js';
import { frameUnit } from '../../../src/fitting/unit.js';
import { RandomStream } from '../../../src/math/random.js';
import { type AlloyModel, AlloyPotential } from '../../../src/potentials/alloy/model.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { cubic } from '../../../src/structures/lattices.js';
import { type Frame, repeat } from '../../../src/structures/structure.js';
import { shortestByPair } from '../../../src/workflows/prepare-alloy.js';
import { LOSS } from '../splines/problem.js';

/** What every atom's energy counts from, eV, by position among the elements. */
const REFERENCES = [-1, -2];

/** Crystals of both elements and ordered and random mixtures, strained and with displaced atoms, labelled by a model. */
export function alloyFrames(model: AlloyModel, count: number, seed: number): Frame[] {
  const random = RandomStream.fromSeed(seed);
  const potential = new AlloyPotential(model);
  return Array.from({ length: count }, (_, index): Frame => {
    const share = (index % 5) / 4;
    const lattice = index % 3 === 2 ? 'bcc' : 'fcc';
    const a = (lattice === 'fcc' ? 1 : 0.8) * (3.61 + share * 0.48) * (1 + 0.05 * random.normal());
    const fresh = repeat(cubic(lattice, 'Cu', a), [1, 1, 2]);
    const species = fresh.species.map((_, i) => model.elements[random.uniform() < share || (share === 0.5 && i % 2 === 0) ? 1 : 0]!);
    const shift = 0.04 * a;
    const structure = {
      ...fresh,
      species,
      cell: fresh.cell.map((x, k) => x * (1 + (k % 4 === 0 ? 0.02 * random.normal() : 0))),
      positions: fresh.positions.map((x) => x + shift * random.normal()),
    };
    const { energy, forces, stress } = evaluateEam(potential, structure);
    const reference = species.reduce((sum, symbol) => sum + REFERENCES[model.elements.indexOf(symbol)]!, 0);
    return {
      ...structure,
      energy: energy + reference,
      forces,
      stress: stress!,
      configType: 'made',
      source: '',
      origin: { file: 'made', index },
    };
  });
}

/** A problem over such frames. */
export function alloyProblem(form: AlloySettings, frames: readonly Frame[]): AlloyProblem {
  const size = form.elements.length * 100;
  return {
    form,
    frames,
    units: frames.map(frameUnit),
    ownWeights: new Float64Array(frames.length).fill(1),
    loss: LOSS,
    references: undefined,
    prior: new Float64Array(size),
    stiffness: 1e-9,
    shortestOf: shortestByPair(form.elements, frames, form.cutoff),
  };
}

/** Networks that hold the Sutton-Chen alloy. */
export function alloySettings(structure: 'shared' | 'own'): AlloySettings {
  return {
    elements: ['Cu', 'Ag'],
    pair: ['exp(-r)', 'r^-6', 'r^-9', 'r^-10.5', 'r^-12'],
    density: ['exp(-r)', 'r^-6', 'r^-8'],
    embedding: ['rho^0.5', 'rho', 'rho^2'],
    structure,
    cutoff: 5.5,
    cutoffStyle: 'quintic',
    taperWidth: 2,
    lengthUnits: [2.55, 2.89],
    densityFloor: 0.01,
  };
}

import { frameUnit } from '../../../src/fitting/unit.js';
import type { Zjw04Problem } from '../../../src/fitting/zjw04/objective.js';
import { RandomStream } from '../../../src/math/random.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { Zjw04Form, type Zjw04Settings } from '../../../src/potentials/zjw04/form.js';
import { type Zjw04Model, zjw04Potential } from '../../../src/potentials/zjw04/model.js';
import { cubic } from '../../../src/structures/lattices.js';
import { type Frame, repeat } from '../../../src/structures/structure.js';
import { alloyParameters } from '../../potentials/zjw04/parameters.js';
import { LOSS } from '../splines/problem.js';

/** A model without a core. */
export function modelOf(settings: Zjw04Settings, parameters: Float64Array, references: Record<string, number> = {}): Zjw04Model {
  return { ...settings, title: 'made', parameters, core: { kind: 'none' }, referenceEnergies: references, citation: '' };
}

/** Crystals of both elements with displaced atoms and strained cells, labelled by a potential of the form. */
export function madeFrames(settings: Zjw04Settings, count: number, seed: number): Frame[] {
  const random = RandomStream.fromSeed(seed);
  const potential = zjw04Potential(modelOf(settings, alloyParameters(new Zjw04Form(settings))));
  return Array.from({ length: count }, (_, index): Frame => {
    const fresh = repeat(cubic(index % 2 === 0 ? 'fcc' : 'bcc', 'Ni', index % 2 === 0 ? 3.6 : 2.95), [1, 1, 2]);
    const species = fresh.species.map((symbol, i) =>
      settings.elements.length > 1 && (i + index) % 3 === 0 ? settings.elements[1]! : symbol,
    );
    const scale = 1 + 0.04 * random.normal();
    const structure = {
      ...fresh,
      species: species.map((symbol) => (symbol === 'Ni' ? settings.elements[0]! : symbol)),
      cell: fresh.cell.map((x) => x * scale),
      positions: fresh.positions.map((x) => x * scale + 0.1 * random.normal()),
    };
    const { energy, forces, stress } = evaluateEam(potential, structure);
    const reference = structure.species.reduce((sum, symbol) => sum + (symbol === settings.elements[0] ? -1 : -2), 0);
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

/** A problem over such frames, whose labels are off by a few percent. */
export function problemOf(form: Zjw04Settings, count: number, seed: number): Zjw04Problem {
  const random = RandomStream.fromSeed(seed, 1);
  const frames = madeFrames(form, count, seed).map((frame) => ({
    ...frame,
    energy: frame.energy! + 0.3 * random.normal(),
    forces: frame.forces!.map((f) => f + 0.2 * random.normal()),
    stress: frame.stress!.map((x) => x + 0.01 * random.normal()),
  }));
  return {
    form,
    frames,
    units: frames.map(frameUnit),
    ownWeights: new Float64Array(frames.length).fill(1),
    loss: LOSS,
    references: undefined,
    prior: alloyParameters(new Zjw04Form(form)),
    stiffness: 1e-4,
  };
}

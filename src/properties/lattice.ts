import type { Property, ValueInfo } from './property.js';

const A: ValueInfo = { name: 'lattice_constant', unit: 'Å', description: 'length of the first lattice vector at zero stress' };
const B: ValueInfo = { name: 'lattice_b', unit: 'Å', description: 'length of the second lattice vector' };
const C: ValueInfo = { name: 'lattice_c', unit: 'Å', description: 'length of the third lattice vector' };
const VOLUME: ValueInfo = { name: 'atomic_volume', unit: 'Å³', description: 'volume of an atom' };
const COHESIVE: ValueInfo = {
  name: 'cohesive_energy',
  unit: 'eV/atom',
  description: 'energy less that of free atoms of the same potential',
};

/** Lattice parameters at zero stress, volume and energy. */
export const lattice: Property = {
  id: 'lattice',
  title: 'Lattice constants and cohesive energy',
  cost: 'less than a second',
  templates: ['in.eos', 'in.lattice', 'in.atoms'],
  values: ({ kind }) =>
    kind === 'hcp' ? [A, C, VOLUME, COHESIVE] : kind === 'other' ? [A, B, C, VOLUME, COHESIVE] : [A, VOLUME, COHESIVE],
  knows: (name) => name === B.name || name === C.name,
  async run(context) {
    const crystal = await context.lattice();
    const { cell } = crystal.structure;
    const found: Record<string, number> = {
      [A.name]: crystal.a,
      [B.name]: Math.hypot(cell[3]!, cell[4]!, cell[5]!),
      [C.name]: crystal.c,
      [VOLUME.name]: crystal.volume,
      [COHESIVE.name]: crystal.cohesive,
    };
    const detail = { residual_stress_gpa: crystal.stress, residual_force_ev_per_angstrom: crystal.force };
    const values = this.values(context.system, context.settings).map(({ name, unit }) => ({
      name,
      unit,
      value: found[name]!,
      ...(name === COHESIVE.name ? { detail: { energy_ev_per_atom: crystal.energy } } : { detail }),
    }));
    return { values };
  },
};

import type { Curve, Unit } from '../../../src/properties/property.js';
import type { Validation, Verdict } from '../../../src/report/validation/validation.js';

/** A verdict as `judge` makes it. */
export function verdict(value: number | null, unit: Unit, reference: number | null, tolerance: number | null): Verdict {
  const deviation = value === null || reference === null ? null : value - reference;
  const status =
    value === null
      ? 'error'
      : deviation === null || tolerance === null
        ? 'no-reference'
        : Math.abs(deviation) <= tolerance
          ? 'pass'
          : 'fail';
  return { value, unit, reference, deviation, tolerance, status, detail: {} };
}

const SURFACES = ['111', '100', '110', '210', '211', '221'] as const;

/** A validation of two potentials, made up. */
export function sampleValidation(): Validation {
  const names = ['sr1', 'sr2'];
  const surface = (k: number, m: number) => verdict(1300 + 40 * k + 25 * m, 'mJ/m²', k < 5 ? 1310 + 40 * k : null, k < 4 ? 20 : null);
  const curve = (m: number): Curve => {
    const x = Array.from({ length: 21 }, (_, k) => 10 + 0.2 * k);
    return {
      id: 'energy_volume',
      title: 'Energy against volume',
      x: { label: 'volume', unit: 'Å³/atom', values: x },
      y: { label: 'energy above the minimum', unit: 'eV/atom', values: x.map((v) => 0.02 * (v - 12 - 0.1 * m) ** 2) },
    };
  };
  const potentials = Object.fromEntries(
    names.map((name, m) => [
      name,
      {
        lattice_constant: { ...verdict(3.62 + 0.01 * m, 'Å', 3.615, 0.01), detail: { residual_stress_gpa: 1e-12, converged: true } },
        bulk_modulus: verdict(140 + m, 'GPa', null, null),
        ...Object.fromEntries(SURFACES.map((hkl, k) => [`surface_${hkl}`, surface(k, m)])),
        melting_point:
          m === 0
            ? { ...verdict(null, 'K', 1358, 50), detail: { message: 'in.melt: it froze & stayed', log: 'Step 1\nERROR: <lost> atoms' } }
            : verdict(1300, 'K', 1358, 50),
        c13: { ...verdict(null, 'GPa', 3, null), status: 'skipped' as const, detail: { message: 'fcc Cu has no such value' } },
      },
    ]),
  );
  const all = Object.values(potentials).flatMap((verdicts) => Object.values(verdicts).map(({ status }) => status));
  const count = (status: string) => all.filter((one) => one === status).length;
  return {
    format: 1,
    eqpot: '0.1.0',
    command: 'eqpot validate sr1 sr2 --reference "a b.yaml"',
    date: '2025-11-20T14:03:00.000Z',
    lammps: { kind: 'native', version: '29 Sep 2021' },
    software: { 'Node.js': '20.19.0', processor: 'a processor' },
    system: { label: 'fcc Cu', kind: 'fcc', elements: ['Cu'] },
    titles: { sr1: 'SR1 copper', sr2: 'SR2 copper' },
    sources: Object.fromEntries(
      names.map((name) => [
        name,
        {
          elements: ['Cu'],
          pair: ['pair_style eam/fs', `pair_coeff * * ${name}.eam.fs Cu`],
          sha256: 'c'.repeat(64),
          files: [{ name: `${name}.eam.fs`, bytes: 123456, sha256: 'd'.repeat(64) }],
        },
      ]),
    ),
    settings: { seed: 1, properties: ['lattice', 'surfaces'], lammps: 'native' },
    properties: [
      {
        id: 'lattice',
        title: 'Lattice constants',
        values: ['lattice_constant', 'c13'],
        descriptions: { lattice_constant: 'length of the first vector' },
      },
      { id: 'equation_of_state', title: 'Equation of state', values: ['bulk_modulus'], descriptions: {} },
      { id: 'surfaces', title: 'Surface energies', values: SURFACES.map((hkl) => `surface_${hkl}`), descriptions: {} },
      { id: 'melting', title: 'Melting point', values: ['melting_point'], descriptions: {} },
    ],
    potentials,
    curves: Object.fromEntries(names.map((name, m) => [name, { equation_of_state: [curve(m)] }])),
    data: { sr1: {}, sr2: {} },
    reference: {
      title: 'made up',
      file: 'a b.yaml',
      sha256: 'e'.repeat(64),
      values: {
        lattice_constant: {
          value: 3.615,
          unit: 'Å',
          tolerance: 0.01,
          source: 'a book',
          others: [{ value: 3.63, source: 'DFT' }],
          note: 'at 300 K',
        },
        ...Object.fromEntries(
          SURFACES.slice(0, 5).map((hkl, k) => [
            `surface_${hkl}`,
            { value: 1310 + 40 * k, unit: 'mJ/m²' as const, ...(k < 4 ? { tolerance: 20 } : {}), source: 'slabs', others: [] },
          ]),
        ),
        melting_point: { value: 1358, unit: 'K', tolerance: 50, source: 'a furnace', others: [] },
      },
      curves: {
        equation_of_state: [
          {
            label: 'DFT',
            source: 'somebody',
            points: [
              [11, 0.02],
              [12, 0, 0.001],
            ],
          },
        ],
      },
    },
    counts: {
      pass: count('pass'),
      fail: count('fail'),
      error: count('error'),
      skipped: count('skipped'),
      'no-reference': count('no-reference'),
    },
    seconds: { sr1: { lattice: 0.5, melting: 300.123 }, sr2: { lattice: 0.6 } },
  };
}

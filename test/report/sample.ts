import { mapConstants } from '../../src/expressions/expression.js';
import { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { type EquationModel, EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { describeEquation } from '../../src/report/equation.js';
import { differences } from '../../src/report/numbers.js';
import type { ReportCurve, ReportData, ReportEnergyPoint, ReportWindow } from '../../src/report/report-data.js';
import { cubic } from '../../src/structures/lattices.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import type { Structure } from '../../src/structures/structure.js';

/** eV/atom, the DFT scale of the sample */
const REFERENCE_ENERGY = -0.245;
const EDGES = [0, 0.15, 0.5, 2, Infinity];

let cached: ReportData | undefined;

/**
 * A full set of report data: "reference" values are those of the published SR2 equation with noise, "this fit" is SR2 with
 * slightly wrong constants, a smooth cutoff and a core, and SR1 and Sutton-Chen stand for comparison models.
 */
export function sampleReport(): ReportData {
  cached ??= make();
  return structuredClone(cached);
}

/** The fitted model of the sample. */
export function sampleModel(): EquationModel {
  const sr2 = builtinModel('sr2', { cutoff: 6 });
  const random = RandomStream.fromSeed(3);
  const nudge = (value: number): number => value * (1 + 0.002 * random.normal());
  return {
    ...sr2,
    title: 'copper',
    pair: mapConstants(sr2.pair, nudge),
    density: mapConstants(sr2.density, nudge),
    embedding: mapConstants(sr2.embedding, nudge),
    cutoffStyle: 'quintic',
    taperWidth: 1.5,
    densityFloor: 0.0123,
    core: { kind: 'zbl', inner: 1.2, outer: 1.45 },
    referenceEnergies: { Cu: REFERENCE_ENERGY - 0.0321 },
    citation: 'Found with eqpot 0.1.0 by symbolic regression after B. Varughese et al. (2025).',
  };
}

/** Constants from well known to not at all, and spreads that are four times too small. */
function sampleUncertainty(): NonNullable<ReportData['uncertainty']> {
  const random = RandomStream.fromSeed(29);
  const terms = ['2904*exp(-2.09*r)', '-2659.3*exp(-2*r)', '-0.8165/r', '-6957/r^8', '28783/r^10', '-49088/r^12', '30125/r^14'];
  const constants = terms.flatMap((term, k) => {
    const value = Number(/^-?[\d.]+/.exec(term)![0]);
    const prefactor = { part: 'pair' as const, role: 'prefactor' as const, term, value, error: Math.abs(value) * 10 ** (0.2 - 0.4 * k) };
    return k < 2 ? [prefactor, { ...prefactor, role: 'exponent' as const, value: -2, error: 0.6 }] : [prefactor];
  });
  const all = [
    ...constants,
    { part: 'reference' as const, role: 'energy' as const, term: 'energy of the free atom', value: -0.281, error: 0.0004 },
  ];
  const near = (a: number, b: number): number => (a === b ? 1 : (a + b) % 2 === 0 ? 0.9995 ** Math.abs(a - b) : -(0.7 ** Math.abs(a - b)));
  const points = Array.from({ length: 160 }, () => {
    const spread = 1e-3 * Math.exp(random.range(-2.5, 1.5));
    return { spread, error: Math.abs(4 * spread * random.normal()) };
  });
  return {
    constants: all,
    correlations: all.map((_, a) => all.map((_other, b) => near(a, b))),
    limits: { error: 0.5, correlation: 0.999 },
    committee: { bootstrap: 10, front: 2 },
    energies: { count: 160, scale: 3.9, plain: [0.21, 0.39], scaled: [0.681, 0.95], correlation: 0.71 },
    points,
  };
}

function make(): ReportData {
  const random = RandomStream.fromSeed(11);
  const model = sampleModel();
  const fit = new EquationPotential(model);
  const truth = new EquationPotential(builtinModel('sr2', { cutoff: 6.5 }));
  const others = [
    { name: 'SR1', potential: new EquationPotential(builtinModel('sr1', { cutoff: 6.5 })) },
    { name: 'Sutton-Chen', potential: new EquationPotential(builtinModel('sutton-chen-cu', { cutoff: 6.5 })) },
  ];
  const structures = sampleStructures(random);
  const crystal = cubic('fcc', 'Cu', 3.634);
  const offset = (evaluateEam(truth, crystal).energy - evaluateEam(fit, crystal).energy) / 4;
  const energies: ReportEnergyPoint[] = [];
  const otherErrors: number[][] = others.map(() => []);
  const force: { reference: number[]; predicted: number[] } = { reference: [], predicted: [] };
  const stress: { reference: number[]; predicted: number[] } = { reference: [], predicted: [] };
  structures.forEach(({ structure, group }, k) => {
    const n = structure.species.length;
    const t = evaluateEam(truth, structure);
    const f = evaluateEam(fit, structure);
    const reference = t.energy / n + REFERENCE_ENERGY + 0.002 * random.normal();
    const predicted = f.energy / n + REFERENCE_ENERGY + offset;
    const name = `copper.extxyz:${1 + k * (n + 2)}`;
    energies.push({ name, group, fold: k % 9 === 4 ? 'test' : 'train', reference, predicted });
    if (k % 9 !== 4) energies.push({ name, group, fold: 'cross-validation', reference, predicted: predicted + 0.004 * random.normal() });
    others.forEach(({ potential }, m) => {
      otherErrors[m]!.push(evaluateEam(potential, structure).energy / n + REFERENCE_ENERGY - reference);
    });
    for (let c = 0; c < 3 * n; c++) {
      force.reference.push(t.forces[c]!);
      force.predicted.push(f.forces[c]! + 0.02 * random.normal());
    }
    for (const c of [0, 4, 8, 5, 2, 1]) {
      stress.reference.push(t.stress![c]!);
      stress.predicted.push(f.stress![c]!);
    }
  });
  const own = energies.filter((e) => e.fold !== 'cross-validation');
  const lowest = Math.min(...own.map((e) => e.reference));
  const inWindow = (k: number): number[] =>
    own.flatMap((e, i) => (e.reference - lowest >= EDGES[k]! && e.reference - lowest < EDGES[k + 1]! ? [i] : []));
  const windows: ReportWindow[] = EDGES.slice(0, -1).map((from, k) => {
    const members = inWindow(k).map((i) => own[i]!);
    const { mae, rmse, max } = differences(
      members.map((e) => e.reference),
      members.map((e) => e.predicted),
    );
    return { from, to: EDGES[k + 1]!, frames: members.length, mae, rmse, max };
  });
  const groups = [...new Set(own.map((e) => e.group))].map((group) => {
    const members = own.filter((e) => e.group === group);
    const d = differences(
      members.map((e) => e.reference),
      members.map((e) => e.predicted),
    );
    return { group, frames: members.length, energyMae: d.mae, energyRmse: d.rmse, energyMax: d.max, forceMae: 0.021 + 0.1 * d.mae };
  });
  return {
    title: 'Copper from the strained and molten sample',
    element: 'Cu',
    date: '2025-11-20 14:03 UTC',
    version: '0.1.0',
    command: 'eqpot fit copper.yaml --seed 7 --max-time 30m',
    settings: `title: Copper from the strained and molten sample
data:
  files: [copper.extxyz, surfaces.extxyz]
  audit: mend       # mend what can be mended
network:
  cutoff: 6
  taper_width: 1.5
seed: 7
`,
    seed: 7,
    stopReason: 'every restart went 5000 steps without improvement',
    warnings: ['Densities below 0.4 do not occur in the data: surfaces and free atoms are extrapolated.'],
    dataFiles: [
      {
        path: 'copper.extxyz',
        sha256: 'a3f5c0e1b2d4968775bb0c1d2e3f405162738495a6b7c8d9eaf0b1c2d3e4f506',
        frames: own.length,
        bytes: 5812345,
      },
      { path: 'surfaces.extxyz', sha256: '0c1d2e3f405162738495a6b7c8d9eaf0b1c2d3e4f506a3f5c0e1b2d4968775bb', frames: 11, bytes: 91234 },
    ],
    software: [
      { name: 'node', version: '20.19.5' },
      { name: 'LAMMPS', version: '10 Sep 2025' },
    ],
    effort: [
      { what: 'search steps', amount: 96000, unit: '' },
      { what: 'candidates', amount: 1056000, unit: '' },
      { what: 'refinement', amount: 2140, unit: 'iterations' },
    ],
    equation: describeEquation(model),
    parity: {
      energies,
      windows,
      comparisons: others.map(({ name }, m) => ({
        name,
        mae: windows.map((_, k) => {
          const members = inWindow(k);
          return members.reduce((total, i) => total + Math.abs(otherErrors[m]![i]!), 0) / members.length;
        }),
      })),
      forces: force,
      stress,
      groups,
    },
    crossValidation: {
      folds: 5,
      energyMae: 0.0061,
      energyRmse: 0.0088,
      forceMae: 0.031,
      trainEnergyMae: 0.0049,
      trainForceMae: 0.028,
      byFold: [0.0058, 0.0071, 0.0049, 0.0066, 0.0061].map((energyMae) => ({ frames: 24, energyMae, forceMae: 0.03 + energyMae / 4 })),
    },
    curves: {
      pair: [fit, ...others.map((o) => o.potential)].map((p, k) => curve(k, (x) => value(p.pair(), x), 1, 6)),
      density: [fit, ...others.map((o) => o.potential)].map((p, k) => curve(k, (x) => value(p.density(), x), 1, 6)),
      embedding: [fit, ...others.map((o) => o.potential)].map((p, k) => curve(k, (x) => value(p.embedding(), x), 0, 12)),
      shortest: 1.48,
      densityRange: [0.41, 8.7],
    },
    front: sampleFront(),
    frontReferences: [{ name: 'SR2', complexity: 75, loss: 0.0122, cutoff: 8 }],
    run: 'runs/copper',
    history: Array.from({ length: 8 }, (_, k) => sampleHistory(k, random)),
    uncertainty: sampleUncertainty(),
    audit: {
      frames: 172,
      findings: [
        ...Array.from({ length: 14 }, (_, k) => ({
          frame: `copper.extxyz:${3001 + 258 * k}`,
          action: 'mended' as const,
          reason: 'coordinates do not belong to the cell: they are the perfect crystal under another strain',
          evidence: `residual ${(12 + 87.3 * k).toFixed(0)} meV/atom as read, ${(0.4 + 0.1 * (k % 5)).toFixed(1)} meV/atom with the fractional coordinates of the perfect crystal in the stated cell`,
        })),
        {
          frame: 'copper.extxyz:40128',
          action: 'set aside',
          reason: 'energy far from all models',
          evidence: '1.91 eV/atom above the equation fitted without it; robust deviation 214',
        },
        {
          frame: 'surfaces.extxyz:1',
          action: 'set aside',
          reason: 'another energy zero than the other file',
          evidence: 'bulk copper at 3.634 Å differs by 0.412 eV/atom between the files',
        },
        {
          frame: 'copper.extxyz:512',
          action: 'kept',
          reason: 'same structure and energy as an earlier frame',
          evidence: 'equals copper.extxyz:256 up to 1e-9',
        },
      ],
    },
    lammps: {
      passed: true,
      engine: 'embedded',
      version: '10 Sep 2025',
      energyTolerance: 1e-6,
      forceTolerance: 1e-5,
      structures: Array.from({ length: 10 }, (_, k) => ({
        name: k < 6 ? `copper.extxyz:${1 + 258 * k}` : `random ${k - 5}`,
        atoms: k < 6 ? 256 : 32,
        energyDifference: 1e-9 * random.normal(),
        forceDifference: Math.abs(1e-7 * random.normal()),
      })),
      table: {
        file: 'Cu.eam.fs',
        nr: 4000,
        nrho: 10000,
        accuracy: 1e-6,
        reached: 3.2e-8,
        note: 'F has an infinite slope at zero density; the density floor of 0.0123 moves the table away from it.',
      },
    },
    moments: { functions: 32, error: 0.00003, uniqueRows: 9312, atoms: 66560 },
    recovery: {
      sameTerms: true,
      constants: [
        { name: 'phi: factor', truth: 0.0396, found: 0.03962 },
        { name: 'phi: r^-9', truth: -2.4353, found: -2.4301 },
        { name: 'rho: r^-6', truth: 133.898, found: 133.9021 },
        { name: 'F: sqrt(rho)', truth: -1.5788, found: -1.57881 },
      ],
      note: 'Data made from the SR2 equation with a noise of 2 meV/atom.',
    },
  };
}

function sampleStructures(random: RandomStream): { structure: Structure; group: string }[] {
  const list: { structure: Structure; group: string }[] = [];
  const kinds = [
    { group: 'strained', count: 60, strain: 0.04, displacement: 0 },
    { group: 'thermal', count: 60, strain: 0.01, displacement: 0.12 },
    { group: 'liquid', count: 40, strain: 0.05, displacement: 0.42 },
    { group: 'compressed', count: 12, strain: 0.15, displacement: 0.3 },
  ];
  for (const { group, count, strain, displacement } of kinds)
    while (list.filter((entry) => entry.group === group).length < count) {
      const base = cubic('fcc', 'Cu', 3.634 * (group === 'compressed' ? random.range(0.82, 0.9) : 1));
      const f = [0, 1, 2].map((row) => [0, 1, 2].map((column) => (row === column ? 1 : 0) + strain * random.range(-1, 1)));
      const apply = (v: Float64Array): Float64Array =>
        v.map((_, i) => {
          const row = i - (i % 3);
          return v[row]! * f[0]![i % 3]! + v[row + 1]! * f[1]![i % 3]! + v[row + 2]! * f[2]![i % 3]!;
        });
      const structure = {
        ...base,
        cell: apply(base.cell),
        positions: apply(base.positions).map((x) => x + displacement * random.range(-1.6, 1.6)),
      };
      // atoms on top of each other would make the other frames a dot in every figure
      if (neighbourPairs(structure, 1.6).count === 0) list.push({ group, structure });
    }
  return list;
}

function value(f: { evaluate(x: number, d: Float64Array): number }, x: number): number {
  return f.evaluate(x, new Float64Array(1));
}

function curve(k: number, f: (x: number) => number, from: number, to: number): ReportCurve {
  const x = Float64Array.from({ length: 301 }, (_, i) => from + ((to - from) * i) / 300);
  return { name: ['this fit', 'SR1', 'Sutton-Chen'][k]!, role: k === 0 ? 'fit' : 'comparison', x, y: x.map(f) };
}

function sampleFront(): NonNullable<ReportData['front']> {
  return [
    [11, 0.412],
    [17, 0.188],
    [23, 0.0931],
    [29, 0.0602],
    [41, 0.0294],
    [48, 0.0261],
    [57, 0.0103],
    [63, 0.0094],
    [74, 0.0049],
  ].map(([complexity, loss], k) => ({
    row: k + 1,
    complexity: complexity!,
    loss: loss!,
    ...(k === 8 ? { rounded: 0.00491 } : {}),
    cutoff: k % 3 === 1 ? 5.5 : 6,
    mdCost: k % 3 === 1 ? 0.35 : 0.546,
    networks: k % 2 ? 'pair 2' : 'pair 1',
    equationText: `phi(r) = ${1289.305 / (k + 1)}/r^9; rho(r) = 527.6214/r^6 + ${k}*exp(-1.35*r); F(rho) = -1.${k}*sqrt(rho) + 0.0175*rho`,
    chosen: k === 8,
  }));
}

function sampleHistory(k: number, random: RandomStream): NonNullable<ReportData['history']>[number] {
  const steps: number[] = [];
  const losses: number[] = [];
  let best = 3 + random.uniform();
  for (let step = 10; step <= 12000; step += 10) {
    if (random.uniform() < 40 / (step + 200)) best = Math.max(0.0049 + 0.006 * k, best * (0.35 + 0.6 * random.uniform()));
    steps.push(step);
    losses.push(best);
  }
  return { name: `restart ${k + 1}`, steps, losses };
}

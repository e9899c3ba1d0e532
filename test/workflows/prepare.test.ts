import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSettings } from '../../src/config/load.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { SILENT } from '../../src/engines/progress.js';
import { NEVER_STOP } from '../../src/engines/stop.js';
import { InputError } from '../../src/errors.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential, writeModel } from '../../src/potentials/equation-potential.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Frame } from '../../src/structures/structure.js';
import { type PreparedFit, prepare } from '../../src/workflows/prepare.js';
import { firstRelaxation } from '../../src/workflows/targets.js';

/** fcc cells around a = 3.6 Å (nearest distance 2.5456 Å) with a parabola of energies, eV */
function cells(element = 'Cu', configType = 'fcc'): Frame[] {
  return [3.4, 3.5, 3.6, 3.7, 3.8].map((a0, index) => ({
    ...cubic('fcc', element, a0),
    energy: 4 * (-3.5 + (a0 - 3.6) ** 2),
    configType,
    source: '',
    origin: { file: 'made.extxyz', index },
  }));
}

describe('preparation of a fit', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-prepare-'));
    const put = (name: string, frames: Frame[]) => writeFileSync(join(folder, name), writeExtxyz(frames));
    put('cu.extxyz', cells());
    put('ni.extxyz', cells('Ni'));
    put('few.extxyz', cells().slice(0, 2));
    put(
      'shifted.extxyz',
      cells('Cu', 'other').map((frame) => ({ ...frame, energy: frame.energy! - 4 * 0.7 })),
    );
    put(
      'forces.extxyz',
      cells('Cu', 'other').map((frame, k) => {
        const { energy: _, ...rest } = { ...frame, forces: new Float64Array(12) };
        return k < 2 ? rest : { ...rest, energy: frame.energy! };
      }),
    );
    put(
      'bare.extxyz',
      cells().map(({ energy: _, ...rest }) => rest),
    );
    writeFileSync(join(folder, 'ni.json'), writeModel({ ...builtinModel('sutton-chen-cu'), element: 'Ni' }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const prepared = (text: string): PreparedFit => {
    const { settings, place } = parseSettings(text, 'fit.yaml', folder);
    return prepare(settings, folder, SILENT, place)[0]!;
  };
  const KEEP = 'data: { files: [cu.extxyz], audit: keep, folds: 0 }\n';

  it('names frames by the paths of the settings, not by those of this machine', () => {
    const { problem, files } = prepared(KEEP);
    expect(files.map((file) => file.path)).to.deep.equal(['cu.extxyz']);
    expect(problem.frames.map((frame) => frame.origin.file)).to.deep.equal(new Array(5).fill('cu.extxyz'));
    expect(JSON.stringify([problem.frames, files])).not.to.include(folder);
  });

  it('takes the nearest distance in the frame of lowest energy as the unit of length', () => {
    // 3.6 Å / sqrt(2)
    expect(prepared(KEEP).problem.network.lengthUnit).to.equal(2.55);
  });

  it('gives the frames of a file its weight, and leaves out frames without a label that is fitted', () => {
    const text = (use: string) =>
      `data:\n  files: [cu.extxyz, { path: forces.extxyz, weight: 3 }]\n  audit: keep\n  folds: 0\n  use: [${use}]\n`;
    const energies = prepared(text('energy')).problem;
    expect([...energies.ownWeights!]).to.deep.equal([1, 1, 1, 1, 1, 3, 3, 3]);
    expect(energies.frames.every((frame) => frame.energy !== undefined && !frame.forces)).to.equal(true);
    const both = prepared(text('energy, forces'));
    expect([...both.problem.ownWeights!]).to.deep.equal([1, 1, 1, 1, 1, 3, 3, 3, 3, 3]);
    expect(both.labels).to.deep.equal({ energies: 8, forces: 5, stresses: 0 });
  });

  it('brings files with another zero of energy to the scale of the first', () => {
    const energies = (text: string): number[] => {
      const { frames } = prepared(
        `data:\n  files: [cu.extxyz, { path: shifted.extxyz, ${text} }]\n  audit: keep\n  folds: 0\n${'reference_energy: -0.2\n'}`,
      ).problem;
      return frames.map((frame) => frame.energy! / 4);
    };
    const first = cells().map((frame) => frame.energy! / 4);
    energies('reference_energy: match').forEach((energy, k) => {
      expect(energy).to.be.closeTo(first[k % 5]!, 1e-9);
    });
    energies('reference_energy: -0.9').forEach((energy, k) => {
      expect(energy).to.be.closeTo(first[k % 5]!, 1e-9);
    });
    expect(energies('every: 2')).to.have.length(8);
  });

  it('builds targets of every kind', () => {
    const { problem } = prepared(`${KEEP}targets:
  properties: { lattice_constant: 3.6, cohesive_energy: -3.5, bulk_modulus: 140, c11: { value: 170, tolerance: 2 } }
  rose: { points: 3 }
  bain_path: { points: [[0.8, 0.01], [0.9, 0.005]] }
  dimer: { points: [[2.2, -2]] }
  structures: [{ name: squeezed, file: cu.extxyz, frame: 1, value: 0.01, per: atom, tolerance: 0.001 }]
`);
    expect(problem.targets!.list.map(({ name, unit }) => `${name}: ${unit}`)).to.deep.equal([
      'lattice_constant: Å',
      'cohesive_energy: eV/atom',
      'bulk_modulus: GPa',
      'c11: GPa',
      'bain_path 0.8: eV/atom',
      'bain_path 0.9: eV/atom',
      'dimer 2.2: eV',
      'rose 3.240 Å: eV/atom',
      'rose 3.600 Å: eV/atom',
      'rose 3.960 Å: eV/atom',
      'squeezed: eV/atom',
    ]);
  });

  it('knows whether structures of targets relax, and which distances were really there', () => {
    const of = (property: string): PreparedFit => prepared(`${KEEP}targets:\n  lattice_constant: 3.6\n  properties: { ${property} }\n`);
    expect(of('c11: 170').relaxes).to.equal(false);
    expect(of('lattice_constant_300: 3.62').relaxes).to.equal(true);
    const { relaxes, problem } = of('interstitial_100_dumbbell: 3');
    expect(relaxes).to.equal(true);
    // data down to 3.4 / sqrt(2) = 2.404 Å, a dumbbell's neighbours at sqrt(0.5^2 + 0.2^2) a = 1.939 Å; nodes begin below both
    expect(problem.targets!.shortest).to.be.closeTo(0.995 * 1.939, 1e-3);
    expect(problem.moments.map.shortest).to.be.below(0.85 * problem.targets!.shortest);
  });

  it('relaxes structures of targets with the equation that more nodes are needed for', () => {
    const { problem, sharpen } = prepared(
      `${KEEP}network: { cutoff: 5 }\ntargets: { lattice_constant: 3.6, properties: { c11: 170, polymorph_hcp: { value: 0.01, tolerance: 0.004 } } }\n`,
    );
    const waiting = (targets = problem.targets!): string[] => targets.list.filter(({ provisional }) => provisional).map(({ name }) => name);
    expect(waiting()).to.deep.equal(['polymorph_hcp']);
    const rugged = (r: number): number => Math.sin(60 * r) * (1 - r / 5) ** 3;
    const potential = new EquationPotential(builtinModel('sutton-chen-cu'));
    const sharper = sharpen(
      { name: 'rugged', pair: rugged, density: (r) => (1 - r / 5) ** 3, embedding: (rho) => -Math.sqrt(rho) },
      potential,
    )!;
    expect(sharper.nodes.count).to.be.above(problem.moments.map.count);
    expect(sharper.problem.targets!.moments.map.count).to.equal(sharper.nodes.count);
    expect(waiting(sharper.problem.targets)).to.deep.equal([]);
  });

  it('asks for no search to relax with where nothing relaxes', async () => {
    const text = `${KEEP}targets:\n  lattice_constant: 3.6\n  properties: { c11: 170 }\n`;
    const { settings, place } = parseSettings(text, 'fit.yaml', folder);
    const all = prepare(settings, folder, SILENT, place);
    const lines: string[] = [];
    const progress = { ...SILENT, line: (line: string) => lines.push(line) };
    expect(await firstRelaxation(settings, all, progress, NEVER_STOP)).to.deep.equal(all);
    expect(lines).to.deep.equal([]);
  });

  it('shares data and moments among architectures of equal cutoff', () => {
    const text = `${KEEP}network: { cutoff: [4, 5], pair: [{ basis: [r^-6] }, { basis: [r^-7] }] }\n`;
    const { settings, place } = parseSettings(text, 'fit.yaml', folder);
    const all = prepare(settings, folder, SILENT, place).map(({ problem, name }) => ({ ...problem, name }));
    expect(all.map(({ network, name }) => `${network.cutoff} ${network.pair.basis} ${name}`)).to.deep.equal([
      '4 r^-6 pair 1',
      '5 r^-6 pair 1',
      '4 r^-7 pair 2',
      '5 r^-7 pair 2',
    ]);
    expect(all[2]!.moments).to.equal(all[0]!.moments);
    expect(all[3]!.moments).to.equal(all[1]!.moments);
    expect(all[1]!.moments).not.to.equal(all[0]!.moments);
    for (const { frames } of all) expect(frames).to.equal(all[0]!.frames);
  });

  // each: name, settings, start of the message (file:line:column), what else has to be in it
  const cases: [string, string, string, string[]][] = [
    ['several elements', 'data:\n  files: [cu.extxyz, ni.extxyz]\n', 'fit.yaml:2:10:', ['2 elements (Cu in cu.extxyz, Ni in ni.extxyz)']],
    ['another element', `element: Ni\n${KEEP}`, 'fit.yaml:1:10:', ['Ni', 'the data holds Cu']],
    ['a label that the data lacks', 'data: { files: [cu.extxyz], use: [energy, stress] }\n', 'fit.yaml:1:43:', ['no frame', 'has energy']],
    ['data without energies', 'data:\n  files: [bare.extxyz]\n', 'fit.yaml:2:10:', ['no frame of the data has an energy']],
    [
      'a key that no frame has',
      `data:\n  files: [cu.extxyz]\n  labels: { energy: E }\n`,
      'fit.yaml:3:21:',
      ['of cu.extxyz has the key "E"'],
    ],
    ['a group that the data lacks', `${KEEP}loss:\n  config_types: { fcc: 2, bcc: 1 }\n`, 'fit.yaml:3:27:', ['"bcc"', 'only fcc']],
    ['a reference energy of another element', `${KEEP}reference_energy: { Ni: -1 }\n`, 'fit.yaml:2:19:', ['no entry for Cu']],
    ['a model of another element', `${KEEP}report: { compare: [sr2, ni.json] }\n`, 'fit.yaml:2:26:', ['ni.json', 'model of Ni']],
    [
      'a cutoff at which atoms hardly interact',
      `${KEEP}network: { cutoff: 2.7 }\n`,
      'fit.yaml:2:20:',
      ['2.55 Å apart', 'ask for 3.8 Å at least', '5.1 to 7.6 Å'],
    ],
    [
      'a backend that cannot do the embedding',
      `${KEEP}backend: tensorflow\nnetwork: { embedding: { basis: [exp(-rho)] } }\n`,
      'fit.yaml:2:10:',
      ['backend: wasm'],
    ],
    [
      'a reference energy of one file only',
      'data:\n  files: [cu.extxyz, { path: shifted.extxyz, reference_energy: -1 }]\n',
      'fit.yaml:2:64:',
      ['shifted.extxyz', "write 'match'"],
    ],
    [
      'a property that the crystal does not have',
      `${KEEP}targets: { crystal: bcc, lattice_constant: 2.9, properties: { phonon_x_transverse: 5 } }\n`,
      'fit.yaml:2:',
      ['bcc Cu has no phonon_x_transverse'],
    ],
    [
      'a frame that is not there',
      `${KEEP}targets:\n  lattice_constant: 3.6\n  structures: [{ name: x, file: cu.extxyz, frame: 7, value: 1 }]\n`,
      'fit.yaml:4:51:',
      ['cu.extxyz has 5 frames'],
    ],
    [
      'a Rose curve without a modulus',
      `${KEEP}targets:\n  lattice_constant: 3.6\n  rose: { cohesive_energy: -3.5 }\n`,
      'fit.yaml:4:3:',
      ['bulk modulus'],
    ],
    ['one of several cutoffs at which atoms hardly interact', `${KEEP}network: { cutoff: [5, 2.7] }\n`, 'fit.yaml:2:24:', ['2.55 Å apart']],
    ['too few frames', 'data:\n  files: [few.extxyz]\n  audit: keep\n', 'fit.yaml:2:3:', ['only 2 frames']],
  ];
  for (const [name, text, start, parts] of cases)
    it(`points at ${name}`, () => {
      let message = '';
      try {
        prepared(text);
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        message = (error as InputError).message;
      }
      expect(message.slice(0, start.length), message).to.equal(start);
      for (const part of parts) expect(message).to.include(part);
    });

  it('says the same without places', () => {
    const { settings } = parseSettings(`${KEEP}network: { cutoff: 2 }\n`, 'fit.yaml', folder);
    expect(() => prepare(settings, folder, SILENT)).to.throw(InputError, /^network\.cutoff is 2 Å/);
  });
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EmbeddedLammps } from '../../../src/engines/lammps/embedded.js';
import type { LammpsEngine } from '../../../src/engines/lammps/engine.js';
import { evaluateInLammps } from '../../../src/engines/lammps/evaluate.js';
import { lammpsInPath, NativeLammps } from '../../../src/engines/lammps/native.js';
import { assertProof, prove } from '../../../src/engines/lammps/proof.js';
import { generatedStructures } from '../../../src/engines/lammps/proof-structures.js';
import { dataText, dumpText, tensorBack, toLammps, vectorsBack } from '../../../src/engines/lammps/structures.js';
import { InputError, VerificationError } from '../../../src/errors.js';
import { exportForLammps } from '../../../src/export/lammps-files.js';
import { RandomStream } from '../../../src/math/random.js';
import type { ScalarFunction } from '../../../src/potentials/eam.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { readTabulatedEam } from '../../../src/potentials/tabulated-eam.js';
import { cubic } from '../../../src/structures/lattices.js';
import { determinant, inverse, multiplyRows, repeat } from '../../../src/structures/structure.js';
import { modelOf, suttonChen, toyAlloy } from '../../export/models.js';
import { frameOf, scattered } from './scattered.js';

const PLACE = { folder: '/nowhere', command: 'eqpot export' };
const PUBLISHED = '/usr/share/lammps/potentials';

function expectClose(found: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(found).to.have.length(expected.length);
  for (const [k, value] of expected.entries()) expect(found[k]! - value).to.be.closeTo(0, tolerance);
}

describe('engines/lammps: structures', () => {
  const random = RandomStream.fromSeed(5);

  it('keeps lattice, distances and handedness whatever the cell', () => {
    for (let k = 0; k < 200; k++) {
      const structure = scattered(['Cu'], [true, true, true], 2, 1, random);
      // a very skewed basis of the same lattice
      if (k % 2) for (let d = 0; d < 3; d++) structure.cell[6 + d]! += 7 * structure.cell[d]! - 4 * structure.cell[3 + d]!;
      const { box, rotation, positions, boxVolume } = toLammps(structure, ['Cu'], 5);
      expect(boxVolume).to.be.closeTo(Math.abs(determinant(structure.cell)), 1e-9 * boxVolume);
      expect(determinant(rotation)).to.be.closeTo(1, 1e-12);
      expect([box[1], box[2], box[5]]).to.deep.equal([0, 0, 0]);
      for (const [tilt, over] of [
        [3, 0],
        [6, 0],
        [7, 4],
      ] as const)
        expect(Math.abs(box[tilt]! / box[over]!)).to.be.at.most(0.5 + 1e-9);
      // the box's vectors, turned back, are whole combinations of the cell's vectors, and the other way round
      const back = vectorsBack(box, rotation);
      for (const [one, other] of [
        [back, structure.cell],
        [structure.cell, back],
      ] as const)
        for (const x of multiplyRows(one, inverse(other))) expect(Math.abs(x - Math.round(x))).to.be.lessThan(1e-8);
      // so are the differences between atoms before and after
      const moved = vectorsBack(positions, rotation);
      const shift = moved.map((x, i) => x - structure.positions[i]!);
      const relative = Float64Array.from([0, 1, 2], (d) => shift[3 + d]! - shift[d]!);
      for (const x of multiplyRows(relative, inverse(structure.cell))) expect(Math.abs(x - Math.round(x))).to.be.lessThan(1e-8);
      for (const x of multiplyRows(positions, inverse(box))) expect(x).to.be.within(-1e-12, 1 + 1e-12);
    }
  });

  it('turns tensors back as it turns vectors back', () => {
    const { rotation } = toLammps(scattered(['Cu'], [true, true, true], 1, 1, random), ['Cu'], 5);
    const [v, w] = [Float64Array.of(1, 2, 3), Float64Array.of(-1, 0.5, 2)];
    const outer = (a: Float64Array, b: Float64Array) => Float64Array.from({ length: 9 }, (_, k) => a[Math.floor(k / 3)]! * b[k % 3]!);
    const expected = outer(vectorsBack(v, rotation), vectorsBack(w, rotation));
    expectClose(tensorBack(outer(v, w), rotation), expected, 1e-12);
  });

  it('writes data and dump files', () => {
    const written = toLammps(cubic('bcc', 'Mo', 3), ['Ni', 'Mo'], 5);
    expect(dataText(written, ['Ni', 'Mo']))
      .to.include('2 atoms\n2 atom types\n')
      .and.include('2 95.95 # Mo')
      .and.include('\n1 2 0 0 0\n');
    expect(dumpText([written, written])).to.include(
      'ITEM: TIMESTEP\n2\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS xy xz yz pp pp pp\n0 3 0\n',
    );
    expect(() => toLammps(cubic('bcc', 'Mo', 3), ['Ni'], 5)).to.throw(InputError, /no element Mo/);
    const flat = { ...cubic('bcc', 'Mo', 3), cell: new Float64Array(9) };
    expect(() => toLammps(flat, ['Mo'], 5)).to.throw(InputError, /zero, but the structure is periodic/);
  });
});

function proves(make: () => LammpsEngine | undefined) {
  let engine: LammpsEngine;
  before(function () {
    const made = make();
    if (!made) {
      console.log('      skipped: no native LAMMPS (lmp) in PATH');
      this.skip();
    }
    engine = made;
  });
  after(() => engine?.close());

  for (const [file, style] of [
    ['Cu_mishin1.eam.alloy', 'eam/alloy'],
    ['CuZr_mm.eam.fs', 'eam/fs'],
    ['NiAlH_jea.eam.fs', 'eam/fs'],
    ['Cu_u3.eam', 'eam'],
    ['AlCu.adp', 'adp'],
    ['Ni.adp', 'adp'],
  ] as const)
    it(`agrees with ${file} in random cells, slabs, wires and clusters`, async function () {
      if (!existsSync(`${PUBLISHED}/${file}`)) {
        console.log(`      skipped: no ${file} in ${PUBLISHED} (Debian package lammps-data)`);
        this.skip();
      }
      const text = readFileSync(`${PUBLISHED}/${file}`, 'utf8');
      const potential = readTabulatedEam(text, { file });
      const random = RandomStream.fromSeed(3);
      const shapes: [boolean, boolean, boolean][] = [
        [true, true, true],
        [true, true, true],
        [true, true, false],
        [false, true, false],
        [false, false, false],
      ];
      const structures = shapes.map((pbc, k) => scattered(potential.elements, pbc, k === 0 ? 1 : 5, 1.6, random));
      const names = style === 'eam' ? '' : potential.elements.join(' ');
      const results = await evaluateInLammps(
        engine,
        {
          pairLines: `pair_style ${style}\npair_coeff * * ${file} ${names}\n`,
          files: { [file]: text },
          elements: potential.elements,
          cutoff: potential.cutoff,
        },
        structures,
      );
      for (const [k, structure] of structures.entries()) {
        const ours = evaluateEam(potential, structure);
        const theirs = results[k]!;
        const scale = Math.max(1, ...ours.forces.map(Math.abs));
        expect(Math.abs(theirs.energy - ours.energy)).to.be.lessThan(1e-10 * scale);
        expectClose(theirs.atomEnergies, ours.atomEnergies, 1e-10 * scale);
        expectClose(theirs.forces, ours.forces, 1e-10 * scale);
        expectClose(theirs.stress!, ours.stress!, 1e-10 * scale);
      }
    });

  it('proves what was exported, and fails when a table is changed', async () => {
    const model = modelOf(toyAlloy(), 2, 30);
    const exported = exportForLammps(model, PLACE);
    const random = RandomStream.fromSeed(9);
    const frames = Array.from({ length: 30 }, (_, k) => frameOf(scattered(['Ni', 'Al'], [true, true, true], 3, 2, random), -k, k));
    const report = await prove(engine, model, exported, frames);
    assertProof(report);
    expect(report.passed).to.equal(true);
    expect(report.worst.energyDifferencePerAtom).to.be.lessThan(2e-6);
    expect(report.equation).to.deep.equal({ energyDifferencePerAtom: 0, maxForceDifference: 0 });
    const fromData = report.structures.filter(({ deck, name }) => deck === 'pair.in' && name.startsWith('data'));
    expect(fromData).to.have.length(12);
    // the ends of the energies are among them
    expect(fromData.map(({ name }) => name)).to.include.members(['data.extxyz frame 0', 'data.extxyz frame 29']);
    expect(new Set(report.structures.map(({ deck }) => deck))).to.deep.equal(new Set(['pair.in', 'pair.hybrid.in']));

    // swap the two densities at the sites of the other element: what a wrong order of sections would do
    const swapped = { ...toyAlloy(), density: (a: number, b: number) => toyAlloy().density(b, a) };
    const wrong = exportForLammps(modelOf(swapped, 2, 30), PLACE);
    const mixed = { ...exported, files: { ...exported.files, 'potential.eam.fs': wrong.files['potential.eam.fs']! } };
    const failed = await prove(engine, model, mixed, [], { frames: 0 });
    expect(failed.passed).to.equal(false);
    expect(failed.structures.filter(({ deck, passed }) => deck === 'pair.hybrid.in' && !passed)).to.deep.equal([]);
    expect(() => assertProof(failed)).to.throw(VerificationError, /pair\.in, dimers Ni-Al.*length .* differs by/s);

    // one digit changed in the middle of the pair functions
    const lines = exported.files['potential.eam.fs']!.split('\n');
    const at = Math.floor(lines.length - (2.55 * exported.plan.grid.nr) / 5);
    lines[at] = lines[at]!.replace(/\d(?=\d* )/, (digit) => String((Number(digit) + 1) % 10));
    const garbled = { ...exported, files: { ...exported.files, 'potential.eam.fs': lines.join('\n') } };
    expect((await prove(engine, model, garbled, [], { frames: 0 })).passed).to.equal(false);
  });

  it('counts NaN as a failure', async () => {
    const model = modelOf(toyAlloy(), 2, 30);
    const exported = exportForLammps(model, PLACE);
    const file = 'potential.density.fs';
    const lines = exported.files[file]!.split('\n');
    const nan = {
      ...exported,
      files: { ...exported.files, [file]: lines.map((line, k) => (k > 6 && k % 20 === 0 ? line.replace(/\S+$/, 'nan') : line)).join('\n') },
    };
    let message = '';
    try {
      assertProof(await prove(engine, model, nan, []));
    } catch (error) {
      // newer versions refuse to read it, older ones compute with it
      message = (error as Error).message;
    }
    expect(message).to.match(/pair\.hybrid\.in, .*differs by NaN|LAMMPS stopped: ERROR.*(nan|floating|number|invalid)/is);
  });
}

describe('engines/lammps: proof', function () {
  this.timeout(120_000);
  describe('embedded', () => proves(() => new EmbeddedLammps()));

  const path = lammpsInPath();
  describe('native', () => {
    proves(() => (path ? new NativeLammps(path) : undefined));

    it('proves Sutton-Chen copper, shifted and tapered, though sqrt(rho) has no slope at zero', async function () {
      if (!path) this.skip();
      for (const style of ['shift', 'taper'] as const) {
        const model = modelOf(suttonChen(style), 2.1, 40);
        const report = await prove(new NativeLammps(path), model, exportForLammps(model, PLACE), []);
        assertProof(report);
        expect(report.worst.maxForceDifference).to.be.within(1e-9, 1e-4);
      }
    });

    it('finds its files from a deck in another folder, also where the path has spaces, and two potentials one after the other', async function () {
      if (!path) this.skip();
      const folder = mkdtempSync(join(tmpdir(), 'eqpot-test-'));
      try {
        const script: string[] = [];
        for (const name of ['one potential', 'other', 'moved']) {
          const place = { folder: join(folder, name === 'moved' ? 'gone' : name), command: 'eqpot export' };
          const model = modelOf(toyAlloy(), 2, 30);
          const line: ScalarFunction = {
            evaluate(rho, derivative) {
              derivative[0] = -1;
              return -rho;
            },
          };
          const scaled = { ...model, potential: { ...model.potential, embedding: () => line } };
          const out = exportForLammps(name === 'one potential' ? model : scaled, place, { accuracy: 1e-4 });
          mkdirSync(join(folder, name));
          for (const [file, text] of Object.entries(out.files)) writeFileSync(join(folder, name, file), text);
          if (name === 'moved') script.push(`variable eqpot string ${join(folder, name)}`);
          script.push('clear', 'units metal', 'lattice fcc 4', 'region box block 0 2 0 2 0 2', 'create_box 2 box', 'create_atoms 1 box');
          script.push(`include "${join(folder, name, 'pair.in')}"`, 'run 0', `print "$(pe:%.10f)" file ${name.split(' ')[0]}.txt`);
        }
        const { files } = await new NativeLammps(path).run({ script: `${script.join('\n')}\n`, files: {} });
        const [one, other, moved] = ['one', 'other', 'moved'].map((name) => Number(files[`${name}.txt`]));
        const crystal = repeat(cubic('fcc', 'Ni', 4), [2, 2, 2]);
        expect(one).to.be.closeTo(evaluateEam(toyAlloy(), crystal).energy, 32e-4);
        expect(other).not.to.be.closeTo(one!, 1);
        expect(moved).to.equal(other);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  it('takes structures that no data set has', () => {
    const made = generatedStructures(modelOf(toyAlloy(), 2, 30), RandomStream.fromSeed(1));
    const names = made.map(({ name }) => name).join('\n');
    expect(names).to.match(/dimers Ni-Ni.*dimers Ni-Al.*dimers Al-Al.*free atoms.*random cell.*random gas.*slab.*compressed.*left-handed/s);
    const [first] = made;
    expect(first!.place!(0)).to.equal('length 0.5000 Å');
    expect(first!.place!(121)).to.match(/^length 5\.49/);
    // seeded
    const again = generatedStructures(modelOf(toyAlloy(), 2, 30), RandomStream.fromSeed(1));
    expect(again.map(({ structure }) => [...structure.positions])).to.deep.equal(made.map(({ structure }) => [...structure.positions]));
  });
});

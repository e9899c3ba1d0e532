import { expect } from 'chai';
import { phonopyInPath, runPhonopy } from '../../src/engines/phonopy.js';
import { EngineError } from '../../src/errors.js';
import { loadModel } from '../../src/load-model.js';
import type { EamPotential } from '../../src/potentials/eam.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { bandLattice, bandPath } from '../../src/properties/phonons/band-path.js';
import { namedModes, optical, polarised } from '../../src/properties/phonons/named-modes.js';
import { displaced, POINTS, phonopyFiles, readBands, readDensityOfStates } from '../../src/properties/phonons/phonopy-files.js';
import { supercellCounts } from '../../src/properties/phonons.js';
import { elementSystem, structureSystem } from '../../src/properties/system.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';
import { compute, published } from './helpers.js';

/** THz in sqrt(eV/amu)/Å over 2π (CODATA 2018) */
const THZ = 15.633302;

/** Path of Phonopy; the test is skipped, with the reason, where there is none. */
function phonopy(context: Mocha.Context): string {
  const program = phonopyInPath();
  if (program !== undefined) return program;
  console.log('      skipped: no phonopy in PATH');
  return context.skip();
}

describe('properties/phonons', () => {
  it("Mishin's copper has the frequencies of the literature, and those of frozen waves", async function () {
    phonopy(this);
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['phonons']);
    // Phonopy 2.17 with LAMMPS 29 Sep 2021, supercell of 3x3x3 conventional cells, in which L is not quite a wave vector
    for (const [name, frequency] of [
      ['x_transverse', 5.205],
      ['x_longitudinal', 7.817],
      ['l_transverse', 3.312],
      ['l_longitudinal', 7.788],
    ] as const)
      expect(value(`phonon_${name}`), name).to.be.closeTo(frequency, 0.005 * frequency);
    expect(value('phonon_imaginary')).to.equal(0);
    expect(verdict('phonon_x_transverse').detail.spread_thz).to.be.lessThan(1e-3);
    // without Phonopy, LAMMPS and supercells: sheets of atoms move against each other
    const potential = loadModel(path).potential as EamPotential;
    const crystal = repeat(cubic('fcc', 'Cu', 3.615), [2, 2, 2]);
    const frozen = (phase: (x: number, y: number, z: number) => number, along: readonly number[]) => {
      const size = 0.005;
      const unit = along.map((x) => x / Math.hypot(...along));
      const waves = [size, -size].map((u) => {
        const positions = crystal.positions.map((x, k) => {
          const at = 3 * Math.floor(k / 3);
          const [i, j, l] = [0, 1, 2].map((d) => Math.round((2 * crystal.positions[at + d]!) / 3.615)) as [number, number, number];
          return x + u * unit[k % 3]! * (phase(i, j, l) % 2 === 0 ? 1 : -1);
        });
        const { forces } = evaluateEam(potential, { ...crystal, positions });
        return (unit[0]! * forces[0]! + unit[1]! * forces[1]! + unit[2]! * forces[2]!) / u;
      });
      return THZ * Math.sqrt(-(waves[0]! + waves[1]!) / 2 / 63.546);
    };
    // X: sheets (001); L: sheets (111), half-odd sums of coordinates
    expect(value('phonon_x_longitudinal')).to.be.closeTo(
      frozen((_i, _j, l) => l, [0, 0, 1]),
      2e-3,
    );
    expect(value('phonon_x_transverse')).to.be.closeTo(
      frozen((_i, _j, l) => l, [1, 0, 0]),
      2e-3,
    );
    const sheet = (i: number, j: number, l: number) => (i + j + l) / 2;
    expect(value('phonon_l_longitudinal')).to.be.closeTo(frozen(sheet, [1, 1, 1]), 2e-3);
    expect(value('phonon_l_transverse')).to.be.closeTo(frozen(sheet, [1, -1, 0]), 2e-3);
  });

  it('a crystal that is not stable has imaginary frequencies', async function () {
    phonopy(this);
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu', 'bcc'), ['phonons']);
    // C11 < C12, and so does the lower transverse branch towards N
    expect(value('phonon_imaginary')).to.be.greaterThan(0.5);
    expect(verdict('phonon_imaginary').detail).to.include({ stable: false });
    expect(value('phonon_n_transverse_1')).to.be.lessThan(value('phonon_n_transverse_2'));
  });

  it('silicon and magnesium: polarised as in the literature', async function () {
    phonopy(this);
    const silicon = await compute(published(this, 'Si.sw').path, elementSystem('Si'), ['phonons']);
    // at X the longitudinal modes lie between the transverse ones, and TA + TO add up in squares to those of Γ (nearest neighbours)
    const [ta, l, to] = ['transverse_acoustic', 'longitudinal', 'transverse_optical'].map((name) => silicon.value(`phonon_x_${name}`));
    expect(l).to.be.within(ta!, to!);
    // S. Baroni, S. de Gironcoli, A. Dal Corso, P. Giannozzi, Rev. Mod. Phys. 73, 515 (2001) have the order TA < LA < LO < TO at L
    const branches = ['transverse_acoustic', 'longitudinal_acoustic', 'longitudinal_optical', 'transverse_optical'];
    const atL = branches.map((name) => silicon.value(`phonon_l_${name}`));
    expect([...atL].sort((a, b) => a - b)).to.deep.equal(atL);
    const magnesium = await compute(published(this, 'Mg_mm.eam.fs').path, elementSystem('Mg'), ['phonons']);
    expect(magnesium.value('phonon_imaginary')).to.equal(0);
    // at A acoustic and optical branches meet, halfway between those of Γ in squares for nearest layers: no more than a few per cent off
    const e2g = magnesium.value('phonon_gamma_transverse_optical');
    expect(magnesium.value('phonon_a_transverse')).to.be.closeTo(e2g / Math.SQRT2, 0.1 * e2g);
    const b1g = magnesium.value('phonon_gamma_longitudinal_optical');
    expect(magnesium.value('phonon_a_longitudinal')).to.be.closeTo(b1g / Math.SQRT2, 0.1 * b1g);
  });

  it('larger supercells change nothing', async function () {
    const program = phonopy(this);
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const potential = loadModel(path).potential as EamPotential;
    const crystal = cubic('fcc', 'Cu', 3.615);
    const band = bandPath(elementSystem('Cu'), crystal);
    const frequencies = async (count: number) => {
      const cells = displaced(band.primitive, [count, count, count], 0.01);
      const results = cells.structures.map((structure) => {
        const { energy, forces } = evaluateEam(potential, structure);
        return { energy, forces, atomEnergies: new Float64Array(), stress: undefined };
      });
      const files = await runPhonopy(program, ['-c', 'POSCAR', 'phonopy.conf'], phonopyFiles(cells, results, band.segments, [2, 2, 2]));
      return readBands(files['band.yaml'], band.segments.length, 3).flat(2);
    };
    const usual = supercellCounts(band.primitive.cell, 1, 18)[0];
    const [small, large] = [await frequencies(usual - 2), await frequencies(usual)];
    const largest = Math.max(
      ...small.map((point, k) => Math.max(...point.frequencies.map((f, i) => Math.abs(f - large[k]!.frequencies[i]!)))),
    );
    expect(largest).to.be.lessThan(2e-3);
  });

  it('is skipped, with the reason, where Phonopy is missing', async function () {
    const { path, lammps } = published(this, 'Cu_mishin1.eam.alloy');
    const before = process.env.PATH;
    process.env.PATH = '';
    try {
      const { verdict } = await compute(path, elementSystem('Cu'), ['phonons'], { lammps });
      expect(verdict('phonon_x_transverse').status).to.equal('skipped');
      expect(verdict('phonon_x_transverse').detail.message).to.include('phonopy');
    } finally {
      process.env.PATH = before;
    }
  });

  it('says why Phonopy failed', async function () {
    const program = phonopy(this);
    try {
      await runPhonopy(program, ['-c', 'POSCAR', 'phonopy.conf'], { POSCAR: 'nothing\n', 'phonopy.conf': 'DIM = 1 1 1\n' });
      expect.fail('it did not fail');
    } catch (error) {
      expect(error).to.be.instanceOf(EngineError);
      expect((error as Error).message).to.match(/Phonopy ended with exit code 1: \w+/);
    }
  });

  it('finds lattice and path of crystals given as structures', () => {
    const b2: Structure = { ...cubic('bcc', 'Al', 3), species: ['Al', 'Cu'] };
    const rocksalt: Structure = { ...repeat(cubic('sc', 'Al', 2), [2, 2, 2]), species: ['Al', 'Cu', 'Cu', 'Al', 'Cu', 'Al', 'Al', 'Cu'] };
    const tetragonal: Structure = { ...b2, cell: Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3.3) };
    expect([b2, rocksalt, tetragonal].map((each) => bandLattice(structureSystem(each, 'x')))).to.deep.equal(['sc', 'fcc', 'other']);
    expect(bandLattice(structureSystem(elementSystem('Mg').start, 'x'))).to.equal('hexagonal');
    const { segments, primitive } = bandPath(elementSystem('Cu'), cubic('fcc', 'Cu', 3.6));
    expect(segments.map(({ from, to }) => from + to).join(' ')).to.equal('ΓX XU KΓ ΓL LW WX');
    // in units of 2π/a: to X 1, K to Γ 3/4 √2, to L √3/2
    const [x, , k, l] = segments.map(({ length }) => length);
    expect(x).to.be.closeTo(1, 1e-12);
    expect(k).to.be.closeTo(0.75 * Math.SQRT2, 1e-12);
    expect(l).to.be.closeTo(Math.sqrt(3) / 2, 1e-12);
    // X is half a reciprocal vector of the primitive cell, whichever cell that is
    const halves = [...segments[0]!.ends[1]].map((f) => 2 * f);
    for (const f of halves) expect(f).to.be.closeTo(Math.round(f), 1e-9);
    expect(halves.some((f) => Math.round(f) % 2 !== 0)).to.equal(true);
    expect(primitive.species).to.have.length(1);
    expect(supercellCounts(primitive.cell, 1, 18).map((n) => n % 2)).to.deep.equal([0, 0, 0]);
    expect(supercellCounts(primitive.cell, 1000, 100).reduce((a, b) => a * b)).to.be.lessThan(9);
  });

  it('tells modes apart by their polarisation', () => {
    const s = Math.SQRT1_2;
    const modes = {
      frequencies: [0, 1, 2, 3],
      // two atoms, real and imaginary parts of x, y, z; the last mode has its atoms in quadrature
      eigenvectors: [
        [s, 0, 0, 0, 0, 0, s, 0, 0, 0, 0, 0],
        [0, 0, s, 0, 0, 0, 0, 0, s, 0, 0, 0],
        [0, 0, 0, 0, s, 0, 0, 0, 0, 0, -s, 0],
        [s, 0, 0, 0, 0, 0, 0, s, 0, 0, 0, 0],
      ].map((vector) => Float64Array.from(vector)),
    };
    expect(polarised(modes, 'longitudinal', [1, 0, 0])).to.deep.equal([0, 3]);
    expect(polarised(modes, 'transverse', [1, 0, 0])).to.deep.equal([1, 2]);
    expect(optical({ ...modes, frequencies: [-1e-6, 1e-7, 1e-5, 3] }).frequencies).to.deep.equal([3]);
    for (const symbol of ['Cu', 'Fe', 'Mg', 'Si', 'Po']) expect(namedModes(elementSystem(symbol)).length, symbol).to.be.greaterThan(1);
  });

  it('files of Phonopy that are not whole are errors', () => {
    expect(() => readBands('phonon:\n- q-position: [ 0, 0, 0 ]\n  frequency: 1.0\n', 6, 3)).to.throw(EngineError, `${6 * POINTS}`);
    expect(() => readBands(undefined, 6, 3)).to.throw(EngineError, 'holds 0 wave vectors');
    expect(() => readDensityOfStates('# x\n1 2\n')).to.throw(EngineError, '1 lines');
  });
});

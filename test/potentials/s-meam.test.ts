import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { exportMeamSpline } from '../../src/export/meam-spline.js';
import { RandomStream } from '../../src/math/random.js';
import { readMeamSpline } from '../../src/potentials/meam-spline-file.js';
import { pairIndex, type SMeamModel, SMeamPotential } from '../../src/potentials/s-meam.js';
import { readSMeam, writeSMeam } from '../../src/potentials/s-meam-json.js';
import { cubic } from '../../src/structures/lattices.js';
import { multiplyRows, volume } from '../../src/structures/structure.js';
import { randomSMeam, smallStructure, type Terms } from './splines.js';

const PUBLISHED = '/usr/share/lammps/potentials';

describe('potentials/s-meam', () => {
  it('numbers pairs of elements as LAMMPS does', () => {
    const seen = [0, 1, 2].flatMap((a) => [0, 1, 2].slice(a).map((b) => pairIndex(a, b, 3)));
    expect(seen).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(pairIndex(2, 0, 3)).to.equal(pairIndex(0, 2, 3));
  });

  for (const terms of ['phi', 'phi rho', 'phi f', 'all'] as Terms[])
    it(`has forces and stress that are the derivatives of its energy: ${terms}`, () => {
      const random = RandomStream.fromSeed(4);
      const elements = terms === 'all' ? ['Ti', 'O', 'H'] : ['Ti', 'O'];
      const core: SMeamModel['core'] = { kind: 'zbl', inner: 1.4, outer: 2.2 };
      const potential = new SMeamPotential({ ...randomSMeam(elements, terms, random), core });
      const structure = smallStructure(elements, 6, random);
      const { forces, stress, energy, atomEnergies } = potential.evaluate(structure);
      expect(atomEnergies.reduce((sum, e) => sum + e, 0)).to.be.closeTo(energy, 1e-10);
      const h = 1e-5;
      structure.positions.forEach((_, k) => {
        const at = (step: number): number => {
          const positions = structure.positions.slice();
          positions[k]! += step;
          return potential.evaluate({ ...structure, positions }).energy;
        };
        expect(forces[k]).to.be.closeTo((at(-h) - at(h)) / (2 * h), 2e-5);
      });
      for (const [a, b] of [
        [0, 0],
        [1, 2],
        [2, 0],
      ] as const) {
        const at = (strain: number): number => {
          const deformation = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
          deformation[3 * a + b]! += strain;
          const cell = multiplyRows(structure.cell, deformation);
          return potential.evaluate({ ...structure, cell, positions: multiplyRows(structure.positions, deformation) }).energy;
        };
        expect(stress![3 * a + b]).to.be.closeTo((at(h) - at(-h)) / (2 * h) / volume(structure.cell), 1e-6);
      }
    });

  it('gives free atoms no energy', () => {
    const model = randomSMeam(['Ti'], 'all', RandomStream.fromSeed(1));
    const cell = Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20);
    const one = { cell, pbc: [true, true, true] as [boolean, boolean, boolean], species: ['Ti'], positions: new Float64Array(3) };
    expect(new SMeamPotential(model).evaluate(one).energy).to.equal(0);
  });

  it('keeps every digit in model.json and in the file of LAMMPS', () => {
    const random = RandomStream.fromSeed(8);
    const model: SMeamModel = { ...randomSMeam(['Ti', 'O'], 'all', random), core: { kind: 'zbl', inner: 1, outer: 1.5 } };
    const range = { shortest: 1.9, lowestDensity: -0.5, highestDensity: 0.75 };
    expect(readSMeam(writeSMeam({ ...model, range, referenceEnergies: { Ti: -3 } }), 'x')).to.deep.equal({
      ...model,
      range,
      referenceEnergies: { Ti: -3 },
    });
    const again = readMeamSpline(exportMeamSpline(model, '2026-01-01'), 'x.meam.spline');
    expect(again.elements).to.deep.equal(model.elements);
    expect(again.functions).to.deep.equal(model.functions);
    expect(again.citation).to.equal('none');
  });

  it('says what is wrong with a model file', () => {
    const good = JSON.parse(writeSMeam(randomSMeam(['Ti'], 'all', RandomStream.fromSeed(1)))) as Record<string, unknown>;
    const functions = good['functions'] as Record<string, { values: unknown[] }[]>;
    const bad: [object, RegExp][] = [
      [{ elements: [] }, /"elements"/],
      [{ functions: { ...functions, phi: [] } }, /functions\.phi needs 1/],
      [{ functions: { ...functions, f: [] } }, /f is given without g/],
      [{ functions: { ...functions, u: [{ ...functions['u']![0], values: [1] }] } }, /functions\.u\[0\]/],
      [{ core: { kind: 'zbl', inner: 2, outer: 1 } }, /"core"/],
      [{ version: 2 }, /version 2/],
    ];
    for (const [change, message] of bad) {
      const text = JSON.stringify({ ...good, ...change });
      expect(() => readSMeam(text, 'm.json')).to.throw(InputError, message);
    }
  });

  describe('files of LAMMPS', () => {
    const tiny = (change: (lines: string[]) => void = () => {}): string => {
      const spline = ['spline3eq', '3', '-1 0', '1 2 0', '2 1 0', '3 0 0'];
      const lines = ['# made up', 'meam/spline 1 Ti', ...spline, ...spline, ...spline, ...spline, ...spline];
      change(lines);
      return lines.join('\n');
    };
    const cases: [string, (lines: string[]) => void, RegExp][] = [
      ['a number of elements that does not fit', (lines) => (lines[1] = 'meam/spline 2 Ti'), /x\.meam\.spline:2: .*N elements/],
      ['a word among the knots', (lines) => (lines[6] = '2 one 0'), /x\.meam\.spline:7: expected knot 2 of phi of Ti-Ti/],
      ['knots that are not even', (lines) => (lines[6] = '2.1 1 0'), /x\.meam\.spline:8: .*not evenly spaced/],
      ['one knot', (lines) => (lines[9] = '1'), /x\.meam\.spline:10: rho of Ti has 1 knots/],
      ['an early end', (lines) => lines.splice(28), /the file ends where/],
      ['something more', (lines) => lines.push('1 2 3'), /x\.meam\.spline:33: something is left over/],
    ];
    for (const [what, change, message] of cases)
      it(`are refused with ${what}`, () => {
        expect(() => readMeamSpline(tiny(change), 'x.meam.spline')).to.throw(InputError, message);
      });

    it('are not written for three elements, which LAMMPS mixes up', () => {
      const model = randomSMeam(['Ti', 'O', 'H'], 'all', RandomStream.fromSeed(1));
      expect(() => exportMeamSpline(model, '2026-01-01')).to.throw(InputError, /3 elements/);
    });

    it('are read as published, old format and new', function () {
      const path = `${PUBLISHED}/Ti.meam.spline`;
      if (!existsSync(path)) {
        console.log(`      skipped: needs ${path}`);
        this.skip();
      }
      const model = readMeamSpline(readFileSync(path, 'utf8'), path);
      expect(model.elements).to.deep.equal(['Ti']);
      expect(model.citation).to.match(/^Hennig/);
      // hcp at rest; the energy is that of LAMMPS 29 Sep 2021 (lmp -in lammps-inputs/in.verify)
      const [a, c] = [2.931, 4.678];
      const cell = Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
      const positions = multiplyRows(Float64Array.of(1 / 3, 2 / 3, 0.25, 2 / 3, 1 / 3, 0.75), cell);
      const evaluation = new SMeamPotential(model).evaluate({ cell, pbc: [true, true, true], species: ['Ti', 'Ti'], positions });
      expect(evaluation.energy / 2).to.be.closeTo(-4.831183, 1e-6);
      for (const component of evaluation.stress!) expect(component).to.be.closeTo(0, 5e-4);
      const two = readMeamSpline(readFileSync(`${PUBLISHED}/TiO.meam.spline`, 'utf8'), 'TiO.meam.spline');
      expect(two.elements).to.deep.equal(['Ti', 'O']);
      // its titanium is that of the other file
      const bcc = cubic('bcc', 'Ti', 3.25);
      const energy = (one: SMeamModel) => new SMeamPotential(one).evaluate(bcc).energy;
      expect(energy(two)).to.be.closeTo(energy(model), 1e-6);
    });
  });
});

import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { exportAdp } from '../../src/export/adp.js';
import { checkCalculatorCore, checkCore } from '../../src/export/check-core.js';
import { exportEamAlloy } from '../../src/export/eam-alloy.js';
import { exportDensityFs, exportEamFs } from '../../src/export/eam-fs.js';
import { exportForLammps } from '../../src/export/lammps-files.js';
import { LammpsPairTable } from '../../src/export/lammps-pair-table.js';
import { exportPairIn } from '../../src/export/pair-in.js';
import { exportPairTable } from '../../src/export/pair-table.js';
import { planExport } from '../../src/export/plan.js';
import { shellCounts } from '../../src/export/shells.js';
import { isAdp } from '../../src/potentials/adp.js';
import type { EamPotential, Evaluation } from '../../src/potentials/eam.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { readTabulatedEam } from '../../src/potentials/tabulated-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { modelOf, suttonChen, tapered, toyAdp, toyAlloy, toyAlloyOfOneDensity, wobbly } from './models.js';

const PLACE = { folder: '/data/my potentials/cu', command: 'eqpot export cu' };
const slope = new Float64Array(1);

function dimer(a: string, b: string, r: number): Structure {
  return {
    cell: Float64Array.of(30, 0, 0, 0, 30, 0, 0, 0, 30),
    pbc: [true, true, true],
    species: [a, b],
    positions: Float64Array.of(1, 2, 3, 1 + 0.6 * r, 2, 3 + 0.8 * r),
  };
}

/** -dE/dx of every coordinate by central differences. */
function numericalForces(potential: EamPotential, structure: Structure, step: number): Float64Array {
  return structure.positions.map((x, k) => {
    const moved = (to: number) => {
      const positions = structure.positions.slice();
      positions[k] = to;
      return evaluateEam(potential, { ...structure, positions }).energy;
    };
    return -(moved(x + step) - moved(x - step)) / (2 * step);
  });
}

describe('export', () => {
  describe('eam/fs', () => {
    const model = modelOf(suttonChen('taper'), 2.1, 40);
    const plan = planExport(model);
    const file = exportEamFs(model, { plan });

    it('writes a header that LAMMPS and people can read', () => {
      const lines = file.text.split('\n');
      expect(lines[0]).to.equal('# DATE: 2000-01-01 UNITS: metal CONTRIBUTOR: eqpot CITATION: nobody (2000)');
      expect(lines[3]).to.equal('1 Cu');
      const [nrho, drho, nr, dr, cutoff] = lines[4]!.split(' ').map(Number) as [number, number, number, number, number];
      expect({ nrho, drho, nr, dr }).to.deep.equal(file.grid);
      expect(dr).to.equal(cutoff / (nr - 1));
      expect(lines[5]).to.equal('29 63.546 3.61 fcc');
      expect(file.text).to.match(/^[\x20-\x7e\n]*$/);
      expect(Math.max(...lines.map((line) => line.length))).to.be.lessThan(1000);
    });

    it('reads back as what was exported, within the asked accuracy', () => {
      expect(plan.met).to.equal(true);
      expect(plan.errorEstimate).to.be.lessThan(1e-6);
      const read = readTabulatedEam(file.text, { file: 'Cu.eam.fs' });
      const structures = [
        wobbly(['Cu']),
        cubic('bcc', 'Cu', 2.6),
        ...[1, 1.7, 2.4, 4, 6, 7.05, 7.5, 7.999].map((r) => dimer('Cu', 'Cu', r)),
      ];
      for (const structure of structures) {
        const a = evaluateEam(read, structure);
        const b = evaluateEam(plan.potential, structure);
        const scale = Math.max(1, Math.abs(b.energy) / structure.species.length / 10);
        expect(Math.abs(a.energy - b.energy) / structure.species.length / scale).to.be.lessThan(1e-6);
        for (let k = 0; k < a.forces.length; k++)
          expect(Math.abs(a.forces[k]! - b.forces[k]!) / Math.max(1, Math.abs(b.forces[k]!) / 10)).to.be.lessThan(1e-4);
      }
    });

    it('has an error estimate that is not beaten by structures it has not seen, and not ten thousand times too large', () => {
      const read = readTabulatedEam(file.text);
      let worst = 0;
      for (let k = 0; k < 3000; k++) {
        const r = 1.3 + ((k * Math.SQRT2) % 1) * 6.69;
        const around = (potential: EamPotential) => evaluateEam(potential, dimer('Cu', 'Cu', r)).energy / 2;
        worst = Math.max(worst, Math.abs(around(read) - around(plan.potential)));
      }
      expect(worst).to.be.lessThan(2 * plan.errorEstimate);
      expect(worst).to.be.greaterThan(1e-4 * plan.errorEstimate);
    });

    it('says where sqrt(rho) cannot be tabulated, and changes nothing else', () => {
      expect(plan.changes).to.have.length(1);
      const [{ belowDensity, largestDifference, dimersBeyond }] = plan.changes as [(typeof plan.changes)[0]];
      expect(dimersBeyond).to.be.greaterThan(6);
      expect(largestDifference).to.be.within(1e-3, 0.01);
      const exact = suttonChen('taper');
      for (const r of [2, 4, dimersBeyond! - 0.01]) {
        const structure = dimer('Cu', 'Cu', r);
        expect(evaluateEam(plan.potential, structure).energy).to.equal(evaluateEam(exact, structure).energy);
      }
      let seen = 0;
      for (let r = dimersBeyond!; r < 8; r += 0.001) {
        const structure = dimer('Cu', 'Cu', r);
        seen = Math.max(seen, Math.abs(evaluateEam(plan.potential, structure).energy - evaluateEam(exact, structure).energy) / 2);
      }
      expect(seen).to.be.within(0.9 * largestDifference, 1.001 * largestDifference);
      expect(plan.potential.embedding(0).evaluate(belowDensity * 1.01, slope)).to.equal(-Math.sqrt(belowDensity * 1.01));
      expect(plan.notes.join('\n')).to.match(/below density .* a dimer longer than .* differs from the printed equation by at most/);
    });

    it('exports a function whose forces are its derivatives, over all joins', () => {
      for (const r of [0.9, 2.5, plan.changes[0]!.dimersBeyond! + 0.1, 7.3, 7.9]) {
        const structure = dimer('Cu', 'Cu', r);
        const exact = evaluateEam(plan.potential, structure).forces;
        const numerical = numericalForces(plan.potential, structure, 1e-5);
        for (let k = 0; k < 6; k++) expect(exact[k]! - numerical[k]!).to.be.closeTo(0, 1e-6 * Math.max(1, Math.abs(exact[k]!)));
      }
      // past the end of the density table, in a straight line
      const far = plan.linearFrom * 2;
      const value = plan.potential.embedding(0).evaluate(plan.linearFrom, slope);
      const along = slope[0]!;
      expect(plan.potential.embedding(0).evaluate(far, slope)).to.be.closeTo(value + along * plan.linearFrom, 1e-9);
    });

    it('covers the densities of compressed crystals', () => {
      const squeezed = cubic('fcc', 'Cu', 0.95 * 2.1 * Math.SQRT2);
      expect(evaluateEam(suttonChen('taper'), squeezed).densities[0]!).to.be.lessThan(file.grid.drho * (file.grid.nrho - 1) * (1 + 1e-12));
      expect(planExport({ ...model, rhoMax: 500 }).linearFrom).to.be.greaterThan(740);
    });

    it('needs no change of a function with a slope at zero, and far smaller tables', () => {
      const alloy = planExport(modelOf(toyAlloy(), 2, 30));
      expect(alloy.changes).to.deep.equal([]);
      expect(alloy.met).to.equal(true);
      expect(alloy.grid.nrho).to.be.lessThan(50_000);
      expect(alloy.grid.nr).to.be.lessThan(6000);
    });

    it('follows the asked accuracy, and admits what it cannot meet', () => {
      const alloy = modelOf(toyAlloy(), 2, 30);
      const rough = planExport(alloy, { accuracy: 1e-4 });
      expect(rough.grid.nrho).to.be.lessThan(planExport(alloy).grid.nrho / 3);
      const capped = planExport(alloy, { accuracy: 1e-9, maxDistancePoints: 1000, maxDensityPoints: 1000 });
      expect(capped.met).to.equal(false);
      expect(capped.grid).to.include({ nr: 1000, nrho: 1000 });
      expect(capped.errorEstimate).to.be.greaterThan(1e-9);
      expect(capped.notes.join()).to.match(/not met/);
    });
  });

  it('round-trips two elements with a density for every ordered pair', () => {
    const model = modelOf(toyAlloy(), 2, 30);
    const plan = planExport(model);
    const read = readTabulatedEam(exportEamFs(model, { plan }).text, { file: 'NiAl.eam.fs' });
    const structure = wobbly(['Ni', 'Al', 'Al']);
    expect(evaluateEam(read, structure).energy).to.be.closeTo(evaluateEam(toyAlloy(), structure).energy, 32e-6);
    expect(() => exportEamAlloy(model, { plan })).to.throw(InputError, /density of Ni differs.*eam\/fs/s);
    const bare = readTabulatedEam(exportDensityFs(model, { plan }).text, { file: 'x.fs' });
    expect(bare.pair(0, 1).evaluate(2.5, slope)).to.equal(0);
    expect(bare.density(0, 1).evaluate(2.5, slope)).to.equal(read.density(0, 1).evaluate(2.5, slope));
  });

  it('tabulates dipole and quadrupole functions to the asked accuracy, and lets F flatten out where adp ends', () => {
    const model = modelOf(toyAdp(), 2, 30);
    const plan = planExport(model);
    expect(plan.met).to.equal(true);
    const read = readTabulatedEam(exportAdp(model, { plan }).text, { file: 'NiAl.adp' });
    const disordered = wobbly(['Ni', 'Al', 'Al']);
    for (const structure of [disordered, ...[0.9, 1.7, 2.6, 4.1, 5.4].map((r) => dimer('Ni', 'Al', r))]) {
      const one = evaluateEam(read, structure);
      const other = evaluateEam(plan.potential, structure);
      const scale = Math.max(1, Math.abs(other.energy) / structure.species.length / 10);
      expect(Math.abs(one.energy - other.energy) / structure.species.length / scale).to.be.lessThan(1e-6);
      for (const [k, force] of other.forces.entries())
        expect(Math.abs(one.forces[k]! - force) / Math.max(1, Math.abs(force) / 10)).to.be.lessThan(1e-4);
    }
    expect(evaluateEam(plan.potential, disordered).energy).to.equal(evaluateEam(toyAdp(), disordered).energy);
    // a coarse table is refused because of the angular terms alone
    const stiff = { ...toyAdp(), dipole: () => tapered((r) => [Math.sin(60 * r), 60 * Math.cos(60 * r)], 5.5, 1) };
    expect(planExport(modelOf(stiff, 2, 30)).grid.nr).to.be.greaterThan(2 * plan.grid.nr);
    const far = plan.grid.drho * (plan.grid.nrho - 1);
    for (let rho = 0.7 * far; rho < 1.3 * far; rho += far / 97) {
      const step = 1e-4;
      const embedding = (x: number) => plan.potential.embedding(1).evaluate(x, slope);
      const numerical = (embedding(rho + step) - embedding(rho - step)) / (2 * step);
      embedding(rho);
      expect(slope[0]).to.be.closeTo(numerical, 1e-6);
      expect(read.embedding(1).evaluate(rho, new Float64Array(1))).to.be.closeTo(embedding(rho), 1e-6);
      if (rho > far) expect(slope[0]).to.equal(0);
    }
    expect(plan.notes.join()).to.match(/F flattens to a constant/);
  });

  it('does not leave out angular terms without a word', () => {
    const model = modelOf(toyAdp(), 2, 30);
    const rough = { accuracy: 1e-3, maxDensityPoints: 2000 };
    expect(() => exportEamFs(model, rough)).to.throw(InputError, /dipole and quadrupole terms, which eam\/fs cannot hold.*adp/s);
    expect(() => exportForLammps(model, PLACE, { ...rough, style: 'eam/alloy' })).to.throw(InputError, /eam\/alloy cannot hold/);
    const asymmetric = modelOf({ ...toyAdp(), density: (a: number, b: number) => toyAlloy().density(a, b) }, 2, 30);
    expect(() => exportAdp(asymmetric, rough)).to.throw(InputError, /density of Ni differs.*adp cannot hold/s);
    const plain = modelOf(toyAlloyOfOneDensity(), 2, 30);
    const zero = readTabulatedEam(exportAdp(plain, rough).text, { file: 'x.adp' });
    expect(isAdp(zero) && zero.dipole(0, 1).evaluate(2.5, slope)).to.equal(0);
    expect(Object.keys(exportForLammps(model, PLACE, rough).files)).to.have.members(['potential.adp', 'pair.in']);
  });

  it('writes eam/alloy where the density does not depend on the site', () => {
    const model = modelOf(suttonChen('taper'), 2.1, 40);
    const plan = planExport(model, { accuracy: 1e-4, maxDensityPoints: 5000 });
    const read = readTabulatedEam(exportEamAlloy(model, { plan }).text, { file: 'Cu.eam.alloy' });
    const same = readTabulatedEam(exportEamFs(model, { plan }).text, { file: 'Cu.eam.fs' });
    expect(evaluateEam(read, wobbly(['Cu'])).energy).to.equal(evaluateEam(same, wobbly(['Cu'])).energy);
  });

  it('writes pair tables with F = -dE/dr, to the accuracy it claims', () => {
    const model = modelOf(suttonChen('taper'), 2.1, 40);
    const file = exportPairTable(model);
    expect(file.met).to.equal(true);
    const lines = file.text.split('\n');
    const at = lines.indexOf('Cu-Cu');
    expect(lines[at + 1]).to.match(new RegExp(`^N ${file.points} R ${file.inner} 8 FPRIME \\S+ \\S+$`));
    expect(lines[at + 2]).to.equal('');
    const rows = lines.slice(at + 3, at + 3 + file.points).map((line) => line.split(' ').map(Number) as [number, number, number, number]);
    expect(rows[0]![0]).to.equal(1);
    expect(rows.at(-1)!.slice(0, 3)).to.deep.equal([file.points, 8, 0]);
    const [index, r, energy, force] = rows[Math.floor(file.points / 3)]!;
    expect(index).to.equal(Math.floor(file.points / 3) + 1);
    expect(energy).to.be.closeTo(1289.305 / r ** 9, 1e-12);
    expect(force).to.be.closeTo((9 * 1289.305) / r ** 10, 1e-12);
    const [lo, hi] = lines[at + 1]!.split(' ').slice(-2).map(Number) as [number, number];
    const read = new LammpsPairTable(
      {
        inner: file.inner,
        outer: 8,
        energy: Float64Array.from(rows, (row) => row[2]),
        force: Float64Array.from(rows, (row) => row[3]),
        forceSlopes: [lo, hi],
      },
      file.points,
    );
    for (const x of [1.4, 2.2, 3.333, 7.5, 7.99]) {
      const exact = model.potential.pair(0, 0).evaluate(x, slope);
      const exactSlope = slope[0]!;
      expect(read.evaluate(x, slope)).to.be.closeTo(exact, 1e-7 * Math.max(1, exact / 10));
      expect(slope[0]).to.be.closeTo(exactSlope, 2e-5 * Math.max(1, Math.abs(exactSlope) / 10));
    }
  });

  it('writes include files that can be used from any folder', () => {
    const out = exportForLammps(modelOf(toyAlloy(), 2, 30), PLACE, { accuracy: 1e-4 });
    expect(Object.keys(out.files)).to.have.members(['potential.eam.fs', 'potential.density.fs', 'pair.table', 'pair.in', 'pair.hybrid.in']);
    const text = out.files['pair.in']!;
    expect(text).to.include('Atom types: 1 = Ni, 2 = Al');
    expect(text).to.include('pair_coeff * * "/data/my potentials/cu/potential.eam.fs" Ni Al');
    expect(text).to.include(`pair_coeff * * \${eqpot}/potential.eam.fs Ni Al`);
    // nothing is left behind that a second include could trip over
    expect(text).not.to.match(/^variable/m);
    expect(out.files['pair.hybrid.in']).to.match(/pair_coeff 1 2 table "\/data\/my potentials\/cu\/pair\.table" Ni-Al 5\.5/);
    expect(() => exportPairIn(modelOf(toyAlloy(), 2, 30), 'eam/fs', 'x', { ...PLACE, folder: '/data/$HOME' })).to.throw(
      InputError,
      /character/,
    );
  });

  it('refuses values that no table can hold', () => {
    const broken = suttonChen('taper');
    const nan: EamPotential = {
      ...broken,
      pair: () => ({
        evaluate: (r, derivative) => {
          derivative[0] = 0;
          return r > 3 && r < 3.1 ? Number.NaN : 0;
        },
      }),
    };
    const model = modelOf(nan, 2.1, 40);
    expect(() => exportEamFs(model, { maxDistancePoints: 1000, maxDensityPoints: 1000 })).to.throw(
      InputError,
      /pair energy of Cu and Cu at 3\.0\d* Å is NaN/,
    );
    const logarithm: EamPotential = { ...broken, embedding: () => ({ evaluate: (rho) => Math.log(rho) }) };
    expect(() => planExport(modelOf(logarithm, 2.1, 40))).to.throw(InputError, /embedding energy of Cu at density 0 is -Infinity/);
    expect(() => planExport(modelOf(broken, 9, 40))).to.throw(InputError, /between 0 and the cutoff/);
    const nobody: EamPotential = { ...broken, elements: ['Qq'] };
    expect(() => exportEamFs(modelOf(nobody, 2.1, 40), { maxDistancePoints: 1000, maxDensityPoints: 1000 })).to.throw(
      InputError,
      /'Qq' is no chemical symbol/,
    );
  });

  describe('core', () => {
    it('finds nothing wrong with a wall', () => {
      expect(checkCore(suttonChen('taper'), 2.1)).to.deep.equal([]);
    });

    it('counts the angular energies of dimers', () => {
      const sound = toyAdp();
      expect(checkCore(sound, 2)).to.deep.equal([]);
      // a dipole energy that is highest at 1 Å and gone further in
      const bump = {
        ...sound,
        dipole: () => tapered((r) => [40 * Math.exp(-4 * (r - 1) ** 2), -320 * (r - 1) * Math.exp(-4 * (r - 1) ** 2)], 5.5, 1),
      };
      const found = checkCore(bump, 2).filter(({ what }) => what === 'dimer Ni-Al');
      expect(found).to.have.length(1);
      const energy = (r: number) => evaluateEam(bump, dimer('Ni', 'Al', r)).energy;
      const { from, to, drop } = found[0]!;
      expect(drop).to.be.closeTo(energy(to) - energy(from), 1e-6 * Math.abs(drop));
    });

    it('takes a ripple on the floor of the well for its shape, and one further in for what it is', () => {
      // fcc copper of this potential has its bond at 2.55 Å; a dent of the embedding function at the density of the crystal at 2.5 and at 2.2 Å
      const base = suttonChen('taper');
      const dented = (d: number, depth: number): EamPotential => {
        const at = shellCounts('fcc', 4).reduce((sum, { ratio, count }) => sum + count * base.density(0, 0).evaluate(ratio * d, slope), 0);
        const embedding = base.embedding(0);
        return {
          ...base,
          embedding: () => ({
            evaluate(rho, derivative) {
              const value = embedding.evaluate(rho, derivative);
              const x = (rho - at) / (0.02 * at);
              const dent = depth * Math.exp(-x * x);
              derivative[0]! += (2 * x * dent) / (0.02 * at);
              return value - dent;
            },
          }),
        };
      };
      expect(checkCore(dented(2.48, 0.02), 2.1)).to.deep.equal([]);
      const found = checkCore(dented(2.2, 1), 2.1).filter(({ what }) => what === 'fcc Cu');
      expect(found).to.have.length(1);
      expect(found[0]!.from).to.be.within(2.15, 2.25);
    });

    it('lets splines have several wells at the distances of the data, and none further in', () => {
      // wells at 3.3 and at 2.6 Å, and one at 1.9 Å
      const dip = (r: number, at: number, depth: number) => -depth * Math.exp(-(((r - at) / 0.15) ** 2));
      const wall = (r: number) => 40 * Math.exp(-3 * r) * Math.max(0, 4.5 - r) ** 2 + 2 / r ** 8;
      const calculator = (hole: number) => {
        const pair = (r: number) => wall(r) + dip(r, 3.3, 0.5) + dip(r, 2.6, 0.4) + dip(r, 1.9, hole);
        return {
          elements: ['Ni', 'Mo'],
          cutoff: 4.5,
          // crystals have no say here
          evaluate: ({ species, positions }: Structure) =>
            ({ energy: species.length === 2 && species[0] !== species[1] ? pair(positions[3]!) : 0 }) as Evaluation,
        };
      };
      const dimers = (hole: number, rMin: number) =>
        checkCalculatorCore(calculator(hole), rMin).filter(({ what }) => what === 'dimer Ni-Mo');
      expect(dimers(0, 2.3)).to.deep.equal([]);
      // the lowest point of a well may lie a little below the shortest distance
      expect(dimers(0, 2.65)).to.deep.equal([]);
      const found = dimers(5, 2.3);
      expect(found).to.have.length(1);
      expect(found[0]!.from).to.be.within(1.85, 1.95);
    });

    it('finds a pair term that goes to zero at short distances', () => {
      const base = suttonChen('taper');
      const phi = base.pair(0, 0);
      // a barrier of about 10 eV at 1.3 Å and nothing behind it
      const soft: EamPotential = {
        ...base,
        pair: () => ({
          evaluate(r, derivative) {
            const value = phi.evaluate(r, derivative);
            const factor = Math.exp(-((1.5 / r) ** 12));
            derivative[0] = factor * (derivative[0]! + (value * 12 * 1.5 ** 12) / r ** 13);
            return factor * value;
          },
        }),
      };
      const found = checkCore(soft, 2.1);
      const one = found.find(({ what }) => what === 'dimer Cu-Cu')!;
      expect(one.to).to.be.within(1.2, 1.6);
      expect(one.drop).to.be.greaterThan(5);
      expect(found.map(({ what }) => what)).to.include('fcc Cu');
    });
  });

  it('counts the shells of the cubic lattices', () => {
    // number of neighbours and squared distances, Ashcroft and Mermin, Solid State Physics, table 4 ff.
    const first = (lattice: 'sc' | 'bcc' | 'fcc' | 'diamond', n: number) =>
      shellCounts(lattice, 3)
        .slice(0, n)
        .map(({ ratio, count }) => [count, Number((ratio * ratio).toFixed(6))]);
    expect(first('fcc', 4)).to.deep.equal([
      [12, 1],
      [6, 2],
      [24, 3],
      [12, 4],
    ]);
    expect(first('bcc', 3)).to.deep.equal([
      [8, 1],
      [6, 1.333333],
      [12, 2.666667],
    ]);
    expect(first('sc', 3)).to.deep.equal([
      [6, 1],
      [12, 2],
      [8, 3],
    ]);
    expect(first('diamond', 3)).to.deep.equal([
      [4, 1],
      [12, 2.666667],
      [12, 3.666667],
    ]);
  });
});

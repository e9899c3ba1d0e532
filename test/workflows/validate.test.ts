import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StopController } from '../../src/engines/stop.js';
import { EngineError, InputError, StoppedError } from '../../src/errors.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { writeCommittee } from '../../src/potentials/committee-file.js';
import { writeModel } from '../../src/potentials/equation-potential.js';
import type { LammpsRun, Property, PropertyOutcome } from '../../src/properties/property.js';
import { PROPERTIES } from '../../src/properties/registry.js';
import { elementSystem } from '../../src/properties/system.js';
import { renderValidation } from '../../src/report/validation/html.js';
import { cubic } from '../../src/structures/lattices.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import { chooseProperties, knownNames } from '../../src/workflows/validate/choose.js';
import { junit } from '../../src/workflows/validate/junit.js';
import { forMembers } from '../../src/workflows/validate/members.js';
import { potentialFrom, potentialFromLines, type TestedPotential } from '../../src/workflows/validate/potential.js';
import { parseReference } from '../../src/workflows/validate/reference.js';
import { judge } from '../../src/workflows/validate/result.js';
import { table } from '../../src/workflows/validate/table.js';
import { Watch } from '../../src/workflows/validate/watch.js';
import { validate } from '../../src/workflows/validate.js';
import { parseXml } from '../report/xml.js';

/** A potential that no file is needed for. */
const LENNARD_JONES = potentialFromLines('lj', { style: 'lj/cut 6', coefficients: ['* * 0.1 2.3'], elements: ['Cu'] });

function property(id: string, run: Property['run'], more: Partial<Property> = {}): Property {
  return { id, title: id, cost: 'nothing', templates: [], values: () => [{ name: id, unit: 'eV', description: '' }], run, ...more };
}

const one = (name: string, value: number): PropertyOutcome => ({ values: [{ name, unit: 'eV', value }] });

describe('workflows/validate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-validate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (properties: readonly Property[], more: Partial<Parameters<typeof validate>[0]> = {}) =>
    validate({
      potentials: [LENNARD_JONES],
      system: elementSystem('Cu'),
      properties,
      settings: { seed: 1 },
      directory: folder,
      workers: 1,
      ...more,
    });

  const known = {
    units: new Map([
      ['a', 'eV'],
      ['b', 'eV'],
      ['c', 'eV'],
    ] as const),
    knows: () => false,
    ids: [],
  };
  const reference = parseReference(
    'properties:\n  a: { value: 1, tolerance: 10 %, source: x }\n  b: { value: 2, tolerance: 0.1, source: y }\n  c: { value: 3, tolerance: none, source: z }\n',
    'r.yaml',
    known,
  );

  it('a property that fails is an error with its log, and stops no other one', async () => {
    const result = await run(
      [
        property('a', async () => one('a', 1.05)),
        property('b', async () => one('b', 2.2)),
        property('c', async () => one('c', 3.5)),
        property('d', async () => {
          throw new EngineError('it blew up', 'last line');
        }),
        property('e', async () => one('e', 1), { applies: () => 'not for metals' }),
        property('f', async () => one('f', Number.NaN)),
        property('g', async () => {
          throw new TypeError('x is undefined');
        }),
        property('h', async () => one('h', 1), { needsNative: true }),
      ],
      { reference },
    );
    const verdicts = result.potentials.lj!;
    expect(Object.fromEntries(Object.entries(verdicts).map(([name, { status }]) => [name, status]))).to.deep.equal({
      a: 'pass',
      b: 'fail',
      c: 'no-reference',
      d: 'error',
      e: 'skipped',
      f: 'error',
      g: 'error',
      h: 'skipped',
    });
    expect(verdicts.a).to.deep.include({ value: 1.05, unit: 'eV', reference: 1, tolerance: 0.1 });
    expect(verdicts.b!.deviation).to.be.closeTo(0.2, 1e-12);
    expect(verdicts.d!.detail).to.deep.equal({ message: 'it blew up', log: 'last line' });
    expect(verdicts.d!.value).to.equal(null);
    expect(verdicts.h!.detail.message).to.include('mpirun');
    expect(JSON.parse(readFileSync(join(folder, 'validation.json'), 'utf8')).potentials.lj.a.status).to.equal('pass');
    const suite = parseXml(readFileSync(join(folder, 'junit.xml'), 'utf8'));
    expect(JSON.stringify(suite)).to.include('it blew up');
    expect(junit(result)).to.include('tests="8" failures="1" errors="3" skipped="3"');
    expect(table(result)).to.include('2.2000 FAIL').and.to.include('lj, error: it blew up (d)');
  });

  it('gives values error bars by the members of a committee, and says which structures are outside of the fitted data', async function () {
    this.timeout(180_000);
    const values: Record<string, number> = { lj: 1.05, 'lj#1': 1, 'lj#2': 1.3, 'lj#3': 1.6 };
    const member = (name: string): TestedPotential => ({ ...LENNARD_JONES, name, hash: name });
    const potential: TestedPotential = {
      ...LENNARD_JONES,
      measure: (structure) => ({ value: structure.positions[0]!, distance: 0, density: 0, atoms: new Float64Array(0) }),
      committee: { members: ['lj#1', 'lj#2', 'lj#3'].map(member), scale: 2 },
    };
    const asked: string[] = [];
    const list = [
      property('a', async (context) => {
        const { name } = context.potential;
        asked.push(name);
        // a member that fails leaves the others
        if (name === 'lj#3') throw new EngineError('it blew up', '');
        return one('a', values[name]!);
      }),
      property('b', async ({ potential: { name } }) => one('b', name === 'lj' ? 2 : 3)),
      property('c', async ({ potential: { name } }) => {
        expect(name).to.equal('lj');
        return one('c', 1);
      }),
    ];
    const result = await run(list, { reference, potentials: [potential], memberProperties: list.slice(0, 2) });
    expect(asked.sort()).to.deep.equal(['lj', 'lj#1', 'lj#2', 'lj#3']);
    const { a, b, c } = result.potentials.lj!;
    expect(a).to.deep.include({ value: 1.05, status: 'pass' });
    // standard deviation of 1 and 1.3
    expect(a!.uncertainty!.spread).to.be.closeTo(0.3 / Math.SQRT2, 1e-12);
    expect(a!.uncertainty).to.deep.include({ scale: 2, members: 2 });
    expect(b!.uncertainty).to.deep.equal({ spread: 0, scale: 2, members: 3 });
    expect(c!.uncertainty).to.equal(undefined);
    expect(Object.keys(result.potentials)).to.deep.equal(['lj']);
    expect(result.extrapolation).to.deep.equal({ lj: { a: 0, b: 0, c: 0 } });
    const text = table(result);
    expect(text).to.include('1.0500 ± 0.42').and.to.include('2 members of its committee, times 2.0000');
    expect(text).not.to.include('outside of the fitted data');
    expect(table({ ...result, extrapolation: { lj: { a: 0.25, b: 0 } } })).to.include('in widths of its range: a 0.25\n');
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    parseXml(page);
    expect(page).to.include('± 0.42').and.not.to.include('outside of the fitted data');
    expect(renderValidation({ ...result, extrapolation: { lj: { a: 0.25 } } })).to.include('outside of the fitted data: lj by 0.25');
  });

  it('watches what properties compute: relaxed structures in place of their starts', async () => {
    const structure = (x: number) => ({ ...cubic('sc', 'Cu', 3), positions: Float64Array.of(x, 0, 0) });
    const watch = new Watch((seen) => ({ value: seen.positions[0]!, distance: 0, density: 0, atoms: new Float64Array(0) }));
    const results = { log: '', files: {}, relaxed: () => structure(0.3), rows: () => [[1]] };
    const runner = watch.over({ evaluate: async () => [], lammps: async () => results as unknown as LammpsRun });
    expect(watch.worst()).to.equal(0);
    await runner.evaluate([structure(0.1), structure(0.2)]);
    expect(watch.worst()).to.equal(0.2);
    const finished = await runner.lammps({ template: 'in.x', structures: { start: structure(0.9) } });
    expect(watch.worst()).to.equal(0.9);
    expect(finished.rows('x')).to.deep.equal([[1]]);
    expect(finished.relaxed('start', 'dump').positions[0]).to.equal(0.3);
    expect(watch.worst()).to.equal(0.3);
  });

  it('tries members on cheap properties, and on others that are named', () => {
    const all = chooseProperties(PROPERTIES, undefined, true);
    const ids = (names?: string[]) => forMembers(all, names).map(({ id }) => id);
    expect(ids()).to.include.members(['lattice', 'elastic', 'surfaces', 'vacancy', 'phonons']);
    for (const id of ['grain_boundaries', 'md_speed', 'melting', 'thermal_expansion']) expect(ids()).not.to.include(id);
    expect(ids(['md_speed', 'melting_point']))
      .to.include.members(['md_speed', 'melting', 'lattice'])
      .and.not.include('grain_boundaries');
  });

  it('takes the committee of a run along, and single members by number', function () {
    this.timeout(180_000);
    const scale = { energy: 3, forces: 3 };
    const members = (['sr2', 'sutton-chen-cu'] as const).map((name) => ({ kind: 'bootstrap' as const, model: builtinModel(name) }));
    writeFileSync(join(folder, 'model.json'), writeModel(builtinModel('sr2')));
    writeFileSync(join(folder, 'committee.json'), writeCommittee({ members, scale }));
    const { committee } = potentialFrom(`x=${folder}`, 5);
    expect(committee!.members.map(({ name }) => name)).to.deep.equal(['x#1', 'x#2']);
    expect(committee!.scale).to.equal(3);
    expect(potentialFrom(`y=${folder}#2`, 5)).to.deep.include({ name: 'y', title: builtinModel('sutton-chen-cu').title });
  });

  it('runs LAMMPS, keeps what it gave, and does not run it again', async () => {
    const lattice = PROPERTIES.filter(({ id }) => id === 'lattice');
    const first = await run(lattice, { keepInputs: true });
    // the same sum over pairs, without LAMMPS
    const energy = (a: number) =>
      neighbourPairs(cubic('fcc', 'Cu', a), 6).distances.reduce((sum, r) => sum + 0.1 * ((2.3 / r) ** 12 - (2.3 / r) ** 6), 0);
    const a = first.potentials.lj!.lattice_constant!.value!;
    expect(first.potentials.lj!.cohesive_energy!.value!).to.be.closeTo(energy(a), 1e-9);
    expect(energy(a)).to.be.lessThan(Math.min(energy(a - 1e-3), energy(a + 1e-3)));
    expect(existsSync(join(folder, 'inputs/lj/001-verify/command.sh'))).to.equal(true);
    // a LAMMPS that cannot run shows that none is needed
    const broken: Property = property('a', async (context) => {
      await context.lammps({ template: 'in.atoms', timeoutSeconds: 1e-9 });
      return one('a', 1);
    });
    const again = await run([...lattice, broken]);
    expect(again.potentials.lj!.lattice_constant).to.deep.equal(first.potentials.lj!.lattice_constant);
    expect(again.potentials.lj!.a!.status, String(again.potentials.lj!.a!.detail.message)).to.equal('no-reference');
  });

  it('lost atoms and results that are no numbers are errors', async () => {
    const nan: TestedPotential = { ...LENNARD_JONES, pairLines: 'pair_style lj/cut 6\npair_coeff * * 1e308 1e300\n', hash: 'nan' };
    const result = await run(PROPERTIES.slice(0, 1), { potentials: [nan] });
    const { status, detail } = result.potentials.lj!.lattice_constant!;
    expect(status).to.equal('error');
    expect(String(detail.message)).to.match(/no number|not a number|no minimum/);
  });

  it('stops when asked, and writes no half result', async () => {
    const stop = new StopController({ signals: false, announce: () => {} });
    const wait = property('a', async () => {
      stop.request('enough');
      return one('a', 1);
    });
    try {
      await run([wait, property('b', async (context) => one('b', (await context.lattice()).a))], { stop });
      expect.fail('it did not stop');
    } catch (error) {
      expect(error).to.be.instanceOf(StoppedError);
    } finally {
      stop.dispose();
    }
    expect(existsSync(join(folder, 'validation.json'))).to.equal(false);
  });

  it('says which values a crystal has not', () => {
    const verdicts = judge({ skipped: 'no' }, [{ name: 'a', unit: 'eV', description: '' }], reference);
    expect(verdicts.a).to.deep.include({ value: null, reference: 1, status: 'skipped' });
  });

  it('chooses properties by their names or by those of their values', () => {
    expect(chooseProperties(PROPERTIES, ['c44', 'lattice'], false).map(({ id }) => id)).to.deep.equal(['lattice', 'elastic']);
    expect(chooseProperties(PROPERTIES, ['surface_763'], false).map(({ id }) => id)).to.deep.equal(['surfaces']);
    expect(() => chooseProperties(PROPERTIES, ['elastc'], false)).to.throw(InputError, /did you mean 'elastic'/);
    expect([...knownNames(PROPERTIES).units.keys()]).to.include.members(['lattice_constant', 'lattice_c', 'c11', 'c66', 'surface_111']);
  });

  it('every property has its own names and its templates', () => {
    const names = PROPERTIES.flatMap((each) => each.values(elementSystem('Cu'), { seed: 1 }).map(({ name }) => name));
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z][a-z0-9]*(_-?[a-z0-9]+)*$/);
    for (const { templates } of PROPERTIES)
      for (const template of templates)
        expect(existsSync(new URL(`../../lammps-inputs/${template}`, import.meta.url)), template).to.equal(true);
  });

  it('tells potentials by their files', () => {
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return potentialFrom(join(folder, name));
    };
    const alloy = write('AlCu.eam.alloy', 'a\nb\nc\n2 Al Cu\n');
    expect(alloy).to.deep.include({ name: 'AlCu', elements: ['Al', 'Cu'] });
    expect(alloy.pairLines).to.equal('pair_style eam/alloy\npair_coeff * * AlCu.eam.alloy Al Cu\n');
    expect(write('x.eam', 'header\n 28 58.71 3.52 FCC\n').elements).to.deep.equal(['Ni']);
    expect(write('Si_1.meam.spline', 'header\n10\n').elements).to.deep.equal(['Si']);
    expect(write('TiO.meam.spline', 'header\nmeam/spline 2 Ti O\n').elements).to.deep.equal(['Ti', 'O']);
    expect(write('a.sw', '# Ga As are not in here\nSi Si Si 2.1 2.0\nC Si Si 1 1\n').elements).to.deep.equal(['Si', 'C']);
    expect(potentialFrom(`other=${join(folder, 'x.eam')}`).name).to.equal('other');
    expect(() => write('x.eam.fs', 'no\nsuch\nfile\n')).to.throw(InputError, /x\.eam\.fs:4/);
    expect(() => write('x.snap', 'a')).to.throw(InputError, /does not tell its pair_style/);
    expect(() => potentialFrom('sr3')).to.throw(InputError, /built-in sr1, sr2/);
    expect(potentialFrom('sutton-chen-cu').hash).to.equal(potentialFrom('sc=sutton-chen-cu').hash);
    expect(alloy.hash).not.to.equal(write('AlCu.eam.alloy', 'a\nb\nd\n2 Al Cu\n').hash);
  });
});

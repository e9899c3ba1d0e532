import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadLabelSettings } from '../../../src/config/load-label.js';
import { incarTags, withTags } from '../../../src/engines/labelling/vasp/incar.js';
import { builtinModel } from '../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import type { Frame } from '../../../src/structures/structure.js';
import { labelFrames } from '../../../src/workflows/label/label.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';

const STAND_IN = fileURLToPath(new URL('vasp-stand-in.ts', import.meta.url));
const COMMAND = `'${process.execPath}' --import '${import.meta.resolve('tsx')}' '${STAND_IN}'`;

/** A skew cell; the elements stand mixed, as POSCAR has them not. */
const cell = (species = ['Cu', 'Cu', 'Cu'], shift = 0): Frame => ({
  cell: Float64Array.of(3.6, 0, 0, 0.3, 3.5, 0, 0, -0.2, 3.7),
  pbc: [true, true, true],
  species,
  positions: Float64Array.of(0.1 + shift, 0, -0.2, 1.9, 1.7, 0.1, 0.1, 1.6, 1.9),
  configType: 'default',
  source: '',
  origin: { file: 'test', index: 0 },
});

describe('labels of VASP, by a stand-in that writes its files', () => {
  let directory: string;
  let count = 0;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-vasp-'));
    // files of this layout, without what makes a real POTCAR
    for (const name of ['Cu', 'Cu_pv', 'Al'])
      potcar(name, `  PAW_PBE ${name} 01Jan2000\n   VRHFIN =${name.slice(0, 2)}: d10 p1\n   TITEL  = PAW_PBE ${name} 01Jan2000\n`);
    potcar('Cu_wrong', '  PAW_PBE Al 01Jan2000\n   VRHFIN =Al: s2p1\n');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const potcar = (name: string, text: string) => {
    mkdirSync(join(directory, 'potpaw', name), { recursive: true });
    writeFileSync(join(directory, 'potpaw', name, 'POTCAR'), text);
  };
  const labeller = async (...changes: string[]) => {
    const usual = ['potcar_folder=potpaw', 'potcars={Cu: Cu_pv, Al: Al}', `command=${JSON.stringify(COMMAND)}`];
    const { settings } = loadLabelSettings({ engine: 'vasp', changes: [...usual, ...changes] });
    return createLabeller(settings, directory);
  };
  const label = async (frames: Frame[], ...changes: string[]) => {
    const at = join(directory, String(count++));
    const result = await labelFrames(frames, await labeller(...changes), { directory: at });
    return { ...result, at, text: (id: number, name: string) => readFileSync(join(at, 'runs', ids(at)[id]!, name), 'utf8') };
  };
  const ids = (at: string) =>
    readFileSync(join(at, 'journal.jsonl'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.includes('"jobs"') ? JSON.parse(line).jobs.map((job: { id: string }) => job.id) : []));
  const standIn = (mode: string, more = '') => `run={repeat: 1, environment: {STAND_IN: ${mode}}${more}}`;

  it('are read from vasprun.xml: energy, forces in the order of the structure, stress', async () => {
    const mixed = cell(['Cu', 'Al', 'Cu']);
    const { frames, failed, text } = await label([mixed], 'tags={ENCUT: 450, LASPH: false}', 'kpoints={spacing: 0.2}');
    expect(failed).to.deep.equal([]);
    const wanted = evaluateEam(new EquationPotential(builtinModel('sutton-chen-cu')), { ...mixed, species: ['Cu', 'Cu', 'Cu'] });
    const [frame] = frames;
    expect(frame!.energy).to.be.closeTo(wanted.energy, 1e-8);
    frame!.forces!.forEach((f, k) => void expect(f).to.be.closeTo(wanted.forces[k]!, 1e-8));
    frame!.stress!.forEach((s, k) => void expect(s).to.be.closeTo(wanted.stress![k]!, 1e-8));
    expect(frame!.species).to.deep.equal(mixed.species);
    expect(frame!.labelOrigin).to.include({ engine: 'vasp', version: 'VASP 5.4.4.18Apr17-6-g9f103f2a35' });
    // one that sticks out of its cell along vacuum
    const slab = await label([{ ...mixed, pbc: [true, true, false] }], 'kpoints={spacing: 0.2}');
    expect(slab.failed).to.deep.equal([]);
    // what VASP was given
    const tags = incarTags(text(0, 'try-1/INCAR'));
    expect(Object.fromEntries(tags)).to.include({ ENCUT: '450', LASPH: '.FALSE.', KSPACING: '0.2', NSW: '0', ISMEAR: '1' });
    expect(text(0, 'try-1/POTCAR').match(/TITEL.*/g)).to.deep.equal(['TITEL  = PAW_PBE Cu_pv 01Jan2000', 'TITEL  = PAW_PBE Al 01Jan2000']);
    expect(text(0, 'try-1/POSCAR')).to.match(/\nCu Al\n2 1\n/);
  });

  it('are tried again with other settings where the electrons do not converge', async () => {
    const { frames } = await label([cell()], standIn('unconverged'));
    expect(frames[0]!.labelOrigin!.changed).to.deep.equal({ ALGO: 'All', NELM: '300' });
    const { failed } = await label([cell()], standIn('stuck'), 'tags={NELM: 20}', 'retries=[{ALGO: All}]');
    expect(failed[0]!.failure).to.deep.include({ reason: 'not converged within NELM electronic steps (try 2)', again: false });
  });

  it('survive runs that are killed or cut once, and take OUTCAR where vasprun.xml was cut', async () => {
    const killed = await label([cell()], standIn('first:kill'));
    expect(killed.frames[0]!.labelOrigin).not.to.have.property('changed');
    const outcar = await label([cell()], standIn('cut-xml'));
    // five decimals of positions and six of forces
    outcar.frames[0]!.forces!.forEach((f, k) => void expect(f).to.be.closeTo(killed.frames[0]!.forces![k]!, 1e-6));
    expect(outcar.frames[0]!.energy).to.be.closeTo(killed.frames[0]!.energy!, 1e-7);
    expect((await label([cell()], standIn('nonzero'))).frames.length).to.equal(1);
  });

  it('are not made of anything less, and the reason is named', async function () {
    this.timeout(300_000);
    const cases: [mode: string, reason: RegExp, again: boolean, more?: string][] = [
      ['kill', /no complete ionic step.*exit code 137/, true],
      ['cut', /vasprun\.xml:\d+: there is no complete ionic step/, true],
      ['labort', /stopped before the electrons converged \(LABORT\)/, false],
      ['hang', /its time of 3 s was up/, true, ', timeout: 3'],
      ['garbage', /vasprun\.xml:\d+: .*XML/, true],
      ['nothing', /left neither vasprun\.xml nor OUTCAR/, true],
      ['complain', /VASP says: VERY BAD NEWS! internal error in subroutine SGRCON.*exit code 1/, true],
      ['overflow', /none of the 1 ionic steps can be used/, true],
      ['fewer', /of another structure: its atoms are Cu2, not Al1 Cu2/, false],
      ['swapped', /of another structure: its atoms are|has no counterpart/, false],
    ];
    for (const [mode, reason, again, more] of cases) {
      const { failed } = await label([cell(['Cu', 'Cu', 'Al'])], standIn(mode, more).replace('repeat: 1', 'repeat: 0'), 'retries=[]');
      expect(failed.length, mode).to.equal(1);
      expect(failed[0]!.failure.reason, mode).to.match(reason);
      expect(failed[0]!.failure.again, mode).to.equal(again);
    }
  });

  it('take a mesh that is given, and one point along vacuum', async () => {
    const slab: Frame = { ...cell(), pbc: [true, true, false] };
    const program = async (frame: Frame, ...changes: string[]) =>
      (await label([frame], 'run={environment: {STAND_IN: nothing}, repeat: 0}', ...changes)).text(0, 'try-1/KPOINTS');
    expect(await program(cell(), 'kpoints={mesh: [3, 4, 5]}')).to.equal('mesh of eqpot\n0\nGamma\n3 4 5\n0 0 0\n');
    expect(await program(slab, 'kpoints={spacing: 0.5}')).to.match(/\nGamma\n4 4 1\n/);
  });

  it('belong to settings that change with what changes the numbers, and with nothing else', async () => {
    const settings = async (...changes: string[]) => (await labeller(...changes)).settings;
    const usual = await settings();
    for (const same of ['tags={NELM: 500, NCORE: 4}', 'run={parallel: 3}', 'retries=[]'])
      expect(await settings(same), same).to.equal(usual);
    for (const other of ['tags={ENCUT: 400}', 'potcars={Cu: Cu, Al: Al}', 'kpoints={spacing: 0.3}', 'energy_kind=sigma0'])
      expect(await settings(other), other).not.to.equal(usual);
  });

  it('want settings that make sense', async () => {
    const wrong = (...changes: string[]) =>
      labeller(...changes).then(
        () => 'none',
        (error) => String(error.message),
      );
    expect(await wrong('potcars={Cu: Cu_sv}')).to.match(
      /Cu_sv\/POTCAR: there is no POTCAR for Cu\n.*those for Cu there are: Cu, Cu_pv, Cu_wrong/,
    );
    expect(await wrong('potcars={Cu: Cu_wrong}')).to.include('is of Al, not of Cu');
    expect(await wrong('potcar_folder=nowhere')).to.match(/there is no folder .*nowhere: set 'potcar_folder'/);
    expect(await wrong('tags={NSW: 10}')).to.include('NSW = 10 moves the atoms');
    expect(await wrong('tags={KSPACING: 0}')).to.include('there is no KSPACING');
    expect(await wrong('retries=[{SIGMA: 0.4}]')).to.include('retries set SIGMA, which changes what converged runs give');
    expect(await wrong('incar=INCAR.none')).to.include('there is no such INCAR');
    const { failed } = await label([cell(['Cu', 'Ni', 'Cu'])]);
    expect(failed[0]!.failure).to.deep.equal({ reason: 'the settings name no POTCAR for Ni (they have Cu, Al)', again: false });
  });
});

describe('INCAR', () => {
  it('is read as VASP reads it, and changed where it stands', () => {
    const text = 'ENCUT = 400 # eV\nISMEAR=1; SIGMA = 0.2 ! both\n# NSW = 5\nalgo = Fast\nENCUT = 500\n';
    expect(Object.fromEntries(incarTags(text))).to.deep.equal({ ENCUT: '400', ISMEAR: '1', SIGMA: '0.2', ALGO: 'Fast' });
    const changed = withTags(text, { ENCUT: '450', SIGMA: '0.1', NELM: '99', ALGO: 'All' });
    expect(changed).to.equal('ENCUT = 450\nISMEAR = 1\nSIGMA = 0.1\n# NSW = 5\nALGO = All\nNELM = 99\n');
    expect(withTags(text, {})).to.equal(text);
  });
});

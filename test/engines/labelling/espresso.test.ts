import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadLabelSettings } from '../../../src/config/load-label.js';
import { canStart } from '../../../src/engines/lammps/native.js';
import type { Frame } from '../../../src/structures/structure.js';
import { labelFrames } from '../../../src/workflows/label/label.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';

/** Where Debian has a pseudopotential of copper. */
const PSEUDOS = '/usr/share/doc/quantum-espresso/examples/XSpectra/pseudo';
const FILE = 'Cu_US_PBE_3pj_lowE.UPF.gz';

/** Two atoms off their places in a tetragonal cell of copper, moved or stretched along z. */
const pair = (dz = 0, stretch = 1): Frame => ({
  cell: Float64Array.of(2.57, 0, 0, 0, 2.57, 0, 0, 0, 3.64 * stretch),
  pbc: [true, true, true],
  species: ['Cu', 'Cu'],
  positions: Float64Array.of(0, 0, (0.1 + dz) * stretch, 1.3, 1.25, 1.82 * stretch),
  configType: 'default',
  source: '',
  origin: { file: 'test', index: 0 },
});

describe('labels of Quantum ESPRESSO', () => {
  let directory: string;
  let count = 0;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-espresso-'));
    writeFileSync(join(directory, 'Cu.upf'), 'a file\n');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const label = async (frames: Frame[], ...changes: string[]) => {
    const { settings } = loadLabelSettings({ engine: 'espresso', changes });
    const at = join(directory, String(count++));
    return { at, ...(await labelFrames(frames, await createLabeller(settings, directory), { directory: at })) };
  };

  it('come from the real program: forces and stress are slopes of the energy, an unconverged run is repeated', async function () {
    if (!canStart('pw.x') || !existsSync(join(PSEUDOS, FILE))) {
      console.log('skipped: Quantum ESPRESSO is not installed (Debian: apt install quantum-espresso quantum-espresso-data)');
      this.skip();
    }
    this.timeout(600_000);
    const cheap = [`pseudo_folder=${PSEUDOS}`, `pseudos={Cu: ${FILE}}`, 'ecutwfc=25', 'kpoints={mesh: [2, 2, 2]}', 'degauss=0.02'];
    const h = 0.02;
    const strain = 0.004;
    const frames = [pair(-h), pair(h), pair(0, 1 - strain), pair(0, 1 + strain)];
    const sides = await label(frames, ...cheap);
    expect(sides.failed).to.deep.equal([]);
    const middle = await label(
      [pair()],
      ...cheap,
      'electrons={electron_maxstep: 2}',
      'retries=[{electron_maxstep: 100, mixing_beta: 0.5}]',
    );
    expect(middle.failed).to.deep.equal([]);
    const [low, high, shorter, longer] = sides.frames.map(({ energy }) => energy!);
    const { forces, stress, labelOrigin } = middle.frames[0]!;
    expect(forces![2]).to.be.closeTo((low! - high!) / (2 * h), 0.003);
    expect(Math.abs(forces![2]!)).to.be.greaterThan(0.3);
    const volume = 2.57 * 2.57 * 3.64;
    // at this cutoff the basis changes with the cell: stress (tension positive) is a rough slope only
    expect(stress![8]).to.be.closeTo((longer! - shorter!) / (2 * strain * volume), 0.02);
    expect(labelOrigin).to.deep.include({ engine: 'espresso', changed: { electron_maxstep: '100', mixing_beta: '0.5' } });
    expect(labelOrigin!.version).to.match(/^Quantum ESPRESSO \d/);
    expect(sides.frames[0]!.labelOrigin!.settings).to.equal(labelOrigin!.settings);
  });

  it('are not made of output that is cut, unconverged or an error', async () => {
    const program = (text: string, code = 0) => {
      const file = join(directory, `fake-${count}`);
      writeFileSync(file, `cat <<'END'\n${text}\nEND\nexit ${code}\n`);
      return [`command=sh ${file}`, 'pseudo_folder=.', 'pseudos={Cu: Cu.upf}', 'run={repeat: 0}', 'retries=[]'];
    };
    const failure = async (text: string, code?: number) => (await label([pair()], ...program(text, code))).failed[0]!.failure;
    expect(await failure('', 1)).to.include({ reason: 'pw.x wrote nothing; exit code 1', again: true });
    expect(await failure('     convergence NOT achieved after   2 iterations: stopping\n   JOB DONE.', 2)).to.include({
      reason: 'not converged within electron_maxstep steps; exit code 2',
      again: false,
    });
    // as pw.x ends where it did not converge and says so nowhere else
    expect((await failure('   JOB DONE.', 2)).reason).to.equal('pw.x gives no converged energy; exit code 2');
    const good = '!    total energy              =    -216.43859258 Ry\n     atom    1 type  1   force =  0.1 0.2 0.3\n';
    expect((await failure(good)).reason).to.equal('the output of pw.x was cut');
    expect((await failure(`${good}   JOB DONE.`)).reason).to.equal('pw.x gives forces of 1 of 2 atoms');
    const error = (routine: string) => ` %%%%%%%%\n     Error in routine ${routine} (1):\n      no such thing\n %%%%%%%%\n`;
    expect(await failure(error('readpp'), 1)).to.include({ reason: 'pw.x stopped in readpp: no such thing; exit code 1', again: false });
    expect((await failure(error('cdiaghg'), 1)).reason).to.include('cdiaghg');
  });

  it('are asked for in the words of pw.x', async () => {
    const slab: Frame = { ...pair(), pbc: [true, true, false] };
    const { at } = await label(
      [slab],
      'command="true"',
      'pseudo_folder=.',
      'pseudos={Cu: Cu.upf}',
      'system={nspin: 2, nosym: true}',
      'run={repeat: 0}',
    );
    const [id] = /[0-9a-f]{24}/.exec(readFileSync(join(at, 'journal.jsonl'), 'utf8'))!;
    const text = readFileSync(join(at, 'runs', id, 'try-1', 'pw.in'), 'utf8');
    for (const line of [
      '  nspin = 2',
      '  nosym = .true.',
      "  smearing = 'mv'",
      '  ecutrho = 400',
      'Cu 63.546 Cu.upf',
      'K_POINTS automatic\n13 13 1 0 0 0',
    ])
      expect(text).to.include(line);
    const wrong = (...changes: string[]) =>
      label([slab], 'pseudo_folder=.', ...changes).then(
        () => 'none',
        (error) => String(error.message),
      );
    expect(await wrong('pseudos={Cu: none.upf}')).to.match(/none\.upf: there is no such pseudopotential of Cu/);
    expect(await wrong('pseudos={Cu: Cu.upf}', 'retries=[{conv_thr: 1}]')).to.include('retries set conv_thr');
  });
});

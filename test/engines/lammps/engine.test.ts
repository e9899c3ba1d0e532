import { expect } from 'chai';
import { EmbeddedLammps } from '../../../src/engines/lammps/embedded.js';
import { type LammpsEngine, logError, logProblems, requireSound } from '../../../src/engines/lammps/engine.js';
import { findLammps } from '../../../src/engines/lammps/find.js';
import { lammpsInPath, NativeLammps } from '../../../src/engines/lammps/native.js';
import { EngineError, InputError } from '../../../src/errors.js';

const CRYSTAL = `units metal
lattice fcc 3.6
region box block 0 2 0 2 0 2
create_box 1 box
create_atoms 1 box
mass 1 63.5
pair_style lj/cut 5
pair_coeff 1 1 0.1 2.3
run 0
print "\${label} $(pe:%.10f)" file out/result.txt
`;

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

function behaves(make: () => LammpsEngine | undefined, hang: string) {
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

  it('runs a script with files and variables and gives back what it wrote', async () => {
    const output = await engine.run({ script: CRYSTAL, files: { 'out/there': 'x\n' }, variables: { label: ['first', 'second'] } });
    // 32 atoms, lj/cut 0.1 2.3 5: LAMMPS 29 Sep 2021 and 10 Sep 2025 both print this with the script above
    expect(output.files['out/result.txt']).to.equal('first -24.5175091193\n');
    expect(output.files).not.to.have.property('out/there');
    expect(output.problems).to.deep.equal([]);
    expect(await engine.version()).to.match(/^\d+ \w+ 20\d\d/);
  });

  it('names the error of LAMMPS and goes on', async () => {
    const error = await failure(engine.run({ script: 'units metal\npair_style nonsense\n', files: {} }));
    expect(error).to.be.instanceOf(EngineError);
    expect(error.message).to.match(/LAMMPS stopped: ERROR: Unrecognized pair style 'nonsense'.*pair_style nonsense/);
    expect((await engine.run({ script: CRYSTAL, files: { 'out/x': '' }, variables: { label: 'again' } })).files['out/result.txt']).to.match(
      /^again/,
    );
  });

  it('ends a run that hangs, says so, and goes on', async () => {
    const error = await failure(engine.run({ script: hang, files: {}, timeoutSeconds: 1 }));
    expect(error).to.be.instanceOf(EngineError);
    expect(error.message).to.match(/did not finish within 1 s/);
    expect((await engine.run({ script: CRYSTAL, files: { 'out/x': '' }, variables: { label: 'again' } })).problems).to.deep.equal([]);
  });

  it('recognises atoms that were lost although LAMMPS is content', async () => {
    const script = `units metal
boundary f f f
region box block 0 10 0 10 0 10
create_box 1 box
create_atoms 1 single 1 1 1
create_atoms 1 single 5 5 5
mass 1 63.5
pair_style lj/cut 5
pair_coeff 1 1 0.1 2.3
velocity all set 0 0 -500
fix 1 all nve
thermo_modify lost warn
thermo 10
run 20
`;
    const output = await engine.run({ script, files: {} });
    expect(output.problems.join()).to.match(/of 2 atoms were lost/);
    expect(() => requireSound(output)).to.throw(EngineError, /broken: .*lost/);
  });
}

describe('engines/lammps/engine', () => {
  describe('embedded', () => {
    const loop = 'label again\njump SELF again\n';
    behaves(() => new EmbeddedLammps(), loop);

    it('serves runs asked for at once one after another', async () => {
      const engine = new EmbeddedLammps();
      const outputs = await Promise.all(
        ['a', 'b', 'c'].map((label) => engine.run({ script: CRYSTAL, files: { 'out/x': '' }, variables: { label } })),
      );
      expect(outputs.map(({ files }) => String(files['out/result.txt'])[0]).join('')).to.equal('abc');
      const controller = new AbortController();
      const run = engine.run({ script: loop, files: {}, abort: controller.signal });
      setTimeout(() => controller.abort(), 50);
      expect((await failure(run)).message).to.match(/was stopped/);
      await engine.close();
    });
  });

  describe('native', () => {
    const path = lammpsInPath();
    behaves(() => (path ? new NativeLammps(path) : undefined), 'shell sleep 60\n');
  });

  it('finds what is asked for, and says what is missing', async () => {
    expect((await findLammps()).kind).to.equal('embedded');
    expect(await failure(findLammps('/no/such/lmp'))).to.be.instanceOf(InputError);
    expect((await failure(findLammps('/no/such/lmp'))).message).to.match(/no program '\/no\/such\/lmp'.*embedded/s);
    expect((await failure(findLammps('true -x'))).message).to.match(/does not answer as LAMMPS does/);
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      expect((await failure(findLammps('native'))).message).to.match(/no native LAMMPS found in PATH/);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('reads logs', () => {
    const log = 'LAMMPS (29 Sep 2021)\nrun 0\nERROR on proc 0: Pair distance < table inner cutoff (src/x.cpp:1)\nLast command: run 0\n';
    expect(logError(log)).to.equal('ERROR on proc 0: Pair distance < table inner cutoff (src/x.cpp:1) (Last command: run 0)');
    expect(logError('fine')).to.equal(undefined);
    expect(logProblems('Step Temp PotEng\n 0 300 -nan\nLoop time of 1\n')).to.deep.equal(['not a number in the output: 0 300 -nan']);
    expect(logProblems('print "nan is a word outside of the table"\n')).to.deep.equal([]);
  });
});

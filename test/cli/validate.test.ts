import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eqpot, eqpotInProcess } from './run-cli.js';

describe('eqpot validate', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-validate-cli-'));
    writeFileSync(join(folder, 'good.yaml'), 'properties:\n  lattice_constant: { value: 3.63, tolerance: 1 %, source: a }\n');
    writeFileSync(join(folder, 'bad.yaml'), 'properties:\n  lattice_constant: { value: 3.5, tolerance: 1 %, source: a }\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const lennardJones = ['--pair-style', 'lj/cut 6', '--pair-coeff', '* * 0.1 2.34', '--elements', 'Cu'];

  it('computes, compares, and tells by its exit code', async () => {
    const args = ['validate', ...lennardJones, '--properties', 'lattice', '--workers', '1', '--output', 'out'];
    const good = await eqpot([...args, '--reference', 'good.yaml'], { cwd: folder });
    expect(good.code, good.stderr).to.equal(0);
    expect(good.stdout).to.include('lattice_constant').and.to.include('1 within tolerance, 0 not');
    const bad = await eqpot([...args, '--reference', 'bad.yaml', '--json'], { cwd: folder });
    expect(bad.code, bad.stderr).to.equal(4);
    const printed = JSON.parse(bad.stdout);
    expect(printed.potentials['pair-style'].lattice_constant.status).to.equal('fail');
    expect(printed).to.deep.equal(JSON.parse(readFileSync(join(folder, 'out/validation.json'), 'utf8')));
  });

  it('lists the properties', async () => {
    const { code, stdout } = await eqpot(['validate', '--list']);
    expect(code).to.equal(0);
    expect(stdout)
      .to.include('elastic:')
      .and.to.match(/surface_332 +mJ\/m²/);
  });

  it('starts nothing with wrong input', async () => {
    const wrong: [string[], RegExp][] = [
      [[], /no potential is given/],
      [['sr2', '--properties', 'latice'], /did you mean 'lattice'/],
      [['nothing.eam.alloy'], /there is no such potential/],
      [['sr2', 'sr2'], /two potentials are called 'sr2'/],
      [['sr2', '--element', 'Ni'], /the potential sr2 has no Ni/],
      [['sr2', '--structure', 'nothing'], /there is no such structure/],
      [['sr2', '--surfaces', '11'], /Miller indices/],
      [['sr2', '--lammps', '/no/such/lmp'], /no program/],
      [['--pair-style', 'lj/cut 6'], /chemical symbols/],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await eqpotInProcess(['validate', ...args, '--output', join(folder, 'none'), '--quiet']);
      expect(code, args.join(' ')).to.equal(2);
      expect(stderr).to.match(message);
    }
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const at = (name: string) => fileURLToPath(new URL(`../../vasp-templates/${name}`, import.meta.url));
const text = (name: string) => readFileSync(at(name), 'utf8');

/** tags by part of the file ("basis", ...) */
function parts(name: string): Map<string, Map<string, string>> {
  const result = new Map<string, Map<string, string>>();
  let part = new Map<string, string>();
  for (const line of text(name).split('\n')) {
    const title = /^# --- ([\w-]+)/.exec(line);
    if (title) {
      part = new Map();
      result.set(title[1]!, part);
    }
    const tag = /^(\w+)\s*=\s*(\S+)/.exec(line);
    if (tag) {
      expect(part.has(tag[1]!), `${tag[1]} twice`).to.equal(false);
      part.set(tag[1]!, tag[2]!);
    }
  }
  return result;
}

describe('VASP templates', () => {
  it('give energies that can be compared: the same basis, k-points and electrons', () => {
    const fixed = parts('INCAR.static');
    const relaxed = parts('INCAR.relax');
    for (const part of ['basis', 'k-points', 'electrons', 'output']) expect(relaxed.get(part), part).to.deep.equal(fixed.get(part));
    expect(fixed.get('basis')).to.include.keys('ENCUT', 'PREC', 'LREAL', 'GGA');
    expect(fixed.get('electrons')).to.include.keys('ISMEAR', 'SIGMA', 'EDIFF', 'NELM', 'ISYM');
    expect(Object.fromEntries(fixed.get('ions')!)).to.deep.equal({ IBRION: '-1', NSW: '0', ISIF: '2' });
  });

  it('hold nothing that the parser of VASP could take for something else', () => {
    for (const name of ['INCAR.static', 'INCAR.relax'])
      for (const line of text(name).split('\n')) {
        expect(line, name).to.match(/^[ -~]*$/);
        expect(line.length, line).to.be.lessThan(200);
        const comment = line.slice(line.indexOf('#'));
        // several statements of a line are parted by ;, and a tag is known by its =
        if (line.includes('#')) expect(comment, line).not.to.match(/[=;!\\]/);
        if (!line.startsWith('#') && line.trim() !== '') expect(line).to.match(/^(\w+\s*=\s*\S+\s*(#.*)?|\s+#.*)$/);
      }
  });

  it('say the mesh that the rule gives', () => {
    const spacing = Number(parts('INCAR.static').get('k-points')!.get('KSPACING'));
    // KSPACING in the wiki of VASP: ceiling(|b| 2 pi / KSPACING)
    const mesh = (...reciprocal: number[]) => reciprocal.map((b) => Math.max(1, Math.ceil((2 * Math.PI * b) / spacing))).join(' × ');
    const readme = text('README.md');
    const cube = (b: number) => mesh(b, b, b);
    const inPlane = 2 / (Math.sqrt(3) * 3.21);
    for (const [cell, expected] of [
      ['fcc, 1 atom, a = 3.61 Å', cube(Math.sqrt(3) / 3.61)],
      ['fcc, 4 atoms', cube(1 / 3.61)],
      ['fcc, 32 atoms', cube(1 / 7.22)],
      ['fcc, 108 atoms', cube(1 / 10.83)],
      ['bcc, 2 atoms, a = 2.87 Å', cube(1 / 2.87)],
      ['hcp, 2 atoms, a = 3.21 Å, c = 5.21 Å', mesh(inPlane, inPlane, 1 / 5.21)],
    ] as const)
      expect(readme).to.include(`| ${cell} | ${expected} |`);
    expect(mesh(1 / 25)).to.equal('2');
  });

  describe('job.slurm', () => {
    let folder: string;
    before(function () {
      if (spawnSync('bash', ['--version']).status !== 0) {
        console.log('skipped: there is no bash');
        this.skip();
      }
      folder = mkdtempSync(join(tmpdir(), 'eqpot-vasp-'));
      writeFileSync(join(folder, 'srun'), '#!/bin/sh\necho "$@" >> calls\ncat POSCAR > vasprun.xml\n[ ! -e fail ]\n');
      chmodSync(join(folder, 'srun'), 0o755);
      const run = (name: string, poscar: string, others = ['INCAR', 'POTCAR']) => {
        mkdirSync(join(folder, 'runs', name), { recursive: true });
        for (const file of ['POSCAR', ...others]) writeFileSync(join(folder, 'runs', name, file), file === 'POSCAR' ? poscar : 'x');
      };
      run('a b', '</modeling>\n');
      run('cut', '<modeling>\n');
      run('bare', '</modeling>\n', ['INCAR']);
      writeFileSync(join(folder, 'folders.txt'), 'runs/a b/\nruns/cut/\nruns/bare/\n');
    });
    after(() => folder && rmSync(folder, { recursive: true, force: true }));

    const job = (task?: number) =>
      spawnSync('bash', [at('job.slurm')], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}`, ...(task === undefined ? {} : { SLURM_ARRAY_TASK_ID: String(task) }) },
      });

    it('runs VASP in the folder of its task, once', () => {
      expect(job(1)).to.include({ status: 0, stderr: '' });
      expect(job(1).stdout).to.include('done already');
      expect(readFileSync(join(folder, 'runs/a b/calls'), 'utf8')).to.equal('vasp_std\n');
    });

    it('fails where VASP did not finish, a file is missing, or there is no such task', () => {
      expect(job(2)).to.include({ status: 1, stderr: 'runs/cut/: not finished\n' });
      expect(job(3)).to.include({ status: 1, stderr: 'runs/bare/: there is no POTCAR\n' });
      expect(job(4).status).not.to.equal(0);
      expect(job(4).stderr).to.include('no line 4');
      expect(job().stderr).to.include('sbatch --array');
    });
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { eqpot } from '../cli/run-cli.js';
import type { KillScene } from '../engines/labelling/kills.js';
import { labelledIn } from '../engines/labelling/small-scene.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const STAND_IN = fileURLToPath(new URL('../engines/labelling/vasp-stand-in.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Settings of `eqpot learn` with few labels of a stand-in for VASP, that takes its time. */
function settings(throughFolder: boolean): string {
  const vasp = {
    engine: 'vasp',
    potcar_folder: 'potpaw',
    potcars: { Cu: 'Cu' },
    command: `sleep 0.5; '${process.execPath}' --import '${TSX}' '${STAND_IN}'`,
  };
  return stringify({
    element: 'Cu',
    directory: 'run',
    label: throughFolder ? { engine: 'folder', path: 'jobs', by: vasp, poll: 0.5 } : vasp,
    reference_energy: 0,
    data: { folds: 0 },
    network: { cutoff: 5, pair: { basis: ['r^-9', 'exp(-r)'] }, density: { basis: ['r^-6'] }, embedding: { basis: ['rho^0.5'] } },
    search: { restarts: 1, steps: 20, patience: 20 },
    refine: { steps: 10, candidates: 1 },
    export: { proof_frames: 0 },
    start: { crystals: [{ phase: 'fcc', atoms: 4, count: 6 }] },
    sample: { nested: { atoms: [4], live: 4, iterations: 6, phases: ['fcc'], keep: 8 } },
    select: { budget: 4 },
    stop: { rounds: 2 },
    workers: 1,
  });
}

function prepare(directory: string, throughFolder: boolean): void {
  mkdirSync(join(directory, 'potpaw', 'Cu'), { recursive: true });
  // of this layout, without what makes a real POTCAR
  writeFileSync(
    join(directory, 'potpaw', 'Cu', 'POTCAR'),
    '  PAW_PBE Cu 01Jan2000\n   VRHFIN =Cu: d10 p1\n   TITEL  = PAW_PBE Cu 01Jan2000\n',
  );
  writeFileSync(join(directory, 'settings.yaml'), settings(throughFolder));
}

/**
 * `eqpot learn` and two `eqpot label-folder` with a stand-in for VASP. The labels and all training sets have to be those of a run without
 * kills and without the folder, and every structure has one finished run of VASP.
 */
export async function learnScene(): Promise<KillScene> {
  const calm = mkdtempSync(join(tmpdir(), 'eqpot-calm-'));
  prepare(calm, false);
  const { code, stderr } = await eqpot(['learn', 'settings.yaml', '--quiet'], { cwd: calm });
  if (code !== 0) throw new Error(`the run without kills ended with exit code ${code}: ${stderr}`);
  const expected = dataSets(join(calm, 'run'));
  rmSync(calm, { recursive: true });
  return {
    name: 'eqpot learn',
    roles: ['learn', 'label-folder', 'label-folder'],
    pace: 10_000,
    prepare: (directory) => prepare(directory, true),
    command: (role, directory) =>
      role === 'learn'
        ? ['--import', TSX, MAIN, 'learn', join(directory, 'settings.yaml')]
        : ['--import', TSX, MAIN, 'label-folder', join(directory, 'jobs')],
    journals: (role, directory) =>
      role === 'learn' ? [join(directory, 'run', 'labels', 'journal.jsonl'), join(directory, 'jobs', 'journal.jsonl')] : [],
    check(directory) {
      expect(dataSets(join(directory, 'run'))).to.deep.equal(expected);
      const labelled = labelledIn(join(directory, 'run', 'labels'));
      expect(new Set(labelled).size).to.equal(labelled.length);
      const runs = join(directory, 'jobs', 'runs');
      expect(readdirSync(runs).sort()).to.deep.equal([...labelled].sort());
      for (const id of labelled) {
        const ends = readdirSync(join(runs, id))
          .filter((name) => name.startsWith('try-'))
          .flatMap((name) => readdirSync(join(runs, id, name)).filter((file) => file === 'run.end'));
        expect(ends.length, `finished runs of ${id}`).to.equal(1);
      }
    },
  };
}

/** Everything that was trained on, by file. */
function dataSets(run: string): Record<string, string> {
  const files = [
    'labels.extxyz',
    'training.extxyz',
    ...readdirSync(run).flatMap((name) => (/^round-\d+$/.test(name) ? [`${name}/training.extxyz`] : [])),
  ];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(run, file), 'utf8').replaceAll(/ label_seconds=\S+/g, '')]));
}

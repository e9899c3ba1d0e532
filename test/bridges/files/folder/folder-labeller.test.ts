import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { FolderLayout, resultName } from '../../../../bridges/files/folder/layout.js';
import { readExtxyz } from '../../../../src/datasets/extxyz/read.js';
import { writeExtxyz } from '../../../../src/datasets/extxyz/write.js';
import type { Label, LabelJob } from '../../../../src/engines/labelling/labeller.js';
import { StopController } from '../../../../src/engines/stop.js';
import { InputError, StoppedError } from '../../../../src/errors.js';
import { builtinModel } from '../../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../../src/potentials/evaluate-eam.js';
import { fractionalPositions } from '../../../../src/structures/structure.js';
import { outcarText, type VaspRun, vasprunText } from '../../../datasets/helpers/vasp.js';
import { copperCell } from '../../../engines/labelling/copper-cells.js';
import { FOLDER, TestFolder } from './folder.js';

const JOBS = [0, 1, 2, 3].map(copperCell);
const potential = new EquationPotential(builtinModel('sutton-chen-cu'));

const triples = (values: ArrayLike<number>) =>
  Array.from({ length: values.length / 3 }, (_, k) => [values[3 * k]!, values[3 * k + 1]!, values[3 * k + 2]!]);

/** What VASP would write if its energies were those of Sutton-Chen. */
function vaspRun({ structure }: LabelJob): VaspRun {
  const { energy, forces } = evaluateEam(potential, structure);
  return {
    types: [{ symbol: 'Cu', count: structure.species.length }],
    steps: [
      {
        cell: triples(structure.cell),
        positions: triples(fractionalPositions(structure)),
        forces: triples(forces),
        stress: [1, 2, 3, 4, 5, 6],
        free: energy,
        sigma0: energy,
      },
    ],
  };
}

function extxyzOf({ id, structure }: LabelJob): string {
  const { energy, forces } = evaluateEam(potential, structure);
  return writeExtxyz([{ ...structure, energy, forces, configType: 'x', source: id, origin: { file: '', index: 0 } }]);
}

const jsonOf = ({ structure }: LabelJob) => {
  const { energy, forces } = evaluateEam(potential, structure);
  return JSON.stringify({ energy, forces: triples(forces) });
};

describe('labelling folder', () => {
  let folder: TestFolder;
  beforeEach(() => {
    folder = new TestFolder();
  });
  afterEach(() => folder.dispose());
  const at = (...names: string[]) => join(folder.root, ...names);
  const drop = (name: string, text: string) => writeFileSync(at('results', name), text);
  /** runs when the jobs are out */
  const whenOut = async (jobs: readonly LabelJob[], then: () => void | Promise<void>) => {
    while (!jobs.every(({ id }) => existsSync(at('jobs', id)))) await sleep(10);
    await then();
  };
  const checkLabels = () => {
    const energies = new Map(JOBS.map(({ id, structure }) => [id, evaluateEam(potential, structure)]));
    const seen = new Set<string>();
    for (const outcome of folder.outcomes) {
      const { label } = outcome as { label: Label };
      expect(label.energy).to.be.closeTo(energies.get(outcome.id)!.energy, 1e-7);
      label.forces!.forEach((x, k) => {
        expect(x).to.be.closeTo(energies.get(outcome.id)!.forces[k]!, 1e-6);
      });
      expect(seen.has(outcome.id)).to.equal(false);
      seen.add(outcome.id);
    }
  };

  it('takes files and folders of every kind that people drop', async () => {
    const [a, b, c, d] = JOBS as [LabelJob, LabelJob, LabelJob, LabelJob];
    const done = folder.label(JOBS);
    await whenOut(JOBS, () => {
      mkdirSync(at('results', a.id));
      writeFileSync(at('results', a.id, 'vasprun.xml'), vasprunText(vaspRun(a)));
      writeFileSync(at('results', `OUTCAR_${b.id}.gz`), gzipSync(outcarText(vaspRun(b))));
      drop(`${c.id}.extxyz`, extxyzOf(c));
      drop(`result-${d.id}.json`, jsonOf(d));
    });
    await done;
    checkLabels();
    const origins = new Map(folder.outcomes.map((outcome) => [outcome.id, (outcome as { label: Label }).label.origin]));
    expect([a, b, c].map(({ id }) => origins.get(id)!.engine)).to.deep.equal(['vasp', 'vasp', 'folder']);
    expect(origins.get(a.id)!.version).to.equal('VASP 5.4.4.18Apr17-6-g9f103f2a35');
    expect(folder.outcomes.every((outcome) => (outcome as { label: Label }).label.origin.settings === 'sutton-chen-cu')).to.equal(true);
    expect(readdirSync(at('jobs'))).to.deep.equal([]);
    expect(folder.lines).to.deep.equal([]);
  });

  it('takes the energy that the settings name where a file has both', async () => {
    const [a, b] = JOBS as [LabelJob, LabelJob];
    const both = (job: LabelJob): VaspRun => {
      const run = vaspRun(job);
      return { ...run, steps: run.steps.map((step) => ({ ...step, free: step.free + 0.5 })) };
    };
    const by = { settings: { engine: 'vasp', energy_kind: 'sigma0' }, directory: folder.root };
    const done = folder.label([a, b], { folder: { ...FOLDER, by } });
    await whenOut([a, b], () => {
      drop(`${a.id}.xml`, vasprunText(both(a)));
      drop(`OUTCAR_${b.id}`, outcarText(both(b)));
    });
    await done;
    expect(folder.outcomes.length).to.equal(2);
    checkLabels();
  });

  it('is not made of a folder that holds something else', async () => {
    mkdirSync(at('results'));
    drop('figure.png', 'mine');
    const error = await folder.label([]).catch((e: unknown) => e);
    expect((error as Error).message).to.match(/is no labelling folder, and has a results of its own/);
    rmSync(at('results'), { recursive: true });
    writeFileSync(at('README.txt'), 'mine');
    await folder.label([]).catch(() => {});
    expect(readFileSync(at('README.txt'), 'utf8')).to.equal('mine');
  });

  it('writes jobs that other programs can read', async () => {
    const [job] = JOBS as [LabelJob];
    await folder.label([job], {}, () => existsSync(at('jobs', job.id)));
    expect(readdirSync(at('jobs', job.id)).sort()).to.deep.equal(['POSCAR', 'job.json', 'structure.extxyz']);
    const { frames } = readExtxyz(readFileSync(at('jobs', job.id, 'structure.extxyz'), 'utf8'), { file: 'x' });
    expect(frames[0]!.positions).to.deep.equal(job.structure.positions);
    expect(JSON.parse(readFileSync(at('folder.json'), 'utf8')).settings).to.equal('sutton-chen-cu');
    expect(readFileSync(at('README.txt'), 'utf8')).to.contain('label-folder');
  });

  it('waits for what is still being written, however slowly, and takes it as soon as it is whole', async () => {
    const [a, b, c, d] = JOBS as [LabelJob, LabelJob, LabelJob, LabelJob];
    const done = folder.label(JOBS, { patience: 60 });
    await whenOut(JOBS, async () => {
      const texts: [string, string][] = [
        [`${a.id}.xml`, vasprunText(vaspRun(a))],
        [`OUTCAR.${b.id}`, outcarText(vaspRun(b))],
        [`${c.id}.xyz`, extxyzOf(c)],
        [`${d.id}.json`, jsonOf(d)],
      ];
      for (let part = 0; part < 8; part++) {
        for (const [name, text] of texts)
          appendFileSync(at('results', name), text.slice((text.length * part) / 8, (text.length * (part + 1)) / 8));
        await sleep(part === 7 ? 0 : 100);
        if (part < 7) expect(folder.outcomes).to.deep.equal([]);
      }
    });
    await done;
    checkLabels();
    expect(folder.outcomes.length).to.equal(4);
    expect(readdirSync(at('broken'))).to.deep.equal([]);
  });

  it('sets aside what is broken, with the reason beside it, and goes on waiting', async () => {
    const [a, b, c, d] = JOBS as [LabelJob, LabelJob, LabelJob, LabelJob];
    const done = folder.label(JOBS);
    await whenOut(JOBS, async () => {
      drop(`${a.id}.xml`, vasprunText(vaspRun(a)).slice(0, 2000));
      drop(`${b.id}.extxyz`, extxyzOf(a));
      drop(`${c.id}.json`, '{"energy": -3, "force": []}');
      drop(`${d.id}.json`, '{"energy": -3, "forces": [[0, 0, 0]]}');
      drop(`${'0'.repeat(24)}.json`, jsonOf(a));
      drop('vasprun.xml', vasprunText(vaspRun(a)));
      while (readdirSync(at('broken')).length < 12) await sleep(20);
      expect(folder.outcomes).to.deep.equal([]);
      for (const job of JOBS) drop(`${job.id}.json`, jsonOf(job));
    });
    await done;
    checkLabels();
    const reason = (name: string) => readFileSync(at('broken', `${name}.reason.txt`), 'utf8');
    expect(reason(`${a.id}.xml`)).to.match(/has no end.*unchanged for/);
    expect(reason(`${b.id}.extxyz`)).to.match(/of another structure: .*lattice vectors/);
    expect(reason(`${c.id}.json`)).to.match(/"force"/);
    expect(reason(`${d.id}.json`)).to.match(/3 numbers of forces for 4 atoms/);
    expect(reason(`${'0'.repeat(24)}.json`)).to.match(/there is no job 0{24}/);
    expect(reason('vasprun.xml')).to.match(/no id of a job in its name/);
    expect(folder.lines.length).to.equal(6);
  });

  it('ignores what is repeated, also in a later run, and gives labels that it has once more when asked', async () => {
    const [a, b] = JOBS as [LabelJob, LabelJob];
    let done = folder.label([a]);
    await whenOut([a], () => drop(`${a.id}.json`, jsonOf(a)));
    await done;
    drop(`${a.id}.xyz`, extxyzOf(a));
    done = folder.label([b], { patience: 0.05 });
    await whenOut([b], async () => {
      while (readdirSync(at('done')).length < 2) await sleep(20);
      drop(`${b.id}.json`, jsonOf(b));
    });
    await done;
    expect(folder.outcomes.map(({ id }) => id)).to.deep.equal([a.id, b.id]);
    const events = readFileSync(at('journal.jsonl'), 'utf8');
    expect(events).to.contain(`"repeated":"${a.id}.xyz"`);
    // a new store asks again: nothing is computed
    await folder.label([a]);
    expect(folder.outcomes.at(-1)!.id).to.equal(a.id);
    expect(readdirSync(at('jobs'))).to.deep.equal([]);
  });

  it('tells of failures, and puts the job out again when it is asked for again', async () => {
    const [a] = JOBS as [LabelJob];
    let done = folder.label([a]);
    await whenOut([a], () => drop(`${a.id}.json`, '{"failure": {"reason": "no memory", "again": true}}'));
    await done;
    expect(folder.outcomes).to.deep.equal([{ id: a.id, failure: { reason: 'no memory', again: true } }]);
    done = folder.label([a]);
    await whenOut([a], () => drop(`${a.id}.json`, jsonOf(a)));
    await done;
    expect(folder.outcomes.length).to.equal(2);
    expect(readdirSync(at('done'))).to.include(`failed-${a.id}.json`);
  });

  it('refuses jobs of other settings and a second process', async () => {
    await folder.label([], {});
    const other = { settings: 'other', description: 'model: sr1' };
    const error = await folder.label([], { folder: other }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(InputError);
    expect((error as Error).message).to.match(/labels of other settings \(sutton-chen-cu, not other\)/);
    let second: unknown;
    const first = folder.label(JOBS, {}, () => second !== undefined);
    await whenOut(JOBS, async () => {
      second = await new TestFolder(folder.root).label([]).catch((e: unknown) => e);
    });
    await first;
    expect(second).to.be.instanceOf(InputError);
    expect((second as Error).message).to.match(/process \d+ on .* works in this folder/);
  });

  it('sets labels of other settings aside', async () => {
    const [a, b] = JOBS as [LabelJob, LabelJob];
    const withSettings = (job: LabelJob, settings: string) =>
      JSON.stringify({ ...JSON.parse(jsonOf(job)), origin: { engine: 'gpaw', version: '22.8', settings } });
    const done = folder.label([a, b]);
    await whenOut([a, b], async () => {
      drop(`${a.id}.json`, withSettings(a, 'one'));
      while (folder.outcomes.length < 1) await sleep(10);
      drop(`${b.id}.json`, withSettings(b, 'two'));
      while (!existsSync(at('broken', `${b.id}.json`))) await sleep(10);
      drop(`${b.id}.json`, withSettings(b, 'one'));
    });
    await done;
    expect(folder.lines[0]).to.match(/other settings \(two\) than results before it \(one\)/);
    expect((folder.outcomes[0] as { label: Label }).label.origin).to.include({
      engine: 'gpaw',
      version: '22.8',
      settings: 'sutton-chen-cu',
    });
  });

  it('gives claims without a sign of life to others, whatever the clocks say', async () => {
    const [a] = JOBS as [LabelJob];
    const done = folder.label([a]);
    await whenOut([a], async () => {
      renameSync(at('jobs', a.id), at('claimed', `${a.id}.somebody`));
      utimesSync(at('claimed', `${a.id}.somebody`), 4e9, 4e9);
      while (!existsSync(at('jobs', a.id))) await sleep(10);
      drop(resultName(a.id), jsonOf(a));
    });
    await done;
    expect(folder.lines[0]).to.match(/nothing happened in it for 0.3 s; the job is free again/);
  });

  it('puts a job out again that is nowhere', async () => {
    const [a] = JOBS as [LabelJob];
    const done = folder.label([a]);
    await whenOut([a], () => rmSync(at('jobs', a.id), { recursive: true }));
    await whenOut([a], () => drop(resultName(a.id), jsonOf(a)));
    await done;
    expect(folder.lines[0]).to.match(/the job was gone/);
  });

  it('gets every label once on a file system that lists folders in part and late', async () => {
    const jobs = Array.from({ length: 12 }, (_, k) => copperCell(k));
    let seed = 1;
    const started = performance.now();
    const list = (path: string) =>
      performance.now() - started < 200
        ? []
        : readdirSync(path).filter(() => {
            seed = (seed * 16807) % 2147483647;
            return seed % 2 === 0;
          });
    const layout = new FolderLayout(folder.root, list);
    const done = folder.label(jobs, { list, patience: 60, silentWorker: 60 });
    const stop = new StopController({ signals: false, announce: () => {} });
    const tallies = [1, 3].map((batch) => folder.work({ layout, batch, stop, idle: Infinity }).catch((error: unknown) => error));
    await done;
    stop.request('done');
    stop.dispose();
    for (const ended of await Promise.all(tallies)) expect(ended).to.be.instanceOf(StoppedError);
    expect(folder.outcomes.map(({ id }) => id).sort()).to.deep.equal(jobs.map(({ id }) => id).sort());
    expect(readdirSync(at('workers'))).to.deep.equal([]);
    expect(readdirSync(at('claimed'))).to.deep.equal([]);
    expect(folder.lines).to.deep.equal([]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadLabelSettings } from '../../../src/config/load-label.js';
import type { LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { SILENT } from '../../../src/engines/progress.js';
import { NEVER_STOP } from '../../../src/engines/stop.js';
import type { Frame } from '../../../src/structures/structure.js';
import { labelFrames } from '../../../src/workflows/label/label.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';
import { labelledCells } from '../../labelled-cells.js';

describe('labelling in process and with LAMMPS', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-label-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const bare = (frames: Frame[]): Frame[] => frames.map(({ energy: _, ...frame }) => frame);
  const labeller = (...changes: string[]) => {
    const { settings } = loadLabelSettings({ changes });
    return createLabeller(settings, directory);
  };

  it('agree about one potential, and say who it was', async () => {
    const cells = bare(labelledCells());
    const ours = await labeller('engine=reference', 'model=sr2');
    const theirs = await labeller('engine=lammps', 'potential=sr2', 'batch=7');
    try {
      const a = await labelFrames(cells, ours, { directory: join(directory, 'a') });
      const b = await labelFrames(cells, theirs, { directory: join(directory, 'b') });
      expect([a.frames.length, b.frames.length, a.failed.length, b.failed.length]).to.deep.equal([cells.length, cells.length, 0, 0]);
      a.frames.forEach((frame, k) => {
        const other = b.frames[k]!;
        expect(other.energy! / frame.species.length).to.be.closeTo(frame.energy! / frame.species.length, 1e-5);
        frame.forces!.forEach((f, i) => void expect(other.forces![i]).to.be.closeTo(f, 1e-3));
        frame.stress!.forEach((s, i) => void expect(other.stress![i]).to.be.closeTo(s, 1e-4));
        expect(frame.labelOrigin!.engine).to.equal('reference');
        expect(other.labelOrigin).to.include({ engine: 'lammps', settings: theirs.settings });
        expect(other.labelOrigin!.version).to.match(/^embedded /);
        expect(frame.configType).to.equal(cells[k]!.configType);
      });
    } finally {
      await theirs.close?.();
    }
  });

  it('computes nothing twice, over sessions and for equal structures', async () => {
    const cells = bare(labelledCells());
    const all = [...cells, ...cells];
    const engine = await labeller('engine=reference', 'model=sutton-chen-cu');
    let computed = 0;
    const counting = {
      ...engine,
      label: (...[jobs, context]: Parameters<typeof engine.label>) => {
        computed += jobs.length;
        return engine.label(jobs, context);
      },
    };
    const options = { directory: join(directory, 'twice') };
    await labelFrames(all.slice(0, 5), counting, options);
    expect(computed).to.equal(5);
    const result = await labelFrames(all, counting, options);
    expect(computed).to.equal(cells.length);
    expect(result.frames.length).to.equal(all.length);
    const again = await labelFrames(all, counting, options);
    expect(computed).to.equal(cells.length);
    expect(again.frames).to.deep.equal(result.frames);
  });

  it('sets aside what cannot be labelled and labels the rest', async () => {
    const [first, second, third] = bare(labelledCells());
    const alien = { ...second!, species: second!.species.map(() => 'Al') };
    const flat = { ...third!, cell: third!.cell.map((x, k) => (k > 5 ? 0 : x)) };
    for (const changes of [
      ['engine=reference', 'model=sr2'],
      ['engine=lammps', 'potential=sr2'],
    ]) {
      const engine = await labeller(...changes);
      const outcomes = new Map<string, LabelOutcome>();
      const jobs = [first!, alien, flat].map((structure, k) => ({ id: String(k), structure }));
      await engine.label(jobs, {
        directory,
        stop: NEVER_STOP,
        progress: SILENT,
        onOutcome: (outcome) => void outcomes.set(outcome.id, outcome),
      });
      await engine.close?.();
      expect(outcomes.get('0'), changes[0]).to.have.property('label');
      expect(outcomes.get('1'), changes[0]).to.have.nested.property('failure.reason').that.includes('no element Al');
      expect(outcomes.get('2'), changes[0]).to.have.nested.property('failure.again', false);
    }
  });
});

describe('settings of labelling engines', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-label-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));
  const file = (text: string) => {
    const path = join(directory, 'label.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('come alone or as a part, with changes from the command line', () => {
    const alone = loadLabelSettings({ file: file('engine: lammps\npotential: sr1\n'), changes: ['batch=3'] });
    expect(alone).to.deep.include({ directory });
    expect(alone.settings).to.include({ engine: 'lammps', potential: 'sr1', batch: 3 });
    const part = loadLabelSettings({ file: file('rounds: 3\nlabel:\n  engine: lammps\n  potential: sr1\n'), changes: ['timeout=5'] });
    expect(part.settings).to.include({ potential: 'sr1', timeout: 5 });
  });

  it('are refused with their place', () => {
    const wrong = (text: string) => () => loadLabelSettings({ file: file(text) });
    expect(wrong('engine: lamps\n')).to.throw(/label\.yaml:1:9: there is no engine 'lamps'; did you mean 'lammps'/);
    expect(wrong('model: sr1\n')).to.throw(/no engine is named/);
    expect(wrong('label:\n  engine: lammps\n  potental: sr1\n')).to.throw(
      /label\.yaml:3:3: unknown setting 'potental'; did you mean 'potential'/,
    );
    expect(wrong('engine: lammps\nbatch: 0\n')).to.throw(/label\.yaml:2:8: batch: expected at least 1/);
    expect(() => loadLabelSettings({ changes: ['model'] })).to.throw(/no "="/);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { readExtxyz } from '../../../src/datasets/extxyz/read.js';
import { jobId, type Label } from '../../../src/engines/labelling/labeller.js';
import { type LabelRequest, LabelStore } from '../../../src/engines/labelling/store.js';
import { runProcess } from '../../../src/engines/process.js';
import { InputError } from '../../../src/errors.js';

const request = (k: number): LabelRequest => {
  const structure = {
    cell: Float64Array.of(3.6, 0, 0, 0.1, 3.6, 0, 0, 0, 3.6 + k / 100),
    pbc: [true, true, true] as [boolean, boolean, boolean],
    species: ['Cu', 'Al'],
    positions: Float64Array.of(-0, 1e-17, 0.1, 1.8, 1.8 + k / 7, 0),
  };
  return { id: jobId(structure, 's'), structure, why: `it is number ${k}; "quoted"`, configType: 'nested' };
};

const label = (k: number, settings = 's'): Label => ({
  energy: -1.1 * k - 1 / 3,
  forces: Float64Array.of(-0, k / 3, 1e-300, 0, -1, 2),
  stress: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -k / 9),
  origin: {
    engine: 'reference',
    version: '1',
    settings,
    input: `i${k}`,
    wallSeconds: k + 0.5,
    ...(k === 2 ? { changed: { ALGO: 'All' } } : {}),
  },
});

describe('label store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const journal = () => join(folder, 'journal.jsonl');
  const rejects = async (promise: Promise<unknown>, message: RegExp) => {
    const error = await promise.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(InputError);
    expect((error as Error).message).to.match(message);
  };

  it('gives back what it was given, bit by bit, in the order of rounds and positions', async () => {
    const store = await LabelStore.open(folder);
    store.enqueue(1, [request(3), request(4)]);
    const added = store.enqueue(0, [request(0), request(1), request(0), request(3)]);
    expect(added.map(({ position, why }) => [position, why])).to.deep.equal([
      [0, request(0).why],
      [1, request(1).why],
    ]);
    store.enqueue(2, []);
    for (const k of [4, 1, 0]) expect(store.record({ id: request(k).id, label: label(k) })).to.equal('label');
    expect(store.record({ id: request(4).id, label: label(9) })).to.equal('repeated');
    const before = { labels: store.labels(), text: store.extxyz() };
    store.close();
    const again = await LabelStore.open(folder);
    expect(again.labels()).to.deep.equal(before.labels);
    expect(again.extxyz()).to.equal(before.text);
    expect(again.rounds()).to.deep.equal([0, 1, 2]);
    expect(again.labels().map(({ job }) => job.id)).to.deep.equal([0, 1, 4].map((k) => request(k).id));
    expect(again.pending().map(({ id }) => id)).to.deep.equal([request(3).id]);
    const [entry] = again.labels();
    expect(entry!.label.origin.wallSeconds).to.equal(0.5);
    expect(Array.from(entry!.label.forces!)).to.deep.equal([0, 0, 1e-300, 0, -1, 2]);
    const read = readExtxyz(again.extxyz(), { file: 'x' });
    expect(read.frames.map(({ energy }) => energy)).to.deep.equal([0, 1, 4].map((k) => label(k).energy));
    expect(read.inventory!.frameKeys).to.include.members(['label_engine', 'label_settings', 'label_input', 'label_why']);
    again.close();
  });

  it('has the same data set whatever the order of arrival and wherever it was closed', async () => {
    const jobs = Array.from({ length: 6 }, (_, k) => request(k));
    let expected: string | undefined;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        async (order, closes) => {
          rmSync(folder, { recursive: true });
          let store = await LabelStore.open(folder);
          store.enqueue(0, jobs.slice(0, 4));
          store.enqueue(1, jobs.slice(4));
          for (const [at, k] of order.entries()) {
            store.record({ id: jobs[k]!.id, label: label(k) });
            if (!closes[at]) continue;
            store.close();
            store = await LabelStore.open(folder);
          }
          const text = store.extxyz();
          store.close();
          expected ??= text;
          expect(text).to.equal(expected);
        },
      ),
      { numRuns: 15, seed: 3 },
    );
  });

  it('survives a cut anywhere: what was recorded before the cut is there, nothing else', async () => {
    const sizes: number[] = [];
    const store = await LabelStore.open(folder);
    store.enqueue(0, [request(0), request(1)]);
    sizes.push(statSync(journal()).size);
    for (const k of [0, 1]) {
      store.record({ id: request(k).id, label: label(k) });
      sizes.push(statSync(journal()).size);
    }
    store.close();
    const whole = readFileSync(journal());
    for (let size = sizes[0]!; size <= whole.length; size += 7) {
      writeFileSync(journal(), whole.subarray(0, size));
      const notes: string[] = [];
      const cut = await LabelStore.open(folder, { note: (line) => notes.push(line) });
      const count = sizes.filter((s) => s <= size).length - 1;
      expect(cut.labels().length).to.equal(count);
      expect(notes.length, `at ${size}`).to.equal(sizes.includes(size) ? 0 : 1);
      for (const { id } of cut.pending()) cut.record({ id, label: label(id === request(0).id ? 0 : 1) });
      cut.close();
      expect(readFileSync(journal()).equals(whole), `at ${size}`).to.equal(true);
    }
    // blocks that a crash of the machine left without content
    appendFileSync(journal(), Buffer.alloc(4096));
    (await LabelStore.open(folder)).close();
    expect(readFileSync(journal()).equals(whole)).to.equal(true);
  });

  it('does not go on over damage in the middle', async () => {
    const store = await LabelStore.open(folder);
    store.enqueue(0, [request(0), request(1)]);
    for (const k of [0, 1]) store.record({ id: request(k).id, label: label(k) });
    store.close();
    const text = readFileSync(journal(), 'utf8');
    const at = text.indexOf('"energy":') + 10;
    writeFileSync(journal(), `${text.slice(0, at)}9${text.slice(at + 1)}`);
    await rejects(LabelStore.open(folder), /journal\.jsonl:3: this line is damaged/);
    writeFileSync(journal(), text.split('\n').toSpliced(2, 1).join('\n'));
    const repaired = await LabelStore.open(folder);
    expect(repaired.pending().map(({ id }) => id)).to.deep.equal([request(0).id]);
    repaired.close();
    writeFileSync(journal(), 'something else\n');
    await rejects(LabelStore.open(folder), /is no eqpot labels/);
  });

  it('tries again as often as told, and keeps why a job got no label', async () => {
    let store = await LabelStore.open(folder, { tries: 2 });
    store.enqueue(0, [request(0), request(1), request(2), request(3)]);
    const fail = (k: number, again: boolean) => store.record({ id: request(k).id, failure: { reason: `no ${k}`, again } });
    fail(0, false);
    fail(1, true);
    fail(2, true);
    store.close();
    store = await LabelStore.open(folder, { tries: 2 });
    expect(store.pending().map(({ position }) => position)).to.deep.equal([1, 2, 3]);
    fail(1, true);
    expect(store.record({ id: request(2).id, label: label(2) })).to.equal('label');
    expect(store.record({ id: request(3).id, label: { ...label(3), energy: Number.NaN } })).to.equal('failure');
    expect(store.pending()).to.deep.equal([]);
    expect(store.failures().map(({ failure, tries }) => [failure.reason, tries])).to.deep.equal([
      ['no 0', 1],
      ['no 1', 2],
      ['the energy is NaN', 1],
    ]);
    expect(store.record({ id: request(0).id, label: label(0) })).to.equal('label');
    expect(store.failures().length).to.equal(2);
    expect(() => store.record({ id: 'f'.repeat(24), label: label(0) })).to.throw(InputError, /is no job/);
    expect(store.extxyz()).to.contain('label_changed="ALGO=All"');
    store.close();
  });

  it('refuses labels of different settings unless they are allowed', async () => {
    const store = await LabelStore.open(folder, { settings: 's' });
    store.enqueue(0, [request(0), request(1)]);
    store.record({ id: request(0).id, label: label(0) });
    expect(() => store.record({ id: request(1).id, label: label(1, 't') })).to.throw(InputError, /different settings: s, t/);
    expect(store.pending().length).to.equal(1);
    store.close();
    await rejects(LabelStore.open(folder, { settings: 't' }), /different settings: s, t \(now\)/);
    const mixed = await LabelStore.open(folder, { settings: 't', mixedSettings: true });
    mixed.record({ id: request(1).id, label: label(1, 't') });
    mixed.close();
    await rejects(LabelStore.open(folder, { settings: 't' }), /different settings/);
  });

  it('belongs to one process at a time', async () => {
    const store = await LabelStore.open(folder);
    await rejects(LabelStore.open(folder), new RegExp(`process ${process.pid} on .* works in this folder`));
    store.close();
    (await LabelStore.open(folder)).close();
  });

  it('sees that its journal was removed, replaced or written to by others', async () => {
    const store = await LabelStore.open(folder);
    store.enqueue(0, [request(0)]);
    appendFileSync(journal(), 'x');
    expect(() => store.record({ id: request(0).id, label: label(0) })).to.throw(InputError, /changed by somebody else/);
    truncateSync(journal(), statSync(journal()).size - 1);
    rmSync(journal());
    expect(() => store.record({ id: request(0).id, label: label(0) })).to.throw(InputError, /was removed/);
    store.close();
  });

  it('loses nothing when the disk is full', async () => {
    // files of this process may have 8 KiB
    const result = await runProcess('bash', [
      '-c',
      `ulimit -f 8; exec "${process.execPath}" --import tsx "${join(import.meta.dirname, 'full-disk.ts')}" "${folder}"`,
    ]);
    expect(result.stderr).to.equal('');
    const { recorded, message } = JSON.parse(result.stdout) as { recorded: string[]; message: string };
    expect(recorded.length).to.be.greaterThan(3);
    expect(message).to.match(/journal\.jsonl: cannot be written: EFBIG/);
    const notes: string[] = [];
    const store = await LabelStore.open(folder, { note: (line) => notes.push(line) });
    expect(notes).to.deep.equal([]);
    expect(store.labels().map(({ job }) => job.id)).to.deep.equal(recorded);
    store.close();
  });
});

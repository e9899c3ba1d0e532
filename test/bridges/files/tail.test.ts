import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { Tail } from '../../../bridges/files/tail.js';

describe('tail of a file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-tail-'));
    path = join(folder, 'run', 'run.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('waits for folder and file, and gives complete lines only', () => {
    const tail = new Tail(path);
    expect(tail.read()).to.deep.equal([]);
    mkdirSync(join(folder, 'run'));
    expect(tail.read()).to.deep.equal([]);
    expect(tail.present).to.equal(false);
    writeFileSync(path, 'one\ntw');
    expect(tail.read()).to.deep.equal(['one']);
    expect(tail.present).to.equal(true);
    expect(tail.read()).to.deep.equal([]);
    appendFileSync(path, 'o\r\n\nthree\n');
    expect(tail.read()).to.deep.equal(['two', '', 'three']);
  });

  it('gives the same lines however the bytes come', () => {
    mkdirSync(join(folder, 'run'));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Å', 'φ(r)', 'x', ' ', '\n', '😀')),
        fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
        (parts, sizes) => {
          rmSync(path, { force: true });
          const bytes = Buffer.from(`${parts.join('')}\n`);
          const tail = new Tail(path);
          tail.read();
          const lines: string[] = [];
          for (let at = 0; at < bytes.length; ) {
            const next = at + (sizes.next().value as number);
            appendFileSync(path, bytes.subarray(at, next));
            at = next;
            lines.push(...tail.read());
          }
          expect(lines).to.deep.equal(parts.join('').split('\n'));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('starts again when the file is cut or replaced', () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(path, 'a long first line\nhal');
    const tail = new Tail(path);
    tail.read();
    truncateSync(path);
    appendFileSync(path, 'cut\n');
    expect(tail.read()).to.deep.equal(['cut']);
    // of the same length as what was read, so that only the file itself tells
    writeFileSync(`${path}.new`, 'new\n');
    renameSync(`${path}.new`, path);
    expect(tail.read()).to.deep.equal(['new']);
    rmSync(path);
    expect(tail.read()).to.deep.equal([]);
    writeFileSync(path, 'back, and longer\n');
    expect(tail.read()).to.deep.equal(['back, and longer']);
  });

  it('reads the end of a long file, from a line that is whole, and cuts endless lines', () => {
    mkdirSync(join(folder, 'run'));
    const line = 'x'.repeat(99);
    writeFileSync(path, `${line}\n`.repeat(10_000));
    const tail = new Tail(path);
    const lines = tail.read();
    expect(lines.length).to.be.within(2000, 3000);
    expect(new Set(lines)).to.deep.equal(new Set([line]));
    appendFileSync(path, `${'y'.repeat(500_000)}\nz\n`);
    const [long, next] = tail.read();
    expect(long!.length).to.equal(65_536);
    expect(next).to.equal('z');
  });

  it('does not hide that a file cannot be read', () => {
    mkdirSync(path, { recursive: true });
    expect(() => new Tail(path).read()).to.throw(/EISDIR/);
  });
});

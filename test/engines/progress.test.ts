import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createProgress, formatSeconds, type ProgressListener, type ProgressOptions } from '../../src/engines/progress.js';

/** a stream and a clock that tests control */
function setUp(isTTY: boolean, options: Omit<ProgressOptions, 'stream' | 'now'> & { columns?: number } = {}) {
  const written: string[] = [];
  const clock = { now: Date.UTC(2025, 0, 1) };
  const stream = { isTTY, columns: options.columns ?? 80, write: (text: string) => written.push(text) };
  const progress = createProgress({ env: {}, ...options, stream, now: () => clock.now });
  return { progress, clock, written, text: () => written.join('') };
}

describe('progress', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-progress-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps one line up to date on a terminal', () => {
    const { progress, clock, written, text } = setUp(true);
    progress.phase('search', '8 restarts');
    progress.update(0.1, 'best 12 meV/atom');
    clock.now += 20; // too soon for another redraw
    progress.update(0.2);
    clock.now += 10_000;
    progress.update(0.5);
    progress.line('a line that stays');
    progress.done();
    expect(written.filter((part) => part.includes(' %'))).to.have.length(2);
    expect(text()).to.include('search 50 %, about 10 s left');
    expect(text().split('\n')).to.have.length(3); // the phase, the line, the rest
    expect(text()).to.include('\u001b[2Ka line that stays\n');
  });

  it('cuts the line at the width of the terminal', () => {
    const { progress, written } = setUp(true, { columns: 20 });
    progress.phase('search');
    progress.update(0.1, 'x'.repeat(100));
    expect(written.at(-1)).to.have.length('\r\u001b[2K'.length + 19);
  });

  it('writes plain lines with the time, ever less often, where there is no terminal', () => {
    const { progress, clock, text } = setUp(false);
    progress.phase('search');
    for (let second = 0; second < 3600; second++) {
      clock.now += 1000;
      progress.update(second / 3600);
    }
    const lines = text().trimEnd().split('\n');
    expect(lines.length).to.be.within(15, 40);
    expect(lines.every((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d search/.test(line))).to.equal(true);
    expect(text()).not.to.include('\u001b');
    expect(text()).not.to.include('\r');
  });

  it('has no colour with NO_COLOR', () => {
    const plain = setUp(true, { env: { NO_COLOR: '1' } });
    plain.progress.phase('fit');
    expect(plain.text()).to.equal('fit\n');
    const coloured = setUp(true);
    coloured.progress.phase('fit');
    expect(coloured.text()).to.equal('\u001b[1mfit\u001b[22m\n');
  });

  it('appends to the log file in any case', () => {
    const logFile = join(folder, 'run', 'run.log');
    for (const name of ['first', 'second']) {
      const { progress, clock, text } = setUp(true, { logFile, quiet: true });
      progress.phase(name);
      clock.now += 60_000;
      progress.update(0.5, 'half');
      expect(text()).to.equal('');
    }
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.slice(20))).to.deep.equal([
      'first',
      'first 50 %, half, about 60 s left',
      'second',
      'second 50 %, half, about 60 s left',
    ]);
  });

  it('goes on when the log can no longer be written', () => {
    const { progress, text } = setUp(false, { logFile: join(folder, 'run.log') });
    progress.line('one');
    rmSync(folder, { recursive: true });
    progress.line('two');
    progress.line('three');
    expect(text().match(/can no longer be written/g)).to.have.length(1);
    expect(text()).to.include('three');
  });

  it('tells listeners everything that the log gets, every update, and how it ended', () => {
    const events: unknown[] = [];
    const listener: ProgressListener = {
      state: ({ state, phase, fraction, message, reason }, urgent) => events.push([state, phase, fraction, message, reason, urgent]),
      line: (text, time) => events.push(`${time} ${text}`),
    };
    const logFile = join(folder, 'run.log');
    const { progress, clock, text } = setUp(true, { logFile, listeners: [listener] });
    progress.phase('search', '8 restarts');
    progress.update(1.5, 'best');
    progress.update(Number.NaN);
    clock.now += 1000;
    progress.line('a line');
    progress.end('failed', 'no equation');
    expect(events).to.deep.equal([
      ['running', '', null, '', null, true],
      ['running', 'search', null, '8 restarts', null, true],
      '2025-01-01T00:00:00.000Z search: 8 restarts',
      ['running', 'search', 1, 'best', null, false],
      ['running', 'search', null, '', null, false],
      '2025-01-01T00:00:01.000Z a line',
      '2025-01-01T00:00:01.000Z ended: no equation',
      ['failed', 'search', null, '', 'no equation', true],
    ]);
    const log = readFileSync(logFile, 'utf8');
    expect(log.trimEnd().split('\n').at(-1)).to.match(/ended: no equation$/);
    // the command line prints it
    expect(text()).not.to.include('no equation');
    const done = setUp(false);
    done.progress.end('done');
    expect(done.text()).to.match(/ done\n$/);
  });

  it('writes durations for people', () => {
    expect([8.2, 750, 12_000].map(formatSeconds)).to.deep.equal(['8 s', '13 min', '3 h 20 min']);
  });
});

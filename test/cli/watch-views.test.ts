import { expect } from 'chai';
import type { RunChange } from '../../bridges/run-change.js';
import { describe as describeChange, jsonView, plainView, terminalView } from '../../src/cli/watch-views.js';

const state = (changes: object = {}): RunChange => ({
  type: 'state',
  state: 'running',
  reason: null,
  phase: 'search',
  fraction: 0.429,
  message: 'best 12 meV/atom',
  updated: '2025-01-01T00:00:00.000Z',
  pid: 1,
  host: 'node',
  pid_namespace: '',
  ...changes,
});
const line = (text: string): RunChange => ({ type: 'line', text: `2025-01-01 00:00:00 ${text}` });

/** a stream that keeps what is written, and the screen that a terminal would show of it */
function screen(columns = 80, rows = 24) {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const lines = () => {
    const shown: string[] = [];
    let at = 0;
    for (const [, up, erase, rest] of text.matchAll(/\u001b\[(\d+)A|(\r\u001b\[2K)|([^\u001b\r]+)/g)) {
      if (up) at -= Number(up);
      else if (erase) shown[at] = '';
      else
        for (const part of rest!.split(/(\n)/)) {
          if (part === '\n') at++;
          else shown[at] = (shown[at] ?? '') + part;
        }
    }
    return shown.filter((each) => each !== '');
  };
  return { write, columns, rows, lines, text: () => text };
}

describe('views of followed runs', () => {
  it('tells changes in one line', () => {
    const texts = [
      state(),
      state({ fraction: null, message: '' }),
      state({ phase: '', fraction: null, message: '' }),
      { type: 'waiting', for: 'a/run.log' } as const,
      { type: 'silent', seconds: 240 } as const,
      { type: 'end', state: 'done', reason: null } as const,
      { type: 'end', state: 'stopped', reason: 'stopped: SIGTERM; saved' } as const,
      { type: 'end', state: 'failed', reason: 'first\nsecond' } as const,
    ].map((change) => describeChange(change as Exclude<RunChange, { type: 'line' }>));
    expect(texts).to.deep.equal([
      'search 42 %, best 12 meV/atom',
      'search',
      'starting',
      'waiting for a/run.log',
      'no news for 4 min',
      'done',
      'stopped: SIGTERM; saved',
      'failed: first',
    ]);
  });

  it('keeps one line per run on a terminal', async () => {
    const terminal = screen();
    const view = terminalView(terminal, ['a', 'run-b']);
    view.change('a', line('data'));
    view.change('run-b', { type: 'waiting', for: 'run-b/run.log' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(terminal.lines()).to.deep.equal(['a      data', 'run-b  waiting for run-b/run.log']);
    view.change('a', state());
    view.change('a', line('a line that says less'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    view.change('a', { type: 'end', state: 'done', reason: null });
    view.change('run-b', { type: 'end', state: 'died', reason: 'process 1 is gone' });
    view.close();
    expect(terminal.text()).to.include('search 42 %').and.not.to.include('says less');
    expect(terminal.lines()).to.deep.equal(['a      done', 'run-b  died: process 1 is gone']);
  });

  it('stays within the terminal', () => {
    const terminal = screen(20, 5);
    const runs = ['a', 'b', 'c', 'd', 'e'];
    const view = terminalView(terminal, runs);
    for (const run of runs) view.change(run, state());
    view.change('a', { type: 'end', state: 'done', reason: null });
    view.close();
    expect(terminal.lines()).to.deep.equal(['b  search 42 %, bes', 'c  search 42 %, bes', 'd  search 42 %, bes', 'and 2 more']);
  });

  it('draws nothing when nothing was told', () => {
    const terminal = screen();
    terminalView(terminal, ['a']).close();
    expect(terminal.text()).to.equal('');
  });

  it('puts the name of the run before plain lines, and lets no control character through', () => {
    const out = screen();
    const view = plainView(out);
    view.change('a', line('search \u001b[2J\u0007\u009b0m φ'));
    view.change('a', state());
    view.change('a', { type: 'end', state: 'stopped', reason: 'stopped: SIGTERM' });
    expect(out.text()).to.equal('a: 2025-01-01 00:00:00 search  [2J  0m φ\na: stopped: SIGTERM\n');
  });

  it('prints every change as JSON', () => {
    const out = screen();
    const view = jsonView(out);
    view.change('a\n', line('x'));
    view.change('b', state());
    const [first, second] = out.text().trimEnd().split('\n');
    expect(JSON.parse(first!)).to.deep.equal({ run: 'a\n', type: 'line', text: '2025-01-01 00:00:00 x' });
    expect(JSON.parse(second!)).to.deep.equal({ run: 'b', ...state() });
  });
});

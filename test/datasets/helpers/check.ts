import { expect } from 'chai';
import type { ReadResult } from '../../../src/datasets/format.js';
import { InputError } from '../../../src/errors.js';

/** The InputError that `action` throws; fails when it throws none or another error. */
export function inputError(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** Every number of every frame is finite and every array has its shape. */
export function expectSound(result: ReadResult): void {
  for (const frame of result.frames) {
    const n = frame.species.length;
    expect(frame.positions).to.have.length(3 * n);
    expect(frame.cell).to.have.length(9);
    if (frame.forces) expect(frame.forces).to.have.length(3 * n);
    if (frame.stress) expect(frame.stress).to.have.length(9);
    for (const values of [frame.positions, frame.cell, frame.forces ?? [], frame.stress ?? [], [frame.energy ?? 0]])
      expect(values.every(Number.isFinite)).to.equal(true);
  }
}

/** Applies `read` to texts with one character replaced, left out or doubled: it may refuse them, but only with an InputError. */
export function fuzz(text: string, read: (text: string) => ReadResult, count: number): void {
  // a fixed linear congruential sequence: failures repeat
  let state = 12345;
  const next = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state % n;
  };
  const replacements = ['9', '-', '.', ' ', '\n', '"', '<', '>', '*', 'N', '=', '{', '\0', '&', '1e999', ''];
  for (let k = 0; k < count; k++) {
    const at = next(text.length);
    const damaged = text.slice(0, at) + replacements[next(replacements.length)] + text.slice(at + next(3));
    try {
      expectSound(read(damaged));
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`damage at ${at} (${k}): ${(error as Error).stack}`);
      expect(error.place.file, `damage at ${at}: ${error.message}`).to.equal('file');
      expect(error.place.line, `damage at ${at}: ${error.message}`).to.be.a('number');
    }
  }
}

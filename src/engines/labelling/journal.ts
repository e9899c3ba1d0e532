import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../../errors.js';
import type { Label, LabelFailure, LabelOutcome } from './labeller.js';

/**
 * Outcomes of labelling in a file, one line of JSON each, flushed before `add` returns: what it holds is there after any crash. A later
 * line about the same job replaces an earlier one. Half a line that a crash left at the end is cut off when the file is opened.
 */
export class LabelJournal {
  readonly labels = new Map<string, Label>();
  readonly failures = new Map<string, LabelFailure>();
  private readonly handle: number;

  /** @throws InputError for a line that is no outcome */
  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    for (const [k, line] of bytes.subarray(0, whole).toString('utf8').split('\n').entries()) if (line !== '') this.take(line, k + 1);
    this.handle = openSync(file, 'a');
    if (whole < bytes.length) ftruncateSync(this.handle, whole);
  }

  /** Writes an outcome down for good. */
  add(outcome: LabelOutcome): void {
    const text =
      'label' in outcome
        ? { id: outcome.id, label: { ...outcome.label, forces: plain(outcome.label.forces), stress: plain(outcome.label.stress) } }
        : outcome;
    const data = Buffer.from(`${JSON.stringify(text)}\n`);
    for (let at = 0; at < data.length; ) at += writeSync(this.handle, data, at);
    fsyncSync(this.handle);
    this.keep(outcome);
  }

  close(): void {
    closeSync(this.handle);
  }

  private take(line: string, number: number): void {
    try {
      const outcome = JSON.parse(line);
      if (typeof outcome.id !== 'string' || (outcome.label ?? outcome.failure) === undefined) throw new Error('it has no id or no outcome');
      for (const key of ['forces', 'stress']) if (outcome.label?.[key]) outcome.label[key] = Float64Array.from(outcome.label[key]);
      this.keep(outcome);
    } catch (cause) {
      throw new InputError(
        `this line is no outcome of labelling: ${(cause as Error).message}`,
        { file: this.file, line: number },
        { cause, hint: 'remove the line: its structure is then labelled again' },
      );
    }
  }

  private keep(outcome: LabelOutcome): void {
    const { id } = outcome;
    this.labels.delete(id);
    this.failures.delete(id);
    if ('label' in outcome) this.labels.set(id, outcome.label);
    else this.failures.set(id, outcome.failure);
  }
}

function plain(values: Float64Array | undefined): number[] | undefined {
  return values && Array.from(values);
}

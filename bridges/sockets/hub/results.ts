import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../src/engines/files.js';
import type { LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { fromLabelRecord, toLabelRecord } from '../../../src/engines/labelling/records.js';
import { readWorkerMessage, type WorkerMessage } from './messages.js';

export type ResultMessage = Extract<WorkerMessage, { type: 'result' }>;

/** The longest text of a failure that is sent, characters. */
const LONGEST = 10_000;

/** An outcome as it is sent and kept. */
export function toMessage(outcome: LabelOutcome): ResultMessage {
  const { id } = outcome;
  if ('label' in outcome) return { type: 'result', id, label: { ...toLabelRecord(outcome.label) } as NonNullable<ResultMessage['label']> };
  const { reason, again, log } = outcome.failure;
  return {
    type: 'result',
    id,
    failure: { reason: reason.slice(0, LONGEST), again, ...(log === undefined ? {} : { log: log.slice(-LONGEST) }) },
  };
}

/** The way back; undefined for a message that has neither a label nor a failure. */
export function fromMessage({ id, label, failure }: ResultMessage): LabelOutcome | undefined {
  if (label) {
    const { changed, wallSeconds, ...texts } = label.origin;
    const { forces, stress } = label;
    const values = { energy: label.energy, ...(forces && { forces }), ...(stress && { stress }) };
    const origin = { ...texts, ...(wallSeconds !== undefined && { wallSeconds }), ...(changed && { changed }) };
    return { id, label: fromLabelRecord({ ...values, origin }) };
  }
  if (!failure) return undefined;
  const { reason, again, log } = failure;
  return { id, failure: { reason, again, ...(log === undefined ? {} : { log }) } };
}

/** Results in a folder, a file for each, until somebody else is known to have them. */
export class ResultFolder {
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  /** On the disk when it returns. */
  keep(message: ResultMessage): void {
    writeFileAtomic(this.file(message.id), `${JSON.stringify(message)}\n`);
  }

  /** Undefined where there is none, or none that can be read. */
  get(id: string): ResultMessage | undefined {
    let text: string;
    try {
      text = readFileSync(this.file(id), 'utf8');
    } catch {
      return undefined;
    }
    const message = readWorkerMessage(text);
    return typeof message !== 'string' && message.type === 'result' && message.id === id ? message : undefined;
  }

  ids(): string[] {
    return readdirSync(this.directory).flatMap((name) => /^([0-9a-f]{24})\.json$/.exec(name)?.[1] ?? []);
  }

  forget(id: string): void {
    rmSync(this.file(id), { force: true });
  }

  private file(id: string): string {
    return join(this.directory, `${id}.json`);
  }
}

import { z } from 'zod';

/** Version of what is said between a hub and its workers. */
export const PROTOCOL = 1;
/** The largest message that a hub takes, bytes: results of some 200,000 atoms. */
export const MAX_RESULT = 16 * 1_048_576;
/** The largest message that a worker takes; a hub puts together jobs of at most half of it, bytes. */
export const MAX_JOBS = 64 * 1_048_576;
/** Codes of closing a WebSocket: what came was no message; the hub has a trouble that may pass; the worker is not one for this hub. */
export const CLOSE_PROTOCOL = 1008;
export const CLOSE_TROUBLE = 1011;
export const CLOSE_REFUSED = 4001;

/** A job's name, of `jobId`. */
const id = z.string().regex(/^[0-9a-f]{24}$/);
const text = z.string().max(20_000);
const short = z.string().max(500);
const ids = z.array(id).max(100_000);
const numbers = z.array(z.number());

const label = z.strictObject({
  energy: z.number(),
  forces: numbers.optional(),
  stress: numbers.length(9).optional(),
  origin: z.strictObject({
    engine: short,
    version: short,
    settings: short,
    input: short,
    wallSeconds: z.number().optional(),
    changed: z.record(short, text).optional(),
  }),
});

const failure = z.strictObject({ reason: text, again: z.boolean(), log: text.optional() });

const structure = z.strictObject({
  species: z.array(z.string().max(3)).min(1),
  pbc: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
  cell: numbers.length(9),
  positions: numbers,
});

const workerMessage = z.discriminatedUnion('type', [
  /** the first; `holds`: jobs that it works at since an earlier connection */
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.number(),
    /** random, of this process */
    worker: z.string().regex(/^[0-9a-f-]{8,40}$/),
    /** for people: host and process */
    name: short,
    settings: short,
    description: text,
    holds: ids,
  }),
  /** it has nothing to do; jobs come when there are any */
  z.strictObject({ type: z.literal('want'), count: z.int().min(1).max(10_000) }),
  /** sign of life: it works at these */
  z.strictObject({ type: z.literal('working'), ids }),
  /** jobs that it will not do; it wants no others */
  z.strictObject({ type: z.literal('back'), ids }),
  z.strictObject({ type: z.literal('result'), id, label: label.optional(), failure: failure.optional() }),
]);

const hubMessage = z.discriminatedUnion('type', [
  /** the answer to hello; times in s */
  z.strictObject({
    type: z.literal('welcome'),
    lease: z.number().positive(),
    heartbeat: z.number().positive(),
    maxResult: z.number().positive(),
  }),
  z.strictObject({ type: z.literal('jobs'), jobs: z.array(z.strictObject({ id, structure })).min(1) }),
  /** a result is on the hub's disk; the worker may forget it */
  z.strictObject({ type: z.literal('taken'), id }),
]);

export type WorkerMessage = z.infer<typeof workerMessage>;
export type HubMessage = z.infer<typeof hubMessage>;

/** What a worker said, or one line on what is wrong with it. */
export function readWorkerMessage(data: string): WorkerMessage | string {
  return read(workerMessage, data);
}

/** What a hub said, or one line on what is wrong with it. */
export function readHubMessage(data: string): HubMessage | string {
  return read(hubMessage, data);
}

function read<T>(schema: z.ZodType<T>, data: string): T | string {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return 'a message that is not JSON';
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  return `a message with ${path.length > 0 ? `"${path.join('.')}": ` : ''}${message}`;
}

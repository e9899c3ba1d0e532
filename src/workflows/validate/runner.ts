import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../engines/files.js';
import { type LammpsEngine, type LammpsOutput, requireSound } from '../../engines/lammps/engine.js';
import { evaluateInLammps } from '../../engines/lammps/evaluate.js';
import { lammpsInput } from '../../engines/lammps/inputs.js';
import { dataText, toLammps } from '../../engines/lammps/structures.js';
import { EngineError } from '../../errors.js';
import type { LammpsJob, LammpsRun, LammpsRunner, StaticResult } from '../../properties/property.js';
import type { Structure } from '../../structures/structure.js';
import type { LammpsPool, PoolRequest } from './pool.js';
import { DECK, type TestedPotential } from './potential.js';
import { FinishedRun, type GivenStructure, type KeptOutput, RESULTS } from './run.js';

/** One run, with everything that it reads. */
interface Call {
  template: string;
  files: Record<string, string | Uint8Array>;
  variables: Record<string, string | readonly string[]>;
  request: Pick<PoolRequest, 'timeoutSeconds' | 'alone' | 'partitions'>;
}

export interface RunnerOptions {
  pool: LammpsPool;
  potential: TestedPotential;
  /** folder of cached results */
  cache: string;
  /** folder that gets the inputs of every run, for use by hand */
  inputs?: string;
  abort?: AbortSignal;
  /** called after each run */
  onRun?: (template: string, cached: boolean) => void;
}

/** Logs are kept up to this many characters from their end; the set-up of the potential stands at the beginning. */
const LOG_START = 20_000;
const LOG_END = 40_000;
/** Changes when what is kept of a run changes. */
const CACHE_FORMAT = 1;

/** Runs jobs of one potential; equal jobs are run once and kept on disk, so that an interrupted validation goes on where it was. */
export class CachedRunner implements LammpsRunner {
  private readonly running = new Map<string, Promise<KeptOutput>>();
  private count = 0;

  constructor(private readonly options: RunnerOptions) {}

  async lammps(job: LammpsJob): Promise<LammpsRun> {
    const { potential } = this.options;
    const given: Record<string, GivenStructure> = {};
    const files: Record<string, string | Uint8Array> = { ...job.files };
    for (const [name, structure] of Object.entries(job.structures ?? {})) {
      const written = toLammps(structure, potential.elements, VACUUM_FOR);
      given[name] = { structure, written };
      files[name] = dataText(written, potential.elements);
    }
    const variables = Object.fromEntries(
      Object.entries(job.variables ?? {}).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
    );
    const { template, timeoutSeconds, alone, partitions } = job;
    const output = await this.run({
      template,
      files: { ...potential.files, [DECK]: potential.pairLines, ...files },
      variables: {
        ...potential.variables,
        ...variables,
        deck: DECK,
        types: String(potential.elements.length),
        results: RESULTS,
      },
      request: defined({ timeoutSeconds, alone, partitions }),
    });
    return new FinishedRun(output, job.template, given);
  }

  async evaluate(structures: readonly Structure[]): Promise<StaticResult[]> {
    const { pool, potential } = this.options;
    const template = 'in.verify';
    const engine: LammpsEngine = {
      kind: pool.kind,
      version: () => pool.version(),
      close: async () => {},
      run: async ({ files, variables }) => ({
        ...(await this.run({ template, files, variables: variables ?? {}, request: {} })),
        problems: [],
      }),
    };
    const results = await evaluateInLammps(engine, { ...potential, cutoff: VACUUM_FOR }, structures);
    for (const [k, { energy, forces }] of results.entries())
      if (!Number.isFinite(energy) || forces.some((f) => !Number.isFinite(f)))
        throw new EngineError(`${template}: the energy or a force of structure ${k + 1} of ${structures.length} is no number`);
    return results;
  }

  /** Runs a template, or gives what an equal run gave. Equal means: the potential, the script, all other inputs, the LAMMPS. */
  private async run(call: Call): Promise<KeptOutput> {
    const { pool, potential } = this.options;
    const script = lammpsInput(call.template);
    const own = Object.entries(call.files).filter(([name]) => !(name in potential.files));
    const hash = createHash('sha256').update(
      JSON.stringify([CACHE_FORMAT, pool.kind, await pool.version(), potential.hash, script, call.variables, call.request.partitions ?? 1]),
    );
    for (const [name, content] of own) hash.update(`\0${name}\0`).update(content);
    const key = hash.digest('hex');
    this.keepInputs(script, call);
    const known = this.running.get(key);
    if (known) return known;
    const made = this.runOrRead(key, script, call);
    this.running.set(key, made);
    return made;
  }

  private async runOrRead(key: string, script: string, { template, files, variables, request }: Call): Promise<KeptOutput> {
    const { pool, abort, onRun } = this.options;
    const path = join(this.options.cache, key.slice(0, 2), `${key}.json`);
    const cached = readCache(path);
    if (cached) {
      onRun?.(template, true);
      return cached;
    }
    let output: LammpsOutput;
    try {
      output = requireSound(await pool.run({ script, files, variables, ...request, ...(abort ? { abort } : {}) }));
    } catch (error) {
      if (error instanceof EngineError) error.message = `${template}: ${error.message}`;
      throw error;
    }
    const kept: KeptOutput = {
      log: output.log.length > LOG_START + LOG_END ? `${output.log.slice(0, LOG_START)}\n...\n${output.log.slice(-LOG_END)}` : output.log,
      files: Object.fromEntries(Object.entries(output.files).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    };
    writeFileAtomic(path, JSON.stringify(kept));
    onRun?.(template, false);
    return kept;
  }

  /** The very inputs of a run with the command that repeats it by hand. */
  private keepInputs(script: string, { template, files, variables }: Call): void {
    const { inputs, potential } = this.options;
    if (inputs === undefined) return;
    const folder = join(inputs, potential.name, `${String(++this.count).padStart(3, '0')}-${template.replace(/^in\./, '')}`);
    const quoted = (word: string) => (/^[\w.:/+-]+$/.test(word) ? word : `"${word}"`);
    const words = Object.entries(variables).map(
      ([name, value]) => `-var ${name} ${(typeof value === 'string' ? [value] : value).map(quoted).join(' ')}`,
    );
    const all = { ...files, [template]: script, 'command.sh': `lmp -in ${template} ${words.join(' ')}\n` };
    for (const [name, content] of Object.entries(all)) writeFileAtomic(join(folder, name), content);
  }
}

/** Interaction for which vacuum is made around what is not periodic, Å; more than any common potential has. */
const VACUUM_FOR = 15;

/** The entries that are not undefined. */
function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as ReturnType<typeof defined<T>>;
}

function readCache(path: string): KeptOutput | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as KeptOutput;
    return typeof kept.log === 'string' && typeof kept.files === 'object' ? kept : undefined;
  } catch {
    // a damaged file is as good as none: the run is done again
    return undefined;
  }
}

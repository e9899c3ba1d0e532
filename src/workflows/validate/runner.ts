import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../engines/files.js';
import { requireSound } from '../../engines/lammps/engine.js';
import { lammpsInput } from '../../engines/lammps/inputs.js';
import { dataText, toLammps } from '../../engines/lammps/structures.js';
import { EngineError } from '../../errors.js';
import type { LammpsJob, LammpsRun, LammpsRunner } from '../../properties/property.js';
import type { LammpsPool } from './pool.js';
import { DECK, type TestedPotential } from './potential.js';
import { FinishedRun, type GivenStructure, type KeptOutput, RESULTS } from './run.js';

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
    const { pool, potential } = this.options;
    const given: Record<string, GivenStructure> = {};
    const files: Record<string, string | Uint8Array> = { ...job.files };
    for (const [name, structure] of Object.entries(job.structures ?? {})) {
      const written = toLammps(structure, potential.elements, VACUUM_FOR);
      given[name] = { structure, written };
      files[name] = dataText(written, potential.elements);
    }
    const script = lammpsInput(job.template);
    const variables = Object.fromEntries(
      Object.entries(job.variables ?? {}).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
    );
    const parallel = job.partitions === undefined ? {} : { partitions: job.partitions };
    const key = createHash('sha256')
      .update(JSON.stringify([CACHE_FORMAT, await pool.version(), pool.kind, potential.hash, script, variables, parallel]))
      .update(JSON.stringify(Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString('base64')])))
      .digest('hex');
    const all = { ...variables, deck: DECK, types: String(potential.elements.length), results: RESULTS };
    this.keepInputs(job.template, script, files, all);
    const known = this.running.get(key);
    const made = known ?? this.runOrRead(key, job, script, files, all);
    if (!known) this.running.set(key, made);
    return new FinishedRun(await made, job.template, given);
  }

  private async runOrRead(
    key: string,
    job: LammpsJob,
    script: string,
    files: Record<string, string | Uint8Array>,
    variables: Record<string, string | readonly string[]>,
  ): Promise<KeptOutput> {
    const { pool, potential, abort, onRun } = this.options;
    const path = join(this.options.cache, key.slice(0, 2), `${key}.json`);
    const cached = readCache(path);
    if (cached) {
      onRun?.(job.template, true);
      return cached;
    }
    let output: Awaited<ReturnType<LammpsPool['run']>>;
    try {
      output = await pool.run({
        script,
        files: { ...potential.files, [DECK]: potential.pairLines, ...files },
        variables: { ...potential.variables, ...variables },
        ...(job.timeoutSeconds === undefined ? {} : { timeoutSeconds: job.timeoutSeconds }),
        ...(job.alone ? { alone: true } : {}),
        ...(job.partitions === undefined ? {} : { partitions: job.partitions }),
        ...(abort ? { abort } : {}),
      });
      requireSound(output);
    } catch (error) {
      if (error instanceof EngineError) error.message = `${job.template}: ${error.message}`;
      throw error;
    }
    const kept: KeptOutput = {
      log: output.log.length > LOG_START + LOG_END ? `${output.log.slice(0, LOG_START)}\n...\n${output.log.slice(-LOG_END)}` : output.log,
      files: Object.fromEntries(Object.entries(output.files).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    };
    writeFileAtomic(path, JSON.stringify(kept));
    onRun?.(job.template, false);
    return kept;
  }

  /** The very inputs of a run with the command that repeats it by hand. */
  private keepInputs(
    template: string,
    script: string,
    files: Record<string, string | Uint8Array>,
    variables: Record<string, string | readonly string[]>,
  ): void {
    const { inputs, potential } = this.options;
    if (inputs === undefined) return;
    const folder = join(inputs, potential.name, `${String(++this.count).padStart(3, '0')}-${template.replace(/^in\./, '')}`);
    const quoted = (word: string) => (/^[\w.:/+-]+$/.test(word) ? word : `"${word}"`);
    const words = Object.entries({ ...potential.variables, ...variables }).map(
      ([name, value]) => `-var ${name} ${(typeof value === 'string' ? [value] : value).map(quoted).join(' ')}`,
    );
    const all = {
      ...potential.files,
      [DECK]: potential.pairLines,
      ...files,
      [template]: script,
      'command.sh': `lmp -in ${template} ${words.join(' ')}\n`,
    };
    for (const [name, content] of Object.entries(all)) writeFileAtomic(join(folder, name), content);
  }
}

/** Interaction for which vacuum is made around what is not periodic, Å; more than any common potential has. */
const VACUUM_FOR = 15;

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

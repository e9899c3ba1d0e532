import { join, resolve } from 'node:path';
import { version } from '../config/version.js';
import { writeFileAtomic } from '../engines/files.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { NEVER_STOP, type StopToken } from '../engines/stop.js';
import { defaultWorkers } from '../engines/workers.js';
import { EngineError, EqpotError } from '../errors.js';
import { PropertyContext } from '../properties/context.js';
import type { Property, PropertySettings } from '../properties/property.js';
import type { System } from '../properties/system.js';
import { renderValidation } from '../report/validation/html.js';
import { gives } from './validate/choose.js';
import { junit } from './validate/junit.js';
import { spreadsOf } from './validate/members.js';
import { LammpsPool } from './validate/pool.js';
import type { TestedPotential } from './validate/potential.js';
import { machineOf, settingsOf, softwareOf, sourceOf } from './validate/provenance.js';
import type { Reference } from './validate/reference.js';
import { countStatuses, type Ending, judge, LOG, type Validation, type Verdict } from './validate/result.js';
import { CachedRunner } from './validate/runner.js';
import { Watch } from './validate/watch.js';

export interface ValidateOptions {
  /** at least one; names are unique */
  potentials: readonly TestedPotential[];
  system: System;
  /** in the order of the registry */
  properties: readonly Property[];
  settings: PropertySettings;
  reference?: Reference;
  /** gets validation.json, junit.xml, report.html and the cache */
  directory: string;
  /** embedded, native or a command; default embedded */
  lammps?: string;
  /** runs of LAMMPS at the same time; default: processors, one where the command is a launcher */
  workers?: number;
  /** properties, of those above, that the members of committees are tried on as well */
  memberProperties?: readonly Property[];
  /** keep the inputs of every run in DIRECTORY/inputs */
  keepInputs?: boolean;
  command?: string;
  progress?: Progress;
  stop?: StopToken;
}

/**
 * Computes properties of several potentials side by side and compares them with reference values. A property that fails is an
 * `error` in the result and stops no other one. What was computed is kept, so the same call after an interruption goes on there.
 * @throws InputError when LAMMPS is missing; StoppedError when a stop was requested
 */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { potentials, system, properties, settings, reference } = options;
  const progress = options.progress ?? SILENT;
  const stop = options.stop ?? NEVER_STOP;
  const directory = resolve(options.directory);
  const lammps = options.lammps ?? 'embedded';
  const launched = lammps.trim().split(/\s+/).length > 1;
  const pool = await LammpsPool.open(lammps, options.workers ?? (launched ? 1 : defaultWorkers()));
  try {
    const result: Validation = {
      format: 1,
      eqpot: version(),
      command: options.command ?? '',
      date: new Date().toISOString(),
      lammps: { kind: pool.kind, version: await pool.version() },
      software: softwareOf(),
      system: { label: system.label, kind: system.kind, elements: system.elements },
      titles: Object.fromEntries(potentials.map(({ name, title }) => [name, title])),
      sources: Object.fromEntries(potentials.map((potential) => [potential.name, sourceOf(potential)])),
      settings: settingsOf(options),
      properties: properties.map((property) => {
        const infos = property.values(system, settings);
        return {
          id: property.id,
          title: property.title,
          values: infos.map(({ name }) => name),
          descriptions: Object.fromEntries(infos.map(({ name, description }) => [name, description])),
        };
      }),
      potentials: {},
      curves: {},
      data: {},
      reference: reference
        ? {
            title: reference.title ?? null,
            file: reference.file,
            sha256: reference.sha256,
            values: Object.fromEntries(reference.values),
            curves: reference.curves,
          }
        : null,
      counts: { pass: 0, fail: 0, error: 0, skipped: 0, 'no-reference': 0 },
      seconds: {},
    };
    progress.phase(
      'validate',
      `${potentials.map(({ name }) => name).join(', ')} on ${system.label}, LAMMPS ${result.lammps.version} (${pool.kind})`,
    );
    const machine = machineOf(result, stop);
    const { memberProperties = [] } = options;
    const members = potentials.flatMap(({ committee }) => committee?.members ?? []);
    let done = 0;
    const total = potentials.length * properties.length + members.length * memberProperties.length;
    const compute = async (potential: TestedPotential, list: readonly Property[]): Promise<Computed[]> => {
      const runner = new CachedRunner({
        pool,
        potential,
        cache: join(directory, 'cache'),
        abort: stop.signal,
        ...(options.keepInputs ? { inputs: join(directory, 'inputs') } : {}),
      });
      const context = new PropertyContext({ name: potential.name, elements: potential.elements }, system, settings, runner, machine);
      return Promise.all(
        list.map(async (property) => {
          const started = performance.now();
          const watch = potential.measure && new Watch(potential.measure);
          const own = watch ? context.through((inner) => watch.over(inner)) : context;
          const ending = await attempt(property, own, pool, stop);
          const seconds = (performance.now() - started) / 1000;
          if ('error' in ending) progress.line(`${potential.name}, ${property.id}: ${ending.error.split('\n')[0]}`);
          progress.update(++done / total, `${potential.name} ${property.id}`);
          return { ending, seconds, ...(watch && 'outcome' in ending && { extrapolation: watch.worst() }) };
        }),
      );
    };
    const endings = await Promise.all(potentials.map((potential) => compute(potential, properties)));
    const ofMembers = new Map<TestedPotential, Computed[]>();
    // one member after another: their tables and runs would all be in memory at once
    for (const member of memberProperties.length > 0 ? members : []) ofMembers.set(member, await compute(member, memberProperties));
    stop.throwIfRequested();
    for (const [p, { name, committee, measure }] of potentials.entries()) {
      const verdicts: Validation['potentials'][string] = {};
      result.curves[name] = {};
      result.data[name] = {};
      result.seconds[name] = {};
      for (const [k, property] of properties.entries()) {
        const { ending, seconds, extrapolation } = endings[p]![k]!;
        if (measure && extrapolation !== undefined) {
          result.extrapolation ??= {};
          result.extrapolation[name] = { ...result.extrapolation[name], [property.id]: Number(extrapolation.toPrecision(3)) };
        }
        Object.assign(verdicts, judge(ending, property.values(system, settings), reference));
        result.seconds[name]![property.id] = Number(seconds.toFixed(3));
        if (!('outcome' in ending)) continue;
        if (ending.outcome.curves) result.curves[name]![property.id] = ending.outcome.curves;
        if (ending.outcome.data) result.data[name]![property.id] = ending.outcome.data;
      }
      Object.assign(verdicts, missing(properties, reference, verdicts, system, settings.only));
      if (committee && memberProperties.length > 0) {
        const each = committee.members.map((member) =>
          Object.assign(
            {},
            ...ofMembers.get(member)!.map(({ ending }, k) => judge(ending, memberProperties[k]!.values(system, settings), undefined)),
          ),
        );
        for (const [value, spread] of Object.entries(spreadsOf(each, committee.scale)))
          if (verdicts[value] && verdicts[value].value !== null) verdicts[value].uncertainty = spread;
      }
      listed(result, properties, Object.keys(verdicts));
      result.potentials[name] = verdicts;
    }
    result.counts = countStatuses(result.potentials);
    writeFileAtomic(join(directory, 'validation.json'), `${JSON.stringify(result, null, 1)}\n`);
    writeFileAtomic(join(directory, 'junit.xml'), junit(result));
    writeFileAtomic(join(directory, 'report.html'), renderValidation(result));
    progress.done();
    return result;
  } finally {
    await pool.close();
  }
}

/** How a property of one potential ended. */
interface Computed {
  ending: Ending;
  seconds: number;
  /** undefined where the potential does not say what it was fitted to */
  extrapolation?: number;
}

async function attempt(property: Property, context: PropertyContext, pool: LammpsPool, stop: StopToken): Promise<Ending> {
  const reason = property.applies?.(context.system);
  if (reason !== undefined) return { skipped: reason };
  if (property.needsPhonopy && !context.machine.phonopy)
    return { skipped: 'it needs the program phonopy in PATH (Debian: apt install python3-phonopy; elsewhere: pip install phonopy)' };
  if (property.needsNative && !pool.partitioned) return { skipped: 'it needs a native LAMMPS with mpirun: --lammps native' };
  try {
    if (stop.requested) return { skipped: 'stopped' };
    return { outcome: await property.run(context) };
  } catch (error) {
    if (stop.requested) return { skipped: 'stopped' };
    if (error instanceof EngineError) return { error: error.message.split(LOG)[0]!, log: error.logTail };
    if (error instanceof EqpotError) return { error: error.message, log: '' };
    // the hours that the other properties took are not to be lost
    return {
      error: `a defect of eqpot: ${error instanceof Error ? error.message : error}`,
      log: error instanceof Error ? (error.stack ?? '') : '',
    };
  }
}

/** Names that a property gave besides those that it said before (constants of a crystal of low symmetry) stand in its list too. */
function listed(result: Validation, properties: readonly Property[], names: readonly string[]): void {
  for (const name of names) {
    if (result.properties.some(({ values }) => values.includes(name))) continue;
    const k = properties.findIndex((property) => gives(property, name));
    if (k >= 0) result.properties[k]!.values.push(name);
  }
}

/** Reference values of the chosen properties that this crystal has not, such as c13 of a cubic one. */
function missing(
  properties: readonly Property[],
  reference: Reference | undefined,
  found: Readonly<Record<string, Verdict>>,
  system: System,
  only: readonly string[] | undefined,
): Record<string, Verdict> {
  const asked = (name: string) =>
    properties.some((property) => gives(property, name) && (!only || only.includes(name) || only.includes(property.id)));
  const names = [...(reference?.values ?? [])].filter(([name]) => !found[name] && asked(name));
  return judge(
    { skipped: `${system.label} has no such value` },
    names.map(([name, { unit }]) => ({ name, unit, description: '' })),
    reference,
  );
}

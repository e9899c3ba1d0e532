import { type DefectOptions, defects } from './defects.js';
import { type DynamicsOptions, dynamics } from './dynamics.js';
import { type NestedOptions, nested } from './nested.js';
import type { Candidate, SamplingContext, Source } from './source.js';
import { type StrainedOptions, strained } from './strained.js';
import { type SurfaceOptions, surfaces } from './surfaces.js';

/** Options of every source by its name; those that are absent are not asked. */
export interface SourceOptions {
  nested?: NestedOptions | undefined;
  dynamics?: DynamicsOptions | undefined;
  strained?: StrainedOptions | undefined;
  defects?: DefectOptions | undefined;
  surfaces?: SurfaceOptions | undefined;
}

/** Every source, in the order in which they are asked. A new one is a file here and a line in this table. */
const SOURCES: { [Name in keyof SourceOptions]-?: Source<NonNullable<SourceOptions[Name]>> } = {
  nested,
  dynamics,
  strained,
  defects,
  surfaces,
};

/** The candidates of all sources that are asked for, each from a random stream of its own. */
export async function sampleAll(
  options: SourceOptions,
  contextOf: (stream: number) => SamplingContext,
  onSource: (name: string, found: number) => void,
): Promise<Candidate[]> {
  const out: Candidate[] = [];
  for (const [k, name] of (Object.keys(SOURCES) as (keyof SourceOptions)[]).entries()) {
    const wanted = options[name];
    if (!wanted) continue;
    const found = await (SOURCES[name] as Source<unknown>)(wanted, contextOf(k));
    onSource(name, found.length);
    out.push(...found);
  }
  return out;
}

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Settings, settingsSchema } from '../src/config/schema.js';
import { SILENT } from '../src/engines/progress.js';
import type { CandidateLoss } from '../src/fitting/candidates.js';
import type { EquationNetwork } from '../src/fitting/equation-network.js';
import { toReal } from '../src/fitting/search/pseudo-weights.js';
import { RandomStream } from '../src/math/random.js';
import { type PreparedFit, prepare } from '../src/workflows/prepare.js';
import { Skip } from './section.js';

/** The top of the checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Path of one of the data sets beside the checkout.
 * @throws Skip where it is absent
 */
export function sharedData(name: string): string {
  const path = join(ROOT, '../shared/data', name);
  if (!existsSync(path)) throw new Skip(`needs ../shared/data/${name}, which is not there`);
  return path;
}

/** Settings of a fit to the mended copper set with all defaults of the schema, for the networks of the paper. */
export function copperSettings(cutoff: number, search: Partial<Settings['search']> = {}): Settings {
  const files = [sharedData('cu-symbolic.extxyz')];
  return settingsSchema.parse({ data: { files, audit: 'mend', folds: 0 }, network: { cutoff }, search });
}

/** The mended copper set as a fit sees it. */
export function preparedCopper(settings: Settings): PreparedFit {
  return prepare(settings, ROOT, SILENT)[0]!;
}

/** Random real candidates of a network that no rule forbids, so that nothing of their loss can be skipped. */
export async function allowedCandidates(
  loss: CandidateLoss,
  network: EquationNetwork,
  settings: Settings,
  count: number,
): Promise<Float64Array[]> {
  const random = RandomStream.fromSeed(1);
  const found: Float64Array[] = [];
  const losses = new Float64Array(64);
  while (found.length < count) {
    const batch = Array.from({ length: 64 }, () => {
      const pseudo = Float64Array.from(network.parameters, ({ bounds }) => random.range(bounds[0], bounds[1]));
      const real = new Float64Array(network.size);
      toReal(pseudo, network.parameters, settings.search.null_zone, real);
      return real;
    });
    await loss.evaluate(batch, losses);
    batch.forEach((candidate, k) => {
      if (losses[k]! < settings.loss.penalty && found.length < count) found.push(candidate);
    });
  }
  return found;
}

/** Calls `use` with the path of a temporary folder that is gone afterwards. */
export async function inTemporaryFolder<Out>(use: (folder: string) => Promise<Out>): Promise<Out> {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

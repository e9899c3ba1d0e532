import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LearnSettings } from '../../config/learn-schema.js';
import type { Settings } from '../../config/schema.js';
import type { FitOptions } from '../complete.js';
import { fit } from '../fit.js';
import { fitAlloy } from '../fit-alloy.js';
import { fitSplines } from '../fit-splines.js';
import { fitZjw04 } from '../fit-zjw04.js';
import { readFront } from '../front-file.js';

/** What a training starts from. */
export interface Before {
  /** folder of the training before; undefined in the first round */
  folder: string | undefined;
  /** make the search as the settings say; otherwise mostly go on from there */
  full: boolean;
}

/** How the loop trains a form of potential. */
interface LearnedForm {
  /** the settings of a fit that goes on from the training before */
  settings(settings: Settings, train: LearnSettings['train'], before: Before): Settings;
  fit(settings: Settings, options: FitOptions, before: Before): Promise<unknown>;
  /** nodes or parameters of what a training left in a folder */
  complexity(folder: string): number;
}

/** Every form of `eqpot fit` as the loop trains it. */
export const LEARNED_FORMS: Readonly<Record<Settings['form'], LearnedForm>> = {
  equation: {
    // parameters of equations go on from round to round only with the unit of length of the first front
    settings(settings, { restarts }, { folder, full }) {
      const lengthUnit = folder === undefined ? undefined : readFront(folder).rows[0]?.network.lengthUnit;
      return {
        ...settings,
        search: full ? settings.search : { ...settings.search, restarts },
        network: { ...settings.network, ...(lengthUnit === undefined ? {} : { length_unit: lengthUnit }) },
      };
    },
    fit: (settings, options, { folder }) =>
      fit(settings, { ...options, ...(folder === undefined ? {} : { known: readFront(folder).rows }) }),
    complexity: (folder) => readFront(folder).rows.find((row) => row.chosen)?.complexity ?? 0,
  },
  alloy: {
    // equations that a start names keep their terms: the search with all terms is made in full rounds
    settings: (settings, _, { folder, full }) =>
      full || folder === undefined ? settings : { ...settings, alloy: { ...settings.alloy, start: folder, starts: 1, keep: 1 } },
    fit: fitAlloy,
    complexity: parametersOf,
  },
  's-meam': {
    settings: (settings, { restarts }, before) => ({
      ...settings,
      splines: { ...settings.splines, ...startsFrom(settings.splines, restarts, before) },
    }),
    fit: fitSplines,
    complexity: parametersOf,
  },
  zjw04: {
    settings: (settings, { restarts }, before) => ({
      ...settings,
      zjw04: { ...settings.zjw04, ...startsFrom(settings.zjw04, restarts, before) },
    }),
    fit: fitZjw04,
    complexity: parametersOf,
  },
};

/** The training before as the first start, and besides as many new ones as asked for. */
function startsFrom({ starts }: { starts: number }, restarts: number, { folder, full }: Before): { starts?: number; start?: string } {
  return { ...(full ? {} : { starts: Math.min(starts, 1 + restarts) }), ...(folder === undefined ? {} : { start: folder }) };
}

function parametersOf(folder: string): number {
  return (JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as { parameters: number }).parameters;
}

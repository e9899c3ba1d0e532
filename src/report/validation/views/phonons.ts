import type { Tick } from '../../svg/scale.js';
import { curveFigure, curveGroups } from '../curves.js';
import type { Validation } from '../validation.js';
import type { View } from './view.js';

/** Dispersion along the path with the names of its corners, where reference points may stand; density of states. */
export const phonons: View = {
  property: 'phonons',
  figures(validation, { id }) {
    const ticks = ticksOf(validation, id);
    return curveGroups(validation, id).map((group) =>
      curveFigure(group, group.id === 'phonon_dispersion' && ticks ? { ticks, whole: true } : {}),
    );
  },
};

/** Names of corners of the path: those of the first potential, as all have the same. */
function ticksOf({ data }: Validation, id: string): Tick[] | undefined {
  for (const properties of Object.values(data)) {
    const ticks = properties[id]?.ticks;
    if (Array.isArray(ticks) && ticks.every(isTick)) return ticks;
  }
  return undefined;
}

function isTick(value: unknown): value is Tick {
  const { value: at, label } = (value ?? {}) as Partial<Tick>;
  return typeof at === 'number' && typeof label === 'string';
}

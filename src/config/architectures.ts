import type { Settings } from './schema.js';
import type { SettingPath } from './source.js';

/** The setting itself where a list of it may stand. */
type One<T> = Exclude<T, readonly unknown[]>;
type ListedNetwork = Settings['network'];

/** `network` with one cutoff and one network of each kind. */
export type OneNetwork = { [K in keyof ListedNetwork]: One<ListedNetwork[K]> };

/** Parts of `network` that may be lists. */
const LISTED = ['cutoff', 'pair', 'density', 'embedding'] as const;
type Listed = (typeof LISTED)[number];

/** One form of the equations to search: a cutoff with a pair, a density and an embedding network. */
export interface Architecture {
  network: OneNetwork;
  /** which of several networks these are, such as `pair 2`; empty where there is one of each */
  name: string;
  /** where its parts stand in the settings */
  paths: Record<Listed, SettingPath>;
}

/** Every combination of the cutoffs and networks of the settings, the cutoff changing fastest; one where nothing is a list. */
export function architecturesOf({ network }: Pick<Settings, 'network'>): Architecture[] {
  let all: Architecture[] = [{ network: network as OneNetwork, name: '', paths: {} as Architecture['paths'] }];
  for (const key of LISTED) {
    const given = network[key];
    const several = Array.isArray(given);
    const entries = several ? given : [given];
    all = entries.flatMap((entry, k) =>
      all.map(({ network: rest, name, paths }) => ({
        network: { ...rest, [key]: entry },
        name: several && entries.length > 1 && key !== 'cutoff' ? [name, `${key} ${k + 1}`].filter(Boolean).join(', ') : name,
        paths: { ...paths, [key]: several ? ['network', key, k] : ['network', key] },
      })),
    );
  }
  return all;
}

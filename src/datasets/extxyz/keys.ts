/**
 * Keys that are tried for each label, first match wins. An explicit REF_ key comes first: MACE's tools write it to keep reference
 * labels apart from `energy` and `forces`, which ASE overwrites with the results of any calculator that is attached.
 */
export const DEFAULT_KEYS = {
  energy: ['REF_energy', 'energy', 'Energy', 'dft_energy', 'DFT_energy'],
  forces: ['REF_forces', 'forces', 'Forces', 'force', 'dft_forces', 'DFT_forces', 'dft_force'],
  stress: ['REF_stress', 'stress', 'Stress', 'dft_stress', 'DFT_stress'],
  virial: ['REF_virial', 'REF_virials', 'virial', 'virials', 'Virial', 'dft_virial', 'DFT_virial'],
  configType: ['config_type'],
  source: ['source'],
} as const;

/** Keys that say what computed the labels of a frame; see `LabelOrigin`. `changed` reads `NAME=VALUE; NAME=VALUE`. */
export const ORIGIN_KEYS = {
  engine: 'label_engine',
  version: 'label_version',
  settings: 'label_settings',
  input: 'label_input',
  wallSeconds: 'label_seconds',
  changed: 'label_changed',
} as const;

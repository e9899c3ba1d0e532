import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lammpsInPath } from '../../src/engines/lammps/native.js';
import type { Property, PropertySettings } from '../../src/properties/property.js';
import { PROPERTIES } from '../../src/properties/registry.js';
import type { System } from '../../src/properties/system.js';
import { potentialFrom } from '../../src/workflows/validate/potential.js';
import type { Verdict } from '../../src/workflows/validate/result.js';
import { validate } from '../../src/workflows/validate.js';

/** Where distributions put the potentials of LAMMPS. */
const FOLDERS = ['/usr/share/lammps/potentials', '/usr/local/share/lammps/potentials', '/opt/lammps/potentials'];

/** Path of a potential file of LAMMPS and of a native LAMMPS; the test is skipped, with the reason, where one is missing. */
export function published(context: Mocha.Context, file: string): { path: string; lammps: string } {
  const path = FOLDERS.map((folder) => join(folder, file)).find(existsSync);
  const lammps = lammpsInPath();
  if (path && lammps) return { path, lammps };
  console.log(`      skipped: no native LAMMPS (lmp) in PATH, or no ${file} in its potentials`);
  return context.skip();
}

/** Computed values of a potential by name. */
export interface Computed {
  /** fails the test when the value is an error or was skipped */
  value(name: string): number;
  verdict(name: string): Verdict;
}

/** Computes properties (by id, or others) of one potential in a temporary folder. */
export async function compute(
  potential: string,
  system: System,
  properties: readonly (string | Property)[],
  options: { lammps?: string; settings?: Partial<PropertySettings>; workers?: number } = {},
): Promise<Computed> {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-properties-'));
  try {
    const result = await validate({
      potentials: [potentialFrom(potential)],
      system,
      properties: properties.flatMap((each) => (typeof each === 'string' ? PROPERTIES.filter(({ id }) => id === each) : each)),
      settings: { seed: 1, ...options.settings },
      directory: folder,
      lammps: options.lammps ?? 'native',
      workers: options.workers ?? 2,
    });
    const verdicts = Object.values(result.potentials)[0]!;
    const verdict = (name: string) => {
      expect(verdicts, `${name} was not computed`).to.have.property(name);
      return verdicts[name]!;
    };
    return {
      verdict,
      value(name) {
        expect(verdict(name).status, `${name}: ${verdict(name).detail.message}`).to.equal('no-reference');
        return verdict(name).value!;
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

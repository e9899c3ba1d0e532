import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../errors.js';

/**
 * The POTCAR of each element from a folder as VASP distributes it, `FOLDER/NAME/POTCAR`.
 * @param names by chemical symbol, such as `{ Cu: 'Cu_pv' }`
 * @throws InputError for one that is missing or is of another element
 */
export function readPotcars(folder: string, names: Readonly<Record<string, string>>): Map<string, Buffer> {
  const potcars = new Map<string, Buffer>();
  for (const [symbol, name] of Object.entries(names)) {
    const path = join(folder, name, 'POTCAR');
    if (!existsSync(path)) throw missing(folder, symbol, path);
    const bytes = readFileSync(path);
    const head = bytes.subarray(0, 4000).toString('latin1');
    // "VRHFIN =Cu: d10 p1" says which element it is; the title may be of any kind
    const found = /VRHFIN\s*=\s*([A-Za-z]+)/.exec(head)?.[1] ?? /^\s*\S+\s+([A-Z][a-z]?)/.exec(head)?.[1];
    if (found?.toLowerCase() !== symbol.toLowerCase())
      throw new InputError(
        `is of ${found ?? 'no known element'}, not of ${symbol}`,
        { file: path },
        { hint: "correct the names in 'potcars'" },
      );
    potcars.set(symbol, bytes);
  }
  return potcars;
}

function missing(folder: string, symbol: string, path: string): InputError {
  const all = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'POTCAR'))) : undefined;
  const near = all?.filter((name) => name === symbol || new RegExp(`^${symbol}[^a-z]`).test(name)).sort();
  const hint =
    all === undefined
      ? `there is no folder ${folder}: set 'potcar_folder' to your copy of VASP's POTCAR files (potpaw_PBE or the like)`
      : all.length === 0
        ? `no folder in ${folder} has a POTCAR; expected ${folder}/NAME/POTCAR`
        : `those for ${symbol} there are: ${near!.join(', ') || 'none'}`;
  return new InputError(`there is no POTCAR for ${symbol}`, { file: path }, { hint });
}

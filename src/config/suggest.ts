/**
 * The name that was probably meant, or undefined where none is near: at most one edit (insertion, deletion, replacement,
 * swap of neighbours) in three letters, upper and lower case, `-` and `_` being the same.
 */
export function suggest(given: string, names: Iterable<string>): string | undefined {
  const wanted = normalise(given);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, normalise(name));
    if (distance >= least) continue;
    least = distance;
    best = name;
  }
  return best;
}

/** `; did you mean 'cutoff'?`, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const name = suggest(given, names);
  return name === undefined ? '' : `; did you mean '${name}'?`;
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => {
    const row = new Array<number>(b.length + 1).fill(0);
    row[0] = i;
    return row;
  });
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  return rows[a.length]![b.length]!;
}

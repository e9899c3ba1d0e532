/** Greatest common divisor of whole numbers, not negative. */
export function gcd(...values: readonly number[]): number {
  return values.reduce((a, b) => {
    let [x, y] = [Math.abs(a), Math.abs(b)];
    while (y > 0) [x, y] = [y, x % y];
    return x;
  }, 0);
}

/** p and q with p a + q b = gcd(a, b). */
function bezout(a: number, b: number): [number, number] {
  let [r0, r1, p0, p1, q0, q1] = [a, b, 1, 0, 0, 1];
  while (r1 !== 0) {
    const t = Math.floor(r0 / r1);
    [r0, r1] = [r1, r0 - t * r1];
    [p0, p1] = [p1, p0 - t * p1];
    [q0, q1] = [q1, q0 - t * q1];
  }
  return r0 < 0 ? [-p0, -q0] : [p0, q0];
}

/**
 * Three whole-number vectors that are a basis of all of them: two in the lattice plane with these coprime indices (their products
 * with it are 0), the third in the next plane (product 1).
 */
export function planeBasis([h, k, l]: readonly [number, number, number]): [number[], number[], number[]] {
  if (h === 0 && k === 0)
    return [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, l],
    ];
  const g = gcd(h, k);
  const [p, q] = bezout(h, k);
  const [r, s] = bezout(g, l);
  return [
    [k / g, -h / g, 0],
    [p * l, q * l, -g],
    [p * r, q * r, s],
  ];
}

/** Rows of whole numbers that span the same lattice as the given ones (of rank 3), by Euclid's algorithm on the columns. */
export function latticeBasis(rows: readonly (readonly number[])[]): number[][] {
  let rest = rows.map((row) => [...row]);
  const out: number[][] = [];
  for (let column = 0; column < 3; column++) {
    for (;;) {
      const used = rest.filter((row) => row[column] !== 0).sort((a, b) => Math.abs(a[column]!) - Math.abs(b[column]!));
      const [pivot, ...others] = used;
      if (!pivot) throw new Error('the vectors do not span the space');
      if (others.length === 0) {
        out.push(pivot);
        rest = rest.filter((row) => row !== pivot);
        break;
      }
      for (const row of others) {
        const t = Math.round(row[column]! / pivot[column]!);
        for (let d = 0; d < 3; d++) row[d]! -= t * pivot[d]!;
      }
      rest = rest.filter((row) => row.some((x) => x !== 0));
    }
  }
  return out;
}

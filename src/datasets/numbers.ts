const POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k);

/**
 * The number written in `text` from `start` to `end`, correctly rounded, or NaN unless it is a plain finite decimal number
 * (no NaN, Inf, hexadecimal or empty text). Fortran's D exponents are understood.
 * Up to 15 digits are read without making a string: integer and power of ten are then exact (Clinger 1990, DOI 10.1145/93542.93557).
 */
export function parseNumber(text: string, start: number, end: number): number {
  let i = start;
  let negative = false;
  const sign = text.charCodeAt(i);
  if (sign === 45 || sign === 43) {
    negative = sign === 45;
    i++;
  }
  let mantissa = 0;
  let significant = 0;
  let digits = 0;
  let exponent = 0;
  let point = false;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c >= 48 && c <= 57) {
      digits++;
      if (significant < 15) mantissa = mantissa * 10 + (c - 48);
      if (mantissa > 0) significant++;
      if (point) exponent--;
    } else if (c === 46 && !point) point = true;
    else break;
  }
  if (digits === 0) return Number.NaN;
  let fortran = false;
  if (i < end) {
    const c = text.charCodeAt(i++) | 32;
    if (c !== 101 && c !== 100) return Number.NaN;
    fortran = c === 100;
    let down = false;
    const s = text.charCodeAt(i);
    if (s === 45 || s === 43) {
      down = s === 45;
      i++;
    }
    if (i >= end) return Number.NaN;
    let power = 0;
    for (; i < end; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      if (power < 10000) power = power * 10 + digit;
    }
    exponent += down ? -power : power;
  }
  if (significant <= 15 && exponent >= -22 && exponent <= 22) {
    const value = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
    return negative ? -value : value;
  }
  const slow = text.slice(start, end);
  const value = Number(fortran ? slow.replace(/d/i, 'e') : slow);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The finite decimal number that all of `token` is, or NaN. */
export function numberFrom(token: string): number {
  return parseNumber(token, 0, token.length);
}

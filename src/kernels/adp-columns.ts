import { pairIndex } from '../potentials/s-meam.js';
import type { AdpFrames, AdpTables } from './adp-frames.js';
import { addSlopes, addValues, addVectors } from './function-table.js';

/** Derivatives of a structure's energy, forces and virial along the columns of the tables; views that the next call overwrites. */
export interface FrameColumns {
  /** shape (columns) */
  energy: Float64Array;
  /** shape (atoms, 3, columns) */
  rows: Float64Array;
  /** shape (6, columns) */
  virial: Float64Array;
}

/** Step of the differences along the density. */
const DENSITY_STEP = 3e-4;

/** Derivatives of what `AdpFrames` has evaluated last. */
export class AdpColumns {
  private buffers:
    | {
        size: number;
        energy: Float64Array;
        rows: Float64Array;
        virial: Float64Array;
        byDensity: Float64Array;
        tangent: Float64Array;
        central: Float64Array;
      }
    | undefined;
  private angularBuffers: { size: number; dipoles: Float64Array; quadrupoles: Float64Array } | undefined;

  constructor(private readonly frames: AdpFrames) {}

  /** Derivatives of what `evaluate` gave last, which has to be the same structure with the same tables. */
  derive(s: number, tables: AdpTables, stressed: boolean): FrameColumns {
    const { atoms, species, first, second, bonds } = this.frames.frames[s]!;
    const { from, inverseStep } = this.frames.grid;
    const { angular, slopes, densities, slopeOf } = this.frames;
    const C = tables.columns;
    const { energy, rows, virial, byDensity, tangent, central } = this.columnBuffers(C);
    energy.fill(0);
    rows.fill(0, 0, 3 * atoms * C);
    virial.fill(0);
    byDensity.fill(0, 0, atoms * C);
    tangent.fill(0, 0, atoms * C);
    const ne = this.frames.elements.length;
    const perPair = angular ? 7 : 3;
    const pairs = first.length;
    // derivatives of the densities
    for (let k = 0; k < pairs; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const a = species[i]!;
      const b = species[j]!;
      const at = (bonds[4 * k + 3]! - from) * inverseStep;
      const g = Math.floor(at);
      const x = at - g;
      const ofB = tables.density[b]!;
      addValues(ofB, g, x, 1, byDensity, i * C);
      addValues(tables.density[a]!, g, x, 1, byDensity, j * C);
      addValues(tables.pair[ne === 1 ? 0 : pairIndex(a, b, ne)]!, g, x, 1, energy, 0);
    }
    // and of the slopes of the embedding functions
    const out = tables.scratch;
    for (let i = 0; i < atoms; i++) {
      const f = tables.functions.embedding[species[i]!]!;
      const rho = densities[i]!;
      const n = f.parameters.length;
      f.evaluate(rho, tables.p, out);
      for (let c = 0; c < n; c++) {
        const column = tables.columnOf![f.parameters[c]!]!;
        if (column >= 0) energy[column]! += out[1 + c]!;
      }
      const step = DENSITY_STEP;
      f.evaluate(rho + step, tables.p, out);
      let curvature = out[0]!;
      for (let c = 0; c < n; c++) {
        const column = tables.columnOf![f.parameters[c]!]!;
        if (column >= 0) tangent[i * C + column]! += out[1 + c]! / (2 * step);
      }
      f.evaluate(rho - step, tables.p, out);
      curvature = (curvature - out[0]!) / (2 * step);
      for (let c = 0; c < n; c++) {
        const column = tables.columnOf![f.parameters[c]!]!;
        if (column >= 0) tangent[i * C + column]! -= out[1 + c]! / (2 * step);
      }
      const own = i * C;
      const slope = slopeOf[i]!;
      for (let c = 0; c < C; c++) {
        const d = byDensity[own + c]!;
        energy[c]! += slope * d;
        tangent[own + c]! += curvature * d;
      }
    }
    for (let k = 0; k < pairs; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const a = species[i]!;
      const b = species[j]!;
      const r = bonds[4 * k + 3]!;
      const at = (r - from) * inverseStep;
      const g = Math.floor(at);
      const x = at - g;
      const o = k * perPair;
      const ofB = slopes[o + 1]!;
      const ofA = slopes[o + 2]!;
      const ti = i * C;
      const tj = j * C;
      for (let c = 0; c < C; c++) central[c] = tangent[ti + c]! * ofB + tangent[tj + c]! * ofA;
      addSlopes(tables.pair[ne === 1 ? 0 : pairIndex(a, b, ne)]!, g, x, inverseStep, central);
      addSlopes(tables.density[b]!, g, x, inverseStep * slopeOf[i]!, central);
      addSlopes(tables.density[a]!, g, x, inverseStep * slopeOf[j]!, central);
      const ux = bonds[4 * k]!;
      const uy = bonds[4 * k + 1]!;
      const uz = bonds[4 * k + 2]!;
      const ri = 3 * i * C;
      const rj = 3 * j * C;
      for (let c = 0; c < C; c++) {
        const f = central[c]!;
        rows[ri + c]! += f * ux;
        rows[ri + C + c]! += f * uy;
        rows[ri + 2 * C + c]! += f * uz;
        rows[rj + c]! -= f * ux;
        rows[rj + C + c]! -= f * uy;
        rows[rj + 2 * C + c]! -= f * uz;
      }
      if (!stressed) continue;
      for (let c = 0; c < C; c++) {
        const f = central[c]! * r;
        virial[c]! += f * ux * ux;
        virial[C + c]! += f * uy * uy;
        virial[2 * C + c]! += f * uz * uz;
        virial[3 * C + c]! += f * uy * uz;
        virial[4 * C + c]! += f * ux * uz;
        virial[5 * C + c]! += f * ux * uy;
      }
    }
    if (angular) this.addAngular(s, tables, stressed);
    return { energy, rows: rows.subarray(0, 3 * atoms * C), virial };
  }

  /** The part of dipoles and quadrupoles. */
  private addAngular(s: number, tables: AdpTables, stressed: boolean): void {
    const { atoms, species, first, second, bonds } = this.frames.frames[s]!;
    const { from, inverseStep } = this.frames.grid;
    const { slopes, dipoles, quadrupoles } = this.frames;
    const C = tables.columns;
    const { energy, rows, virial } = this.columnBuffers(C);
    const ne = this.frames.elements.length;
    const byDipole = tables.dipole;
    const byQuadrupole = tables.quadrupole;
    // columns of angular functions alone, in a block of their own
    const used = [...new Set([...byDipole, ...byQuadrupole].flatMap(({ columns }) => [...columns]))];
    const m = used.length;
    if (m === 0) return;
    const place = new Int32Array(C).fill(-1);
    used.forEach((column, c) => {
      place[column] = c;
    });
    const { dipoles: dTangent, quadrupoles: qTangent } = this.tangentBuffers(m);
    dTangent.fill(0, 0, 3 * atoms * m);
    qTangent.fill(0, 0, 6 * atoms * m);
    const values = new Float64Array(C);
    for (let k = 0; k < first.length; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const r = bonds[4 * k + 3]!;
      const at = (r - from) * inverseStep;
      const g = Math.floor(at);
      const x = at - g;
      const ab = ne === 1 ? 0 : pairIndex(species[i]!, species[j]!, ne);
      const rx = r * bonds[4 * k]!;
      const ry = r * bonds[4 * k + 1]!;
      const rz = r * bonds[4 * k + 2]!;
      const mu = byDipole[ab]!;
      for (const column of mu.columns) values[column] = 0;
      addValues(mu, g, x, 1, values, 0);
      for (let c = 0; c < mu.columns.length; c++) {
        const v = values[mu.columns[c]!]!;
        const q = place[mu.columns[c]!]!;
        const ti = 3 * i * m + q;
        const tj = 3 * j * m + q;
        dTangent[ti]! += v * rx;
        dTangent[ti + m]! += v * ry;
        dTangent[ti + 2 * m]! += v * rz;
        dTangent[tj]! -= v * rx;
        dTangent[tj + m]! -= v * ry;
        dTangent[tj + 2 * m]! -= v * rz;
      }
      const w = byQuadrupole[ab]!;
      for (const column of w.columns) values[column] = 0;
      addValues(w, g, x, 1, values, 0);
      for (let c = 0; c < w.columns.length; c++) {
        const v = values[w.columns[c]!]!;
        const q = place[w.columns[c]!]!;
        for (const atom of [i, j]) {
          const t = 6 * atom * m + q;
          qTangent[t]! += v * rx * rx;
          qTangent[t + m]! += v * ry * ry;
          qTangent[t + 2 * m]! += v * rz * rz;
          qTangent[t + 3 * m]! += v * ry * rz;
          qTangent[t + 4 * m]! += v * rx * rz;
          qTangent[t + 5 * m]! += v * rx * ry;
        }
      }
    }
    for (let i = 0; i < atoms; i++)
      for (let c = 0; c < m; c++) {
        const d = 3 * i * m + c;
        const q = 6 * i * m + c;
        let sum = 0;
        for (let x = 0; x < 3; x++) {
          sum += dipoles[3 * i + x]! * dTangent[d + x * m]!;
          sum += quadrupoles[6 * i + x]! * qTangent[q + x * m]! + 2 * quadrupoles[6 * i + 3 + x]! * qTangent[q + (3 + x) * m]!;
        }
        energy[used[c]!]! += sum;
        const third = (qTangent[q]! + qTangent[q + m]! + qTangent[q + 2 * m]!) / 3;
        for (let x = 0; x < 3; x++) qTangent[q + x * m]! -= third;
      }
    const direct = new Float64Array(3 * m);
    for (let k = 0; k < first.length; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const o = 7 * k;
      const [ux, uy, uz, r] = [bonds[4 * k]!, bonds[4 * k + 1]!, bonds[4 * k + 2]!, bonds[4 * k + 3]!];
      const at = (r - from) * inverseStep;
      const g = Math.floor(at);
      const x = at - g;
      const ab = ne === 1 ? 0 : pairIndex(species[i]!, species[j]!, ne);
      const mu = slopes[o + 3]!;
      const muSlope = slopes[o + 4]! * r;
      const w = 2 * slopes[o + 5]! * r;
      const wSlope = slopes[o + 6]! * r * r;
      for (let c = 0; c < m; c++) {
        const d = 3 * i * m + c;
        const e = 3 * j * m + c;
        const dx = dTangent[d]! - dTangent[e]!;
        const dy = dTangent[d + m]! - dTangent[e + m]!;
        const dz = dTangent[d + 2 * m]! - dTangent[e + 2 * m]!;
        const p = 6 * i * m + c;
        const q = 6 * j * m + c;
        const xx = qTangent[p]! + qTangent[q]!;
        const yy = qTangent[p + m]! + qTangent[q + m]!;
        const zz = qTangent[p + 2 * m]! + qTangent[q + 2 * m]!;
        const yz = qTangent[p + 3 * m]! + qTangent[q + 3 * m]!;
        const xz = qTangent[p + 4 * m]! + qTangent[q + 4 * m]!;
        const xy = qTangent[p + 5 * m]! + qTangent[q + 5 * m]!;
        const qx = xx * ux + xy * uy + xz * uz;
        const qy = xy * ux + yy * uy + yz * uz;
        const qz = xz * ux + yz * uy + zz * uz;
        const along = muSlope * (dx * ux + dy * uy + dz * uz) + wSlope * (qx * ux + qy * uy + qz * uz);
        direct[3 * c] = mu * dx + w * qx + along * ux;
        direct[3 * c + 1] = mu * dy + w * qy + along * uy;
        direct[3 * c + 2] = mu * dz + w * qz + along * uz;
      }
      const dx = dipoles[3 * i]! - dipoles[3 * j]!;
      const dy = dipoles[3 * i + 1]! - dipoles[3 * j + 1]!;
      const dz = dipoles[3 * i + 2]! - dipoles[3 * j + 2]!;
      const p = 6 * i;
      const q = 6 * j;
      const xy = quadrupoles[p + 5]! + quadrupoles[q + 5]!;
      const xz = quadrupoles[p + 4]! + quadrupoles[q + 4]!;
      const yz = quadrupoles[p + 3]! + quadrupoles[q + 3]!;
      const qx = r * ((quadrupoles[p]! + quadrupoles[q]!) * ux + xy * uy + xz * uz);
      const qy = r * (xy * ux + (quadrupoles[p + 1]! + quadrupoles[q + 1]!) * uy + yz * uz);
      const qz = r * (xz * ux + yz * uy + (quadrupoles[p + 2]! + quadrupoles[q + 2]!) * uz);
      const alongDipole = r * (dx * ux + dy * uy + dz * uz);
      const alongQuadrupole = r * (qx * ux + qy * uy + qz * uz);
      addVectors(byDipole[ab]!, g, x, inverseStep, place, direct, dx, dy, dz, alongDipole * ux, alongDipole * uy, alongDipole * uz);
      const [ax, ay, az] = [alongQuadrupole * ux, alongQuadrupole * uy, alongQuadrupole * uz];
      addVectors(byQuadrupole[ab]!, g, x, inverseStep, place, direct, 2 * qx, 2 * qy, 2 * qz, ax, ay, az);
      for (let c = 0; c < m; c++) {
        const fx = direct[3 * c]!;
        const fy = direct[3 * c + 1]!;
        const fz = direct[3 * c + 2]!;
        const column = used[c]!;
        const ri = 3 * i * C + column;
        const rj = 3 * j * C + column;
        rows[ri]! += fx;
        rows[ri + C]! += fy;
        rows[ri + 2 * C]! += fz;
        rows[rj]! -= fx;
        rows[rj + C]! -= fy;
        rows[rj + 2 * C]! -= fz;
        if (!stressed) continue;
        virial[column]! += fx * ux * r;
        virial[C + column]! += fy * uy * r;
        virial[2 * C + column]! += fz * uz * r;
        virial[3 * C + column]! += fy * uz * r;
        virial[4 * C + column]! += fx * uz * r;
        virial[5 * C + column]! += fx * uy * r;
      }
    }
  }

  private columnBuffers(C: number): NonNullable<typeof this.buffers> {
    if (this.buffers?.size !== C) {
      const atoms = this.frames.densities.length;
      this.buffers = {
        size: C,
        energy: new Float64Array(C),
        rows: new Float64Array(3 * atoms * C),
        virial: new Float64Array(6 * C),
        byDensity: new Float64Array(atoms * C),
        tangent: new Float64Array(atoms * C),
        central: new Float64Array(C),
      };
    }
    return this.buffers;
  }

  private tangentBuffers(m: number): NonNullable<typeof this.angularBuffers> {
    const atoms = this.frames.densities.length;
    if (this.angularBuffers?.size !== m)
      this.angularBuffers = { size: m, dipoles: new Float64Array(3 * atoms * m), quadrupoles: new Float64Array(6 * atoms * m) };
    return this.angularBuffers;
  }
}

import { chebyshevValues, radiusOf } from '../math/chebyshev.js';
import { chebyshevMoments, type NeighbourTable } from './moments.js';

/** Radial functions and an embedding to test the expansion with. */
export interface Probe {
  name: string;
  /** eV over Å, with cutoff */
  pair(r: number): number;
  density(r: number): number;
  /** eV */
  embedding(rho: number): number;
}

/** The chosen number of nodes and what it is expected to cost. */
export interface NodeChoice {
  count: number;
  /** largest error of any structure for any probe, eV/atom */
  error: number;
  /** errors for all counts that were looked at */
  tried: { count: number; error: number }[];
}

/** Numbers of nodes that are considered. */
const COUNTS = [12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64];

/**
 * Smallest number of radial nodes with which the moments give the energies of all probes, for every structure, within `tolerance`
 * (eV/atom) of the direct sum over all neighbours. Takes the largest count considered when none is good enough.
 */
export function chooseNodes(table: NeighbourTable, probes: readonly Probe[], tolerance: number, shortest = table.shortest): NodeChoice {
  const direct = probes.map((probe) => directEnergies(table, probe));
  const largest = COUNTS[COUNTS.length - 1]!;
  const moments = chebyshevMoments(table, largest, shortest);
  const tried: NodeChoice['tried'] = [];
  for (const count of COUNTS) {
    let error = 0;
    probes.forEach((probe, k) => {
      const energies = momentEnergies(table, probe, moments, largest, count, shortest);
      for (let s = 0; s < energies.length; s++) error = Math.max(error, Math.abs(energies[s]! - direct[k]![s]!));
    });
    tried.push({ count, error });
    if (error <= tolerance) return { count, error, tried };
  }
  return { ...tried[tried.length - 1]!, tried };
}

/** Energies per atom, eV, by the direct sum over the neighbours of the unique atoms. */
export function directEnergies(table: NeighbourTable, probe: Probe): Float64Array {
  const nRows = table.weights.length;
  const pair = new Float64Array(nRows);
  const density = new Float64Array(nRows);
  for (let p = 0; p < table.distances.length; p++) {
    const r = table.distances[p]!;
    pair[table.target[p]!]! += probe.pair(r);
    density[table.target[p]!]! += probe.density(r);
  }
  return perStructure(table, (i) => 0.5 * pair[i]! + probe.embedding(density[i]!));
}

function momentEnergies(
  table: NeighbourTable,
  probe: Probe,
  moments: Float64Array,
  stride: number,
  count: number,
  shortest: number,
): Float64Array {
  const pair = coefficients((r) => probe.pair(r), count, shortest, table.cutoff);
  const density = coefficients((r) => probe.density(r), count, shortest, table.cutoff);
  return perStructure(table, (i) => {
    let phi = 0;
    let rho = 0;
    for (let m = 0; m < count; m++) {
      phi += moments[i * stride + m]! * pair[m]!;
      rho += moments[i * stride + m]! * density[m]!;
    }
    return 0.5 * phi + probe.embedding(Math.max(rho, 0));
  });
}

function perStructure(table: NeighbourTable, energyOfRow: (row: number) => number): Float64Array {
  const out = new Float64Array(table.rowStart.length - 1);
  for (let s = 0; s < out.length; s++)
    for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++) out[s]! += table.weights[i]! * energyOfRow(i);
  return out;
}

/** Chebyshev coefficients of a function interpolated at `count` nodes. */
function coefficients(f: (r: number) => number, count: number, shortest: number, cutoff: number): Float64Array {
  const out = new Float64Array(count);
  const t = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const s = Math.cos((Math.PI * (k + 0.5)) / count);

    const value = f(radiusOf(s, shortest, cutoff));
    chebyshevValues(s, count, t);
    for (let m = 0; m < count; m++) out[m]! += ((m === 0 ? 1 : 2) / count) * t[m]! * value;
  }
  return out;
}

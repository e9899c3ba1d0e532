import { RandomStream } from '../math/random.js';
import type { EamPotential } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { elementOf } from '../structures/elements.js';
import type { Structure } from '../structures/structure.js';
import type { ThermalMotion } from './family.js';
import { BOLTZMANN } from './thermal.js';

/** Acceleration in Å/fs² of 1 eV/Å on 1 amu, CODATA 2018. */
const ACCELERATION = 9.64853321e-3;
/** fs */
const STEP = 5;
const FRICTION_TIME = 100;
/** Steps before the first configuration, and between two. */
const SETTLE = 250;
const APART = 60;

/**
 * Configurations of a Langevin run (G. Bussi and M. Parrinello, Phys. Rev. E 75, 056707 (2007)) at fixed volume from a perfect crystal, in
 * pairs with opposite displacements; the energy of each is brought to what equipartition gives, 3/2 (N - 1) k T, by scaling its displacements.
 */
export function thermalConfigurations(potential: EamPotential, crystal: Structure, { temperature, of }: ThermalMotion): Structure[] {
  const random = RandomStream.fromSeed(1, temperature);
  const n = crystal.positions.length;
  const kT = BOLTZMANN * temperature;
  const mass = crystal.species.map((symbol) => elementOf(symbol).mass);
  const spread = Float64Array.from({ length: n }, (_, i) => Math.sqrt((kT * ACCELERATION) / mass[Math.floor(i / 3)]!));
  const velocity = spread.map((v) => v * random.normal());
  const structure: Structure = { ...crystal, positions: crystal.positions.slice() };
  const keep = Math.exp(-STEP / FRICTION_TIME);
  const kick = Math.sqrt(1 - keep * keep);
  const rest = evaluateEam(potential, crystal).energy;
  const wanted = 1.5 * (n / 3 - 1) * kT;
  const out: Structure[] = [];
  let { forces } = evaluateEam(potential, structure);
  const push = (): void => {
    for (let i = 0; i < n; i++) velocity[i]! += (0.5 * STEP * ACCELERATION * forces[i]!) / mass[Math.floor(i / 3)]!;
  };
  for (let step = 1; out.length < of; step++) {
    push();
    for (let i = 0; i < n; i++) structure.positions[i]! += STEP * velocity[i]!;
    forces = evaluateEam(potential, structure).forces;
    push();
    for (let i = 0; i < n; i++) velocity[i] = keep * velocity[i]! + kick * spread[i]! * random.normal();
    if (step < SETTLE || (step - SETTLE) % APART !== 0) continue;
    const moved = displacements(structure, crystal);
    for (const sign of [1, -1]) {
      let scale = 1;
      for (let k = 0; k < 3; k++) {
        const energy = evaluateEam(potential, displaced(crystal, moved, sign * scale)).energy - rest;
        if (!(energy > 0)) break;
        scale *= Math.sqrt(wanted / energy);
      }
      if (out.length < of) out.push(displaced(crystal, moved, sign * scale));
    }
  }
  return out;
}

/** Without the motion of the whole. */
function displacements({ positions }: Structure, crystal: Structure): Float64Array {
  const u = positions.map((x, i) => x - crystal.positions[i]!);
  const mean = [0, 1, 2].map((d) => u.reduce((sum, x, i) => (i % 3 === d ? sum + x : sum), 0) / (u.length / 3));
  return u.map((x, i) => x - mean[i % 3]!);
}

function displaced(crystal: Structure, by: Float64Array, scale: number): Structure {
  return { ...crystal, positions: crystal.positions.map((x, i) => x + scale * by[i]!) };
}

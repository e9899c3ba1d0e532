import type { EamPotential } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { inverse, multiplyRows, type Structure } from '../structures/structure.js';
import type { Relaxation } from './family.js';

/** Forces below this end a relaxation where nothing else is said, eV/Å. */
const FORCE = 0.005;
/** Stresses below this end it, eV/Å³ (0.08 GPa). */
const STRESS = 5e-4;
const STEPS = 400;
/** Modulus that turns a stress into a strain at first, eV/Å³, and the largest strain of a step. */
const STIFFNESS = 2.5;
const LARGEST_STRAIN = 0.01;
/** A stress of the other sign that is more than this part of the last one calls for a larger modulus. */
const OVERSHOOT = 0.5;
/** FIRE: E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006), with its constants; masses are one, lengths in Å. */
const FIRE = { start: 0.1, grow: 1.1, shrink: 0.5, alpha: 0.1, decay: 0.99, delay: 5, longest: 0.35, farthest: 0.1 };

/**
 * The structure relaxed with a potential; it stops where it is after 400 steps. Atoms follow the forces (FIRE), and at each step the cell
 * follows the stress: its volume, or the lengths of its vectors (for cells whose strain may be diagonal).
 */
export function relaxed(potential: EamPotential, start: Structure, relaxation: Relaxation, force = FORCE): Structure {
  if (relaxation === 'none') return start;
  let structure: Structure = { ...start, cell: start.cell.slice(), positions: start.positions.slice() };
  const n = structure.positions.length;
  const velocity = new Float64Array(n);
  let [step, alpha, uphill] = [FIRE.start, FIRE.alpha, 0];
  let [stiffness, before] = [STIFFNESS, 0];
  for (let k = 0; k < STEPS; k++) {
    const { forces, stress } = evaluateEam(potential, structure);
    const largest = forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
    const pulling = relaxation === 'atoms' || !stress ? undefined : stressesOf(stress, relaxation);
    if (largest < force && !pulling?.some((s) => Math.abs(s) > STRESS)) return structure;
    if (pulling) {
      const mean = (pulling[0]! + pulling[1]! + pulling[2]!) / 3;
      // a crystal that is stiffer than that would swing for ever
      if (mean * before < 0 && Math.abs(mean) > Math.max(STRESS, OVERSHOOT * Math.abs(before))) stiffness *= 1.5;
      before = mean;
    }
    let power = 0;
    for (let i = 0; i < n; i++) power += forces[i]! * velocity[i]!;
    if (power > 0) {
      const [v, f] = [Math.hypot(...velocity), Math.hypot(...forces)];
      for (let i = 0; i < n; i++) velocity[i] = (1 - alpha) * velocity[i]! + (alpha * v * forces[i]!) / f;
      if (++uphill > FIRE.delay) {
        step = Math.min(FIRE.longest, step * FIRE.grow);
        alpha *= FIRE.decay;
      }
    } else {
      velocity.fill(0);
      [step, alpha, uphill] = [step * FIRE.shrink, FIRE.alpha, 0];
    }
    for (let i = 0; i < n; i++) velocity[i]! += step * forces[i]!;
    const longest = velocity.reduce((most, v) => Math.max(most, Math.abs(v)), 0) * step;
    const scale = longest > FIRE.farthest ? FIRE.farthest / longest : 1;
    for (let i = 0; i < n; i++) structure.positions[i]! += scale * step * velocity[i]!;
    if (pulling)
      structure = deformed(
        structure,
        pulling.map((s) => Math.min(LARGEST_STRAIN, Math.max(-LARGEST_STRAIN, -s / stiffness))),
      );
  }
  return structure;
}

/** The stresses along the axes that the cell follows, eV/Å³. */
function stressesOf(stress: Float64Array, relaxation: Relaxation): number[] {
  const diagonal = [stress[0]!, stress[4]!, stress[8]!];
  const mean = (diagonal[0]! + diagonal[1]! + diagonal[2]!) / 3;
  return relaxation === 'volume' ? [mean, mean, mean] : diagonal;
}

function deformed(structure: Structure, strain: readonly number[]): Structure {
  const fractional = multiplyRows(structure.positions, inverse(structure.cell));
  const cell = structure.cell.map((x, k) => x * (1 + strain[k % 3]!));
  return { ...structure, cell, positions: multiplyRows(fractional, cell) };
}

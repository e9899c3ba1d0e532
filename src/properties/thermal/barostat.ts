import { relaxation, type System } from '../system.js';

/** How the box may change with the symmetry of the crystal kept. @param damping ps */
export function barostat(system: System, damping: number): string {
  const how = relaxation(system);
  const each = (axis: string) => `${axis} 0 0 ${damping}`;
  return how.endsWith('couple xy') ? `${['x', 'y', 'z'].map(each).join(' ')} couple xy` : each(how.split(' ')[0]!);
}

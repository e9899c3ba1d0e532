import { InputError } from '../errors.js';

const SECONDS: Record<string, number> = { d: 86_400, h: 3600, m: 60, min: 60, s: 1 };

/**
 * Seconds of a duration: a number of seconds, or text such as `90`, `30m`, `1h30m`, `2d 4h`, or Slurm's `HH:MM:SS` and
 * `D-HH:MM:SS`.
 * @throws InputError for anything else, and for durations that are not positive
 */
export function parseDuration(value: number | string): number {
  const seconds = typeof value === 'number' ? value : (fromUnits(value.trim()) ?? fromClock(value.trim()));
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0)
    throw new InputError(`"${value}" is not a duration`, {}, { hint: 'write seconds, or text such as 90s, 30m, 1h30m or 02:30:00' });
  return seconds;
}

function fromUnits(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(d|h|min|m|s)\s*/gy)];
  if (parts.length === 0 || parts.reduce((length, part) => length + part[0].length, 0) !== text.length) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit!]!, 0);
}

function fromClock(text: string): number | undefined {
  const match = text.match(/^(?:(\d+)-)?(\d+):([0-5]\d):([0-5]\d)$/);
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number];
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}

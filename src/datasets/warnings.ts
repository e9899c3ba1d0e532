/** Gathers equal warnings, so that a thousand frames with one flaw give one line with a count. */
export class WarningTally {
  private readonly counts = new Map<string, { count: number; line: number | undefined }>();

  constructor(private readonly file: string) {}

  /** @param line 1-based; the first one is shown */
  add(message: string, line?: number): void {
    const entry = this.counts.get(message);
    if (entry) entry.count++;
    else this.counts.set(message, { count: 1, line });
  }

  list(): string[] {
    return [...this.counts].map(([message, { count, line }]) => {
      const place = line === undefined ? this.file : `${this.file}:${line}`;
      return `${place}: ${message}${count > 1 ? ` (${count} times, this is the first)` : ''}`;
    });
  }
}

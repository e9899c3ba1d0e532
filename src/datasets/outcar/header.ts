import { InputError } from '../../errors.js';
import { isElement } from '../elements.js';

/** What the part of an OUTCAR before the first ionic step says. */
export class OutcarHeader {
  /** NELM, the largest number of electronic steps */
  maximumSteps = Number.POSITIVE_INFINITY;
  /** kB */
  pressure = 0;
  private ions: number | undefined;
  private counts: number[] = [];
  private countsLine = 0;
  private readingCounts = false;
  private readonly titles: string[] = [];
  private readonly potcars: string[] = [];

  /** @param lineNumber 1-based */
  read(line: string, lineNumber: number): void {
    if (this.readingCounts) {
      // long lists go on in lines of integers
      if (/^[\s\d]*\d\s*$/.test(line)) {
        this.addCounts(line);
        return;
      }
      this.readingCounts = false;
    }
    if (line.includes('TITEL')) push(this.titles, /TITEL\s*=\s*(\S.*)/.exec(line));
    else if (line.includes('POTCAR:')) push(this.potcars, /POTCAR:\s*(\S.*)/.exec(line));
    else if (this.counts.length === 0 && line.includes('ions per type =')) {
      this.countsLine = lineNumber;
      this.readingCounts = true;
      this.addCounts(line.slice(line.indexOf('=') + 1));
    } else if (this.ions === undefined && line.includes('NIONS =')) this.ions = Number(/NIONS =\s*(\d+)/.exec(line)?.[1]);
    else if (line.includes('NELM')) this.maximumSteps = Number(/^\s*NELM\s*=\s*(\d+)/.exec(line)?.[1] ?? this.maximumSteps);
    else if (line.includes('PSTRESS')) this.pressure = Number.parseFloat(/PSTRESS\s*=\s*(\S+)/.exec(line)?.[1] ?? '') || 0;
  }

  private addCounts(line: string): void {
    for (const token of line.trim().split(/\s+/)) if (/^\d+$/.test(token)) this.counts.push(Number(token));
  }

  /**
   * Symbol of each ion, in the order of the file.
   * @throws InputError when the header is incomplete or contradicts itself
   */
  species(file: string, lastLine: number): string[] {
    if (this.counts.length === 0)
      throw new InputError(
        'the header does not say how many ions of each type there are',
        { file, line: lastLine },
        { hint: 'expected "ions per type ="; the file was cut, or is not an OUTCAR' },
      );
    const total = this.counts.reduce((a, b) => a + b, 0);
    const place = { file, line: this.countsLine };
    if (total > 1e7) throw new InputError(`"ions per type" adds up to ${total}`, place, { hint: 'the header is damaged' });
    if (this.ions !== undefined && total !== this.ions)
      throw new InputError(`"ions per type" adds up to ${total}, but NIONS = ${this.ions}`, place, {
        hint: 'OUTCAR cuts the list for many types; read vasprun.xml instead',
      });
    // the header lists the POTCAR lines twice, the TITEL lines once (none with NWRITE = 0)
    const titles = this.titles.length >= this.counts.length ? this.titles : this.potcars;
    if (titles.length < this.counts.length)
      throw new InputError(`there are ${this.counts.length} types of ions, but only ${titles.length} pseudopotentials are named`, place, {
        hint: 'expected lines "TITEL = PAW_PBE Cu ..."; read vasprun.xml instead',
      });
    return this.counts.flatMap((count, type) => {
      const words = titles[type]!.trim().split(/\s+/);
      const symbol = words.map((word) => /^([A-Z][a-z]?)(?=[_.]|$)/.exec(word)?.[1]).find((s) => s !== undefined && isElement(s));
      if (!symbol)
        throw new InputError(`no element is found in the pseudopotential "${titles[type]!.trim()}"`, place, {
          hint: 'expected a title such as "PAW_PBE Cu 22Jun2005"',
        });
      return new Array<string>(count).fill(symbol);
    });
  }
}

function push(list: string[], match: RegExpExecArray | null): void {
  if (match) list.push(match[1]!);
}

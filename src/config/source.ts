import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { type ErrorPlace, InputError } from '../errors.js';

/** Keys and indices from the root of the settings to one of them. */
export type SettingPath = readonly (string | number)[];

/** Something wrong with the settings. */
export interface Problem {
  /** what was wrong */
  message: string;
  /** what was expected or what to do */
  hint?: string | undefined;
  /** where; `key` points at the name of the setting instead of its value */
  at: { path: SettingPath; key?: boolean } | { offset: number };
}

/** A settings file with the places of everything in it. */
export class SettingsSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;

  /** @param file path as the user gave it, for messages */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: true });
  }

  /** What is wrong with the YAML itself. */
  syntaxProblems(): Problem[] {
    const problems: Problem[] = [...this.document.errors, ...this.document.warnings].map((error) => ({
      message:
        error.code === 'MULTIPLE_DOCS'
          ? 'a second document begins here; a settings file has one'
          : error.message.replace(/\n[\s\S]*/, '').replace(/[.:]?\s*$/, ''),
      hint: error.code === 'TAB_AS_INDENT' ? 'indent with spaces' : undefined,
      at: { offset: error.pos[0] },
    }));
    visit(this.document, {
      Alias: (_, node) => {
        if (!node.resolve(this.document))
          problems.push({ message: `there is no anchor &${node.source} before this alias`, at: { offset: startOf(node) ?? 0 } });
      },
    });
    return problems;
  }

  /**
   * The plain value of the whole file.
   * @throws InputError for aliases that multiply beyond reason
   */
  value(): unknown {
    try {
      return this.document.toJS({ maxAliasCount: 100 });
    } catch (cause) {
      throw new InputError(
        (cause as Error).message,
        { file: this.file },
        { hint: 'write the settings out instead of using aliases', cause },
      );
    }
  }

  /** Place of a setting: of its value, or of its name with `key`; where it is absent, of what should hold it. */
  place(path: SettingPath, key = false): ErrorPlace {
    return this.placeOf(this.offset(path, key));
  }

  /** One error that lists every problem with its line, in the order of the file. */
  error(problems: readonly Problem[]): InputError {
    const placed = problems
      .map((problem) => ({ ...problem, offset: 'offset' in problem.at ? problem.at.offset : this.offset(problem.at.path, problem.at.key) }))
      .sort((a, b) => a.offset - b.offset);
    const texts = placed.map(({ message, hint, offset }, index) => {
      const place = this.placeOf(offset);
      // the error itself puts the place before the first one
      const where = index === 0 ? '' : `${this.file}:${place.line}:${place.column}: `;
      return `${where}${message}\n${this.excerpt(offset)}${hint ? `\n  ${hint}` : ''}`;
    });
    if (texts.length > 1) texts.push(`${texts.length} problems in the settings; nothing was started`);
    return new InputError(texts.join('\n'), this.placeOf(placed[0]!.offset));
  }

  private placeOf(offset: number): ErrorPlace {
    const { line, col } = this.lines.linePos(Math.min(offset, this.text.length));
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The line with a caret under the place. */
  private excerpt(offset: number): string {
    const { line = 1, column = 1 } = this.placeOf(offset);
    const content = (this.text.split('\n')[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' ');
    // a long line is cut around the place
    const from = column > 100 ? column - 60 : 0;
    const gutter = `  ${line} | `;
    return `${gutter}${content.slice(from, from + 120)}\n${' '.repeat(gutter.length + column - 1 - from)}^`;
  }

  private offset(path: SettingPath, key = false): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = startOf(node) ?? offset;
      } else if (isMap(node)) {
        const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step));
        if (!pair) return offset;
        const name = startOf(pair.key) ?? offset;
        const empty = isScalar(pair.value) && pair.value.value === null && !pair.value.source;
        const value = empty ? undefined : startOf(pair.value);
        offset = key && depth === path.length - 1 ? name : (value ?? name);
        // what is missing in a block is best shown at the name of the block
        if (depth < path.length - 1 && isMap(pair.value) && !pair.value.flow) offset = name;
        node = pair.value;
      } else return offset;
    }
    return offset;
  }
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

import { readFileSync } from 'node:fs';

export const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Code blocks of a language under a heading of README.md. */
export function readmeBlocks(heading: string, language: string): string[] {
  const section = README.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) => (name === language ? [text!] : []));
}

/** The program of the README that uses the library, importing it from its sources. */
export function libraryProgram(): string {
  return readmeBlocks('As a library', 'js')[0]!.replace("'eqpot'", `'${new URL('../src/index.ts', import.meta.url).href}'`);
}

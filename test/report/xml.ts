import { SaxesParser } from 'saxes';

/** An element of a parsed document; text stands among the children. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

/** Parses XML strictly. @throws Error with the place of the first thing that is not well-formed */
export function parseXml(text: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: '', attributes: {}, children: [] };
  const stack = [root];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [] };
    stack.at(-1)!.children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => {
    stack.pop();
  });
  parser.on('text', (content) => {
    stack.at(-1)!.children.push(content);
  });
  parser.write(text).close();
  return root.children.find((child): child is Element => typeof child !== 'string')!;
}

/** The element and everything below it, in document order. */
export function* elements(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) if (typeof child !== 'string') yield* elements(child);
}

/** All text below an element. */
export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

export function hasClass(element: Element, name: string): boolean {
  return (element.attributes.class ?? '').split(' ').includes(name);
}

import type { Validation, Verdict } from './result.js';

/** The results as JUnit XML: a suite for each potential, a case for each value. */
export function junit({ potentials, system }: Validation): string {
  const suites = Object.entries(potentials).map(([name, verdicts]) => {
    const list = Object.values(verdicts);
    const count = (...statuses: Verdict['status'][]) => list.filter(({ status }) => statuses.includes(status)).length;
    const cases = Object.entries(verdicts).map(([property, verdict]) => testCase(name, property, verdict));
    return [
      `  <testsuite name="${escaped(`${name} (${system.label})`)}" tests="${list.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skipped', 'no-reference')}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="eqpot validate">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase(potential: string, property: string, verdict: Verdict): string {
  const { value, unit, reference, deviation, tolerance, status, detail } = verdict;
  const open = `    <testcase classname="${escaped(potential)}" name="${escaped(property)}"`;
  const message = escaped(String(detail.message ?? '').split('\n')[0]!);
  switch (status) {
    case 'pass':
      return `${open}/>`;
    case 'fail': {
      const text = escaped(`${value} ${unit}, reference ${reference} ${unit}: deviation ${deviation}, tolerance ${tolerance}`);
      return `${open}><failure message="${text}"/></testcase>`;
    }
    case 'error':
      return `${open}><error message="${message}">${escaped(String(detail.log ?? ''))}</error></testcase>`;
    case 'skipped':
      return `${open}><skipped message="${message}"/></testcase>`;
    case 'no-reference':
      return `${open}><skipped message="${escaped(`${value} ${unit}, nothing to compare with`)}"/></testcase>`;
  }
}

function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

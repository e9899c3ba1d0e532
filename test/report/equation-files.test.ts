import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { constants } from '../../src/expressions/expression.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { printText } from '../../src/expressions/print.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { describeEquation } from '../../src/report/equation.js';
import { escapeLatex } from '../../src/report/latex.js';
import { equationTex } from '../../src/report/tex.js';
import { equationText } from '../../src/report/text.js';
import { sampleModel } from './sample.js';

describe('equation.txt', () => {
  it('holds every digit: its lines read back to the same equations', () => {
    const model = sampleModel();
    const text = equationText(describeEquation(model));
    for (const [left, name, wanted] of [
      ['phi(r)', 'r', model.pair],
      ['rho(r)', 'r', model.density],
      ['F(rho)', 'rho', model.embedding],
    ] as const) {
      const written = text.split('\n').find((l) => l.startsWith(`${left} = `))!;
      expect(printText(parseExpression(written.slice(left.length + 3), name), name)).to.equal(printText(wanted, name));
    }
    expect(text)
      .to.contain('cutoff = 6 angstrom')
      .and.contain('rho_0 = 0.0123')
      .and.contain('E_ref(Cu) = -0.2771 eV/atom')
      .and.contain('1.45');
    expect(text).to.match(/^[\x20-\x7e\n]*$/);
  });

  it('says so where there is no floor, no core and no reference energy', () => {
    const text = equationText(describeEquation(builtinModel('sr2')));
    expect(text).not.to.contain('rho_0');
    expect(text).to.contain('phi(r) - phi(8)').and.contain('No core');
    expect(text).to.contain('complexity: 75 nodes');
  });
});

describe('equation.tex', () => {
  for (const [name, equation] of [
    ['a fit', describeEquation(sampleModel())],
    ['SR1 as published', describeEquation(builtinModel('sr1'))],
    ['Sutton-Chen', describeEquation(builtinModel('sutton-chen-cu'))],
    [
      'text only, awkward words',
      { ...describeEquation(sampleModel()), trees: undefined, pairText: 'no equation', citation: '50 % of R&D_1 \\ {x} ~^ "q" <Å> ρ €' },
    ],
  ] as const) {
    const tex = equationTex(equation as ReturnType<typeof describeEquation>);

    it(`of ${name} is balanced and holds the constants`, () => {
      const bare = tex.replace(/\\[\\{}%]/g, '').replace(/%.*$/gm, '');
      expect(bare.split('{').length).to.equal(bare.split('}').length);
      expect(tex.match(/\\begin/g)!.length).to.equal(tex.match(/\\end(?!\w*line)/g)!.length);
      for (const value of constants(parseExpression(equation.densityText, 'r'))) expect(tex).to.contain(`$${value}$`);
    });

    it(`of ${name} compiles`, function () {
      if (spawnSync('pdflatex', ['--version']).status !== 0) {
        console.log('      skipped: there is no pdflatex here');
        this.skip();
      }
      const folder = mkdtempSync(join(tmpdir(), 'eqpot-tex-'));
      try {
        writeFileSync(join(folder, 'equation.tex'), tex);
        execFileSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'equation.tex'], { cwd: folder, stdio: 'pipe' });
        // an equation that is no tree cannot be broken
        if ('trees' in equation && equation.trees)
          expect(readFileSync(join(folder, 'equation.log'), 'latin1')).not.to.match(/Overfull \\hbox \((?:[1-9]\d)/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('escapes what LaTeX would take for a command', () => {
    expect(escapeLatex('50%_x & {y} \\z €')).to.equal('50\\%\\_x \\& \\{y\\} \\textbackslash{}z ?');
  });
});

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/** Stands in for npm: notes what it was asked to do and does the least of it. */
const NPM = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2).join(' ');
appendFileSync('calls', args + '\\n');
if (process.env.OFFLINE) { console.log('npm error code ENOTFOUND'); process.exit(1); }
if (args.startsWith('ci')) { mkdirSync('node_modules', { recursive: true }); writeFileSync('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}'); }
if (args.endsWith('build:kernels')) writeFileSync('src/kernels/kernels.wasm', 'wasm');
if (args.endsWith('build:ts')) { mkdirSync('dist', { recursive: true }); writeFileSync('dist/.complete', ''); }
`;

describe('set-up of a checkout', () => {
  let folder: string;
  const at = (...parts: string[]) => join(folder, ...parts);
  const write = (path: string, text = '') => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const age = (path: string, seconds: number) => utimesSync(at(path), Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
  /** runs setup.mjs; `calls` is what it asked npm for */
  const setup = (args: string[] = [], env: Record<string, string> = {}) => {
    rmSync(at('calls'), { force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['src/setup.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: at('npm-cli.js'), ...env },
    });
    const calls = existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trimEnd().split('\n') : [];
    return { status, stdout, stderr, calls };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-setup-'));
    write('src/kernels/assembly/index.ts');
    write('src/a.ts');
    write('tsconfig.json');
    write(
      'package-lock.json',
      '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0","optional":true}}}',
    );
    write('npm-cli.js', NPM);
    copyFileSync(fileURLToPath(new URL('../src/setup.mjs', import.meta.url)), at('src/setup.mjs'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('installs and builds once, then does nothing', () => {
    const first = setup();
    expect(first.status, first.stderr).to.equal(0);
    expect(
      first.calls.map((call) =>
        call
          .split(' ')
          .filter((word) => !word.startsWith('--'))
          .join(' '),
      ),
    ).to.deep.equal(['ci', 'run build:kernels', 'run build:ts']);
    expect(first.stdout, 'standard output is left to what follows').to.equal('');
    expect(setup().calls).to.deep.equal([]);
  });

  it('builds what is older than its sources', () => {
    setup();
    for (const path of ['src/kernels/assembly/index.ts', 'src/a.ts', 'tsconfig.json', 'src/kernels/kernels.wasm']) age(path, 100);
    age('dist/.complete', 50);
    expect(setup().calls).to.deep.equal([]);
    age('src/a.ts', 10);
    expect(setup().calls).to.deep.equal(['run --silent build:ts']);
    age('src/kernels/assembly/index.ts', 10);
    expect(setup().calls).to.deep.equal(['run --silent build:kernels', 'run --silent build:ts']);
  });

  it('installs again only when a package of the lock file is missing', () => {
    setup(['--install-only']);
    age('node_modules/.package-lock.json', 100);
    expect(setup(['--install-only']).calls, 'a newer lock file with the same packages').to.deep.equal([]);
    write('package-lock.json', '{"packages":{"node_modules/a":{"version":"1.1.0"}}}');
    const { calls, stderr } = setup(['--install-only']);
    expect(calls).to.have.length(1);
    expect(stderr).to.include('a 1.1.0 is missing');
  });

  it('says what to do without internet', () => {
    const { status, stderr } = setup([], { OFFLINE: '1' });
    expect(status).to.equal(1);
    expect(stderr).to.include('ENOTFOUND').and.to.include('Without internet: copy the whole folder').and.to.include('npm ci --offline');
  });

  it('copies what is not compiled and takes away what has lost its source', () => {
    for (const path of [
      'src/kernels/kernels.wasm',
      'src/x/helper.mjs',
      'dist/src/a.js',
      'dist/src/a.d.ts',
      'dist/src/gone.js',
      'dist/src/cli/main.js',
      'src/cli/main.ts',
    ])
      write(path);
    const { status, stderr } = setup(['--copy']);
    expect(status, stderr).to.equal(0);
    for (const path of ['kernels/kernels.wasm', 'x/helper.mjs', 'a.js', 'a.d.ts'])
      expect(existsSync(at('dist/src', path)), path).to.equal(true);
    for (const path of ['gone.js', 'setup.mjs', 'kernels/assembly']) expect(existsSync(at('dist/src', path)), path).to.equal(false);
    expect(statSync(at('dist/src/cli/main.js')).mode & 0o111).to.equal(0o111);
  });

  it('refuses an unknown option', () => {
    const { status, stderr } = setup(['--instal']);
    expect(status).to.equal(1);
    expect(stderr).to.include('unknown option --instal');
  });
});

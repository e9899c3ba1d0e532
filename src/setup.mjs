// Makes a fresh checkout usable with nothing but Node: installs the packages when they are missing or not those of
// package-lock.json, then builds what is older than its sources. It runs before anything is installed, so it uses Node alone.
//
//   node src/setup.mjs                  install and build if needed
//   node src/setup.mjs --install-only   install if needed
//   node src/setup.mjs --copy           copy what TypeScript does not compile (kernels.wasm, *.mjs, ...) into dist/
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19];
const at = (...parts) => join(ROOT, ...parts);
const WASM = at('src', 'kernels', 'kernels.wasm');
/** written when everything is in dist/; its time is that of the build */
const STAMP = at('dist', '.complete');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
  fail(
    `eqpot needs Node ${OLDEST_NODE.join('.')} or later; this is Node ${process.versions.node}.`,
    'Get a newer one from https://nodejs.org, or with nvm: nvm install 20',
  );

const mode = process.argv[2];
if (mode === '--copy') copyAssets();
else if (mode === '--install-only') install();
else if (mode === undefined) {
  install();
  build();
} else fail(`unknown option ${mode}`, 'usage: node src/setup.mjs [--install-only | --copy]');

function install() {
  const problem = installProblem();
  if (problem === undefined) return;
  say(`installing the packages (${problem})`);
  // no package needs an install script of its own
  if (npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'])) return;
  fail(
    'the packages could not be installed; the lines above say why.',
    'Behind a proxy: npm config set proxy http://HOST:PORT.',
    'Without internet: copy the whole folder, node_modules included, from a machine with the same system and processor',
    '(README.md, "Without internet"), or fill the npm cache there and run: npm ci --offline',
  );
}

/** Why the packages have to be installed, or undefined. Times alone would say so after every `npm install`. */
function installProblem() {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(at('package-lock.json'))) return existsSync(at('node_modules')) ? undefined : 'there are none';
  if (!existsSync(installed)) return 'there are none';
  if (statSync(at('package-lock.json')).mtimeMs <= statSync(installed).mtimeMs) return undefined;
  const there = packages(installed);
  for (const [path, wanted] of Object.entries(packages(at('package-lock.json')))) {
    // those of other systems and of peers that nobody asked for are not installed
    if (path === '' || wanted.optional || wanted.devOptional || wanted.peer) continue;
    if (there[path]?.version !== wanted.version) return `${path.replace(/^.*node_modules\//, '')} ${wanted.version} is missing`;
  }
  return undefined;
}

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

function build() {
  const assembly = at('src', 'kernels', 'assembly');
  if (existsSync(assembly) && newest(assembly, () => true) > time(WASM)) {
    say('compiling the kernels to WebAssembly');
    if (!npm(['run', '--silent', 'build:kernels'])) fail('the kernels do not compile; the lines above say why.');
  }
  const sources = Math.max(newest(at('src'), isSource), newest(at('bridges'), isSource), time(at('tsconfig.json')), time(WASM));
  if (sources <= time(STAMP)) return;
  say('compiling TypeScript');
  if (!npm(['run', '--silent', 'build:ts'])) fail('the sources do not compile; the lines above say why.');
}

/** Everything in src/ that is used as it is goes to the same place in dist/src/; what has lost its source goes away. */
function copyAssets() {
  for (const file of files(at('src'))) {
    if (!isAsset(file)) continue;
    const target = at('dist', relative(ROOT, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
  for (const file of files(at('dist', 'src'))) {
    const source = at(relative(at('dist'), file));
    if (![source, source.replace(/(\.d)?\.[jt]s$/, '.ts')].some(existsSync)) rmSync(file);
  }
  const main = at('dist', 'src', 'cli', 'main.js');
  if (existsSync(main)) chmodSync(main, 0o755);
  writeFileSync(STAMP, '');
}

function isSource(file) {
  return file.endsWith('.ts') || isAsset(file);
}

function isAsset(file) {
  const path = relative(at('src'), file);
  return !path.endsWith('.ts') && !path.startsWith('..') && !path.startsWith(join('kernels', 'assembly')) && path !== 'setup.mjs';
}

function* files(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '__pycache__') yield* files(path);
    } else yield path;
  }
}

/** time of the newest file, 0 for none */
function newest(folder, wanted) {
  let latest = 0;
  for (const file of files(folder)) if (wanted(file)) latest = Math.max(latest, time(file));
  return latest;
}

function time(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

function npm(args) {
  // inside `npm run` the same npm is used again
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('npm-cli.js') ? [process.execPath, [cli]] : ['npm', []];
  // standard output is left to what runs after the set-up
  const result = spawnSync(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (result.error) process.stderr.write(`eqpot setup: npm cannot be started: ${result.error.message}\n`);
  return result.status === 0;
}

function say(text) {
  process.stderr.write(`eqpot setup: ${text} ...\n`);
}

function fail(...lines) {
  process.stderr.write(`eqpot setup: ${lines.join('\n  ')}\n`);
  process.exit(1);
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../../../src/errors.js';

/** Environment variable that may hold the token. */
export const TOKEN_VARIABLE = 'EQPOT_TOKEN';
/** Characters that a token has at least. */
const SHORTEST = 16;

/**
 * The secret that a hub and its workers share, from a file or, without one, from the environment; never from the command line, which
 * everybody on the machine can read.
 * @throws InputError when there is none, it is too short, or others can read the file
 */
export function readToken(file: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (file === undefined) {
    const token = env[TOKEN_VARIABLE]?.trim();
    if (token) return checked(token, TOKEN_VARIABLE);
    throw new InputError(
      'no token is given',
      {},
      { hint: `name the file with --token-file (token_file in settings), or set ${TOKEN_VARIABLE}` },
    );
  }
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      throw new InputError('others can read this token', { file }, { hint: `chmod 600 ${file}` });
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`the token cannot be read: ${(cause as Error).message}`, { file }, { cause });
  }
  return checked(text, file);
}

/** Makes a token file for this user alone where there is none. */
export function makeToken(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
}

/** Compares in a time that tells nothing. */
export function sameToken(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function checked(token: string, file: string): string {
  if (token.length >= SHORTEST && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new InputError(
    `the token has to be one word of at least ${SHORTEST} characters`,
    { file },
    { hint: `openssl rand -hex 32 > ${file === TOKEN_VARIABLE ? 'FILE' : file}` },
  );
}

import { committee } from './committee.js';
import { error } from './error.js';
import { farthest } from './farthest.js';
import { random } from './random.js';
import type { Rule } from './rule.js';

/** Names of the rules, the default first. */
export const RULE_NAMES = ['error', 'committee', 'farthest', 'random'] as const;

export const RULES: Readonly<Record<(typeof RULE_NAMES)[number], Rule>> = { error, committee, farthest, random };

import type { AuditContext } from './context.js';
import type { Finding } from './finding.js';

/** One check of the audit: a file in checks/ and a line in registry.ts. */
export interface Check {
  name: string;
  /** one line, what it finds */
  description: string;
  run(context: AuditContext): Finding[];
}

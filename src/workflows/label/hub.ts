import { resolve } from 'node:path';
import { parseAddress } from '../../../bridges/sockets/address.js';
import { makeToken, readToken, TOKEN_VARIABLE } from '../../../bridges/sockets/hub/token.js';
import type { LabelSettings } from '../../config/label-schema.js';
import { type HubLabelling, hubLabeller } from '../../engines/labelling/hub.js';
import { contentHash, type Labeller } from '../../engines/labelling/labeller.js';

type HubSettings = Extract<LabelSettings, { engine: 'hub' }>;

/**
 * The hub engine. A token file that is not there is made.
 * @param computing the engine that the settings name for workers, made to know its settings
 * @throws InputError for an address or a token that is none
 */
export function hubFrom(settings: HubSettings, directory: string, computing: Labeller | undefined): Labeller {
  const { lease, heartbeat, listen, token_file, settings: words } = settings;
  const file = token_file === undefined ? undefined : resolve(directory, token_file);
  if (file !== undefined) makeToken(file);
  const what: Pick<HubLabelling, 'settings' | 'description' | 'strict'> = computing
    ? { settings: computing.settings, description: computing.description, strict: true }
    : { settings: contentHash('hub', words!), description: words!, strict: false };
  return hubLabeller({
    ...what,
    address: parseAddress(String(listen)),
    token: readToken(file),
    tokenFile: file ?? `FILE (with what is in ${TOKEN_VARIABLE})`,
    lease,
    heartbeat,
  });
}

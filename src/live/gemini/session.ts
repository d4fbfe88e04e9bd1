// Opens conversations with Gemini: judges the address and the key once, and each setup before a socket is opened for it.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Live, LiveSession, SessionSetup } from '../session.ts';
import { dial, endpoint } from './connection.ts';
import { Conversation } from './conversation.ts';
import { capabilitiesOf } from './models.ts';
import { buildSetup } from './setup.ts';

export interface GeminiOptions {
  readonly apiKey: string;
  /** `http(s)://` or `ws(s)://`, with or without a path. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** For the upgrade and the model's `setupComplete` together. */
  readonly setupTimeoutMs?: number;
}

/** Throws CONFIG_INVALID for an address or a key that no request could carry. */
export function createGeminiLive({ apiKey, baseUrl, clock, setupTimeoutMs = 10_000 }: GeminiOptions): Live {
  const url = endpoint(baseUrl);
  if (!/^[\x21-\x7e]*$/.test(apiKey))
    throw new LivelineError(
      'CONFIG_INVALID',
      'GEMINI_API_KEY has a space, a line break or a foreign letter in it',
    );
  const unknownModels = new Set<string>();
  let opened = 0;

  return {
    check(wanted: SessionSetup): void {
      buildSetup(wanted, capabilitiesOf(wanted.model).capabilities);
    },

    open(wanted: SessionSetup, log: Log): LiveSession {
      const { known, capabilities } = capabilitiesOf(wanted.model);
      const setup = buildSetup(wanted, capabilities);
      const { model } = capabilities;
      if (!known && !unknownModels.has(model)) {
        unknownModels.add(model);
        log.warn({ model }, 'this model is not in the table; it is spoken to as the newest family');
      }
      opened += 1;
      const sessionLog = log.child({ session: opened, model });
      return new Conversation({
        capabilities,
        clock,
        log: sessionLog,
        dial: (to) => dial({ url, apiKey, setup, setupTimeoutMs, clock, log: sessionLog }, to),
      });
    },
  };
}

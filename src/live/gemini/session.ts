// Opens conversations with Gemini: judges each setup for every way in, before a socket is opened for it.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { DEFAULT_MODEL, type Live, type LiveSession, type SessionSetup } from '../session.ts';
import type { Access } from './access.ts';
import { dial } from './connection.ts';
import { Conversation } from './conversation.ts';
import { onCloud } from './google-cloud.ts';
import { capabilitiesOf } from './models.ts';
import type { Route } from './seed.ts';
import { buildSetup } from './setup.ts';
import { notServed } from './unsupported.ts';

export interface GeminiOptions {
  /** In the order in which they are tried; at least one. */
  readonly ways: readonly Access[];
  readonly clock: Clock;
  /** For the token, the upgrade and the model's `setupComplete` together, while the phone rings. */
  readonly setupTimeoutMs?: number;
  /** 0 to 1: spreads the dials of many calls. */
  readonly random?: () => number;
}

export function createGeminiLive({
  ways: accesses,
  clock,
  setupTimeoutMs = 10_000,
  random = Math.random,
}: GeminiOptions): Live {
  const unknownModels = new Set<string>();
  let opened = 0;

  const waysFor = (wanted: SessionSetup): Route[] =>
    accesses.map((access) => {
      const { capabilities: plain } = capabilitiesOf(wanted.model);
      if (!plain.apis.includes(access.api)) throw notServed(plain.model, access.name, DEFAULT_MODEL);
      const capabilities = access.api === 'cloud' ? onCloud(plain) : plain;
      const setup = buildSetup(wanted, capabilities);
      return { access, capabilities, setup: { ...setup, model: access.modelPath(capabilities.model) } };
    });

  return {
    check(wanted: SessionSetup): void {
      waysFor(wanted);
    },

    open(wanted: SessionSetup, log: Log): LiveSession {
      const ways = waysFor(wanted);
      const { known, capabilities } = capabilitiesOf(wanted.model);
      const { model } = capabilities;
      if (!known && !unknownModels.has(model)) {
        unknownModels.add(model);
        log.warn({ model }, 'this model is not in the table; it is spoken to as the newest family');
      }
      opened += 1;
      const sessionLog = log.child({ session: opened, model });
      return new Conversation({
        wanted,
        ways,
        clock,
        random,
        log: sessionLog,
        setupTimeoutMs,
        dial: ({ access }, setup, withinMs, to) =>
          dial({ access, setup, setupTimeoutMs: withinMs, clock, log: sessionLog }, to),
      });
    },
  };
}

// One attempt that is written down, and the carrier: it is asked once, and again only when it is certain that nobody was
// called. Knows no rule; whom to call was decided before.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { PlacedCall } from '../call/placed-calls.ts';
import type { DialledCall } from '../call/placed-desk.ts';
import { CallRefused } from '../carrier/call-refused.ts';
import type { CallControl, Dialling } from '../carrier/control.ts';
import { sleep } from '../tools/run/aborted.ts';
import { SEND_WITHIN_MS } from './attempt-times.ts';
import type { DialSettings } from './dial-rules.ts';
import type { AttemptStore, Claimed, Told } from './store.ts';
import type { Unwritten } from './unwritten.ts';

export interface PlacingOptions {
  readonly store: AttemptStore;
  readonly carrier: Dialling & Pick<CallControl, 'hangUp'>;
  /** The carrier has it: the agent may get ready while it rings. Must not throw. */
  readonly expect: (call: DialledCall, placed: PlacedCall) => void;
  readonly unwritten: Unwritten;
  readonly clock: Clock;
  readonly log: Log;
}

export type Placement =
  | { readonly is: 'placed'; readonly call: CallId }
  /** The carrier says no, to this number or to us: `stops`: to us, so that the next one is not asked for in vain. */
  | { readonly is: 'refused'; readonly words: string; readonly stops: boolean }
  /** Nobody was called. */
  | {
      readonly is: 'not-placed';
      readonly code: 'CARRIER_BUSY' | 'CARRIER_UNREACHABLE' | 'DIAL_REFUSED' | 'SERVER_STOPPING';
      readonly words: string;
    }
  /** Somebody may have been called: the carrier is asked later. */
  | { readonly is: 'in-doubt'; readonly words: string };

/** Between asking a busy carrier again. */
const BUSY_PAUSES_MS = [1_000, 3_000];
/** As the audit names it; and when the rules are asked again. */
const NOT_PLACED = {
  CARRIER_BUSY: { rule: 'carrier.busy', againInMs: 30_000 },
  CARRIER_UNREACHABLE: { rule: 'carrier.unreachable', againInMs: 60_000 },
  DIAL_REFUSED: { rule: 'claim.withdrawn', againInMs: 1_000 },
  SERVER_STOPPING: { rule: 'server.stopping', againInMs: 1_000 },
} as const;
/** All others come first: the reason may be the one number after all, and would stop the campaign at each start. */
const AGAIN_AFTER_STOP_MS = 3_600_000;

type Settings = Pick<DialSettings, 'ringS' | 'detectsMachines' | 'machines'>;

/** `claimedMs`: by the clock that is never set. Never rejects. */
export async function place(
  options: PlacingOptions,
  claimed: Claimed,
  settings: Settings,
  claimedMs: number,
  closed: AbortSignal,
): Promise<Placement> {
  const placement = await ask(options, claimed, settings, claimedMs, closed);
  const { store, expect, unwritten, clock, log } = options;
  const { id } = claimed;
  switch (placement.is) {
    case 'placed': {
      const { profile, campaignId: campaign, variables, from, to } = claimed;
      hear(options, { attempt: id, call: placement.call, status: 'queued' });
      expect(
        { id: placement.call, from, to, ringS: settings.ringS },
        { attempt: id, profile, campaign, variables, machines: settings.machines },
      );
      break;
    }
    case 'refused':
      log.warn(
        { attempt: id, campaign: claimed.campaignId, reason: placement.words },
        'a call was refused by the carrier',
      );
      if (placement.stops) giveUp('carrier.refused', AGAIN_AFTER_STOP_MS, placement.words);
      else unwritten.add(id, () => store.refused(id, placement.words, clock.epochMs()));
      break;
    case 'not-placed': {
      const { rule, againInMs } = NOT_PLACED[placement.code];
      giveUp(rule, againInMs, placement.words);
      break;
    }
    case 'in-doubt':
      log.warn(
        { attempt: id, campaign: claimed.campaignId, reason: placement.words },
        'nobody knows whether a call was placed: it is looked for at the carrier, and not dialled again before',
      );
  }
  await unwritten.write().catch(() => undefined);
  return placement;

  function giveUp(rule: string, againInMs: number, words: string): void {
    unwritten.add(id, () => {
      const nowMs = clock.epochMs();
      return store.giveUp(id, { rule, words, againAtMs: nowMs + againInMs }, nowMs);
    });
  }
}

const WITHDRAWN: Placement = {
  is: 'not-placed',
  code: 'DIAL_REFUSED',
  words:
    'they opted out or the campaign was paused before the carrier was asked, or the database does not say',
};

async function ask(
  { carrier, clock, store }: PlacingOptions,
  { id, to, from, claimedAtMs }: Claimed,
  { ringS, detectsMachines }: Settings,
  claimedMs: number,
  closed: AbortSignal,
): Promise<Placement> {
  for (let tries = 0; ; tries += 1) {
    // Decided a while ago, as it may be: they may have opted out since.
    if (!closed.aborted && !(await store.maySend(id).catch(() => false))) return WITHDRAWN;
    // One of the clocks may have stood still, with this process or its machine; the other may have been set.
    const ageMs = Math.max(clock.nowMs() - claimedMs, clock.epochMs() - claimedAtMs);
    if (closed.aborted)
      return {
        is: 'not-placed',
        code: 'SERVER_STOPPING',
        words: 'this server stops and calls nobody any more',
      };
    if (ageMs > SEND_WITHIN_MS)
      return { is: 'not-placed', code: 'CARRIER_BUSY', words: 'this process came too late to place it' };
    try {
      return { is: 'placed', call: await carrier.dial({ to, from, ringS, attempt: id, detectsMachines }) };
    } catch (thrown) {
      const pauseMs = codeOf(thrown) === 'CARRIER_BUSY' ? BUSY_PAUSES_MS[tries] : undefined;
      if (pauseMs === undefined) return placementOf(thrown);
      await sleep(clock, pauseMs, closed).catch(() => undefined);
    }
  }
}

const codeOf = (thrown: unknown) => (thrown instanceof LivelineError ? thrown.code : undefined);

function placementOf(thrown: unknown): Placement {
  const words = messageOf(thrown);
  const code = codeOf(thrown);
  if (code === 'CARRIER_BUSY' || code === 'CARRIER_UNREACHABLE') return { is: 'not-placed', code, words };
  if (thrown instanceof CallRefused)
    return { is: 'refused', words, stops: thrown.why === 'account' || thrown.why === 'caller-id' };
  // Also for what nobody has thought of: better not called than called twice.
  return code === 'CARRIER_REFUSED' ? { is: 'refused', words, stops: true } : { is: 'in-doubt', words };
}

/** Written down in the background; a call that must not go on is ended. */
export function hear(options: PlacingOptions, told: Told): void {
  const { store, unwritten, clock, log } = options;
  unwritten.writeSoon(told.attempt, async () => {
    const taken = await store.told(told, clock.epochMs());
    if (taken === 'unknown')
      log.warn(
        { attempt: told.attempt, callId: told.call },
        'the carrier tells of a call for an attempt that nobody knows: of another database, or deleted',
      );
    if (taken === 'stray') void drop(options, told);
  });
}

async function drop({ carrier, log }: PlacingOptions, { attempt, call }: Told): Promise<void> {
  log.error(
    { attempt, callId: call },
    'a call is placed that was given up, or takes the place of another: it is ended',
  );
  try {
    if ((await carrier.cancel(call)) === 'too-late') await carrier.hangUp(call);
  } catch (thrown) {
    log.error(
      { attempt, callId: call, reason: messageOf(thrown) },
      'that call could not be ended: whoever answers it is hung up on',
    );
  }
}

// Calls that wait at the carrier to be dialled, and must not be any more: their campaign was stopped, nobody may ring there now,
// or they have opted out. Calls that ring already go on, but for those of a campaign that was stopped and who opted out.
import { messageOf } from '../base/errors.ts';
import { hear, type PlacingOptions } from './placing.ts';
import type { DialRules } from './dial-rules.ts';
import type { Campaign, QueuedAttempt } from './store.ts';

/** A carrier takes some 200 ms for each; the end of a window may find hundreds of them. */
const CANCELED_AT_ONCE = 10;

/** Rejects when the database is away. */
export async function cancelLate(
  options: PlacingOptions,
  rulesOf: (campaign: Campaign) => DialRules,
): Promise<void> {
  const waiting = (await options.store.unanswered()).values();
  const cancelAll = async (): Promise<void> => {
    // Shared: each takes the next one.
    for (const attempt of waiting) {
      const cause = causeOf(attempt, rulesOf, options.clock.epochMs());
      if (cause !== undefined) await cancel(options, attempt, cause);
    }
  };
  await Promise.all(Array.from({ length: CANCELED_AT_ONCE }, cancelAll));
}

async function cancel(
  options: PlacingOptions,
  { id, callId: call }: QueuedAttempt,
  cause: string,
): Promise<void> {
  try {
    if ((await options.carrier.cancel(call)) === 'canceled')
      hear(options, { attempt: id, call, status: 'canceled', cause });
  } catch (thrown) {
    options.log.error(
      { attempt: id, callId: call, cause, reason: messageOf(thrown) },
      'a call that must not be made any more could not be canceled: it is tried again',
    );
  }
}

function causeOf(
  { campaign, status, isOptedOut, ...attempt }: QueuedAttempt,
  rulesOf: (campaign: Campaign) => DialRules,
  nowMs: number,
): string | undefined {
  if (isOptedOut) return 'they have opted out';
  if (campaign === undefined) return undefined;
  if (campaign.state === 'stopped') return 'the campaign was stopped';
  if (status === 'ringing') return undefined;
  try {
    const rules = rulesOf(campaign);
    const { endsAtMs } = rules.settings;
    if (endsAtMs !== undefined && nowMs >= endsAtMs) return 'the campaign has ended';
    const contact = { ...attempt, variables: {}, attempts: 0 };
    const verdict = rules.hours(contact, nowMs);
    return verdict.may === 'ring' ? undefined : verdict.words;
  } catch (thrown) {
    return `nobody can say whether it may ring: ${messageOf(thrown)}`;
  }
}

// Effects that one process remembers: for tests, and in the database's stead while it is away.
import type { Clock } from '../../base/clock.ts';
import { ExpiringMap } from '../../base/expiring-map.ts';
import type { CallId } from '../../base/ids.ts';
import type { Claim, EffectKey, EffectResult, Effects } from './effects.ts';

/** Twilio ends a call after 24 hours at the latest (twilio.com/docs/voice/twiml/dial, `timeLimit`). */
const LONGEST_CALL_MS = 24 * 3_600_000;

type State =
  | { is: 'free' }
  | { is: 'running'; untilMs: number }
  | { is: 'done'; result: EffectResult }
  | { is: 'in-doubt' };

interface Entry {
  readonly tool: string;
  round: number;
  about: string | undefined;
  state: State;
}

/** Never rejects, and settles in the same tick. `keepMs`: since a call was last asked about. */
export function createMemoryEffects(clock: Clock, keepMs = LONGEST_CALL_MS): Effects {
  const calls = new ExpiringMap<CallId, Map<string, Entry>>(clock, keepMs);

  function entryOf({ callId, tool, argsHash }: EffectKey): Entry {
    const entries = calls.get(callId) ?? new Map<string, Entry>();
    calls.set(callId, entries);
    const name = `${tool}/${argsHash}`;
    const entry = entries.get(name) ?? { tool, round: 0, about: undefined, state: { is: 'free' } };
    entries.set(name, entry);
    return entry;
  }

  function claim(key: EffectKey, limitMs: number, about?: string): Claim {
    const entry = entryOf(key);
    const { state } = entry;
    switch (state.is) {
      case 'free':
        entry.about = about;
        entry.state = { is: 'running', untilMs: clock.nowMs() + limitMs };
        return { is: 'mine', round: entry.round };
      case 'running':
        return isLate(state) ? { is: 'in-doubt' } : { is: 'running' };
      case 'done':
      case 'in-doubt':
        return state;
    }
  }

  const isLate = ({ untilMs }: { untilMs: number }): boolean => clock.nowMs() > untilMs;

  /** What still runs will settle itself. */
  const mayBeTakenBack = ({ state }: Entry): boolean =>
    state.is === 'done' || state.is === 'in-doubt' || (state.is === 'running' && isLate(state));

  function takeBack(callId: CallId, tools: readonly string[], by: Entry): void {
    for (const entry of calls.get(callId)?.values() ?? []) {
      if (entry === by || !tools.includes(entry.tool) || !mayBeTakenBack(entry)) continue;
      if (entry.about !== undefined && by.about !== undefined && entry.about !== by.about) continue;
      entry.state = { is: 'free' };
      entry.round += 1;
    }
  }

  return {
    claim: (key, limitMs, about) => Promise.resolve(claim(key, limitMs, about)),
    settle(key, settlement) {
      const entry = entryOf(key);
      if (entry.state.is === 'done') return Promise.resolve();
      if (settlement.as !== 'undone') entry.about = settlement.about ?? entry.about;
      switch (settlement.as) {
        case 'done':
          entry.state = { is: 'done', result: settlement.result };
          takeBack(key.callId, settlement.reverses, entry);
          break;
        case 'undone':
          entry.state = { is: 'free' };
          break;
        case 'in-doubt':
          entry.state = { is: 'in-doubt' };
      }
      return Promise.resolve();
    },
  };
}

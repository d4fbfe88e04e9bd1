// Taking up: a call that another process had goes on in this one, once, whoever asks for it and however often.
import { messageOf } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Departure } from '../ivr/departure.ts';
import type { Calls } from './calls.ts';
import type { JournalEntry, Journals, Taken } from './journal.ts';
import type { Notices } from './notices.ts';
import type { PlacedCall, PlacedCalls } from './placed-calls.ts';
import type { PlacedDesk } from './placed-desk.ts';
import { about } from './refusals.ts';
import type { Roster } from './roster.ts';
import type { EndReason } from './state.ts';
import type { TokenSecrets } from './tokens.ts';
import { WatchdogCount } from './watchdog-count.ts';

/** By which calls outlive their processes. */
export interface Outliving {
  readonly journals: Journals;
  /** This process. */
  readonly node: string;
  /** Of calls that we placed and that another process talked on. */
  readonly placed?: PlacedCalls | undefined;
  /** By which stream tokens of other processes are known; left out: only our own are good. */
  readonly secrets?: TokenSecrets | undefined;
}

export interface TakingUpOptions extends Outliving {
  readonly roster: () => Roster;
  readonly calls: Pick<Calls, 'get' | 'restore' | 'lost'>;
  readonly desk: Pick<PlacedDesk, 'resume'>;
  /** Where the caller goes who is not gone on with. */
  readonly depart: (id: CallId, departure: Departure) => void;
  /** The carrier is to ask what is next for a caller, unless they are elsewhere. */
  readonly point: (id: CallId) => void;
  /** Whether the caller is with somebody, by their route as it is written down. Never rejects. */
  readonly isAway: (id: CallId) => Promise<boolean>;
  /** This server takes no calls at all any more. */
  readonly isShut: () => boolean;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
}

/** The carrier waits for an answer, and the caller in silence. */
const ASKED_WITHIN_MS = 1_500;
/** Who is not taken up gets the ladder, so that a database that is slow is waited for; the carrier gives up after 15 s. */
const ANSWERED_WITHIN_MS = 4_000;
/** What is taken later than that is ours all the same, and no other node would look for it. A statement takes no longer. */
const TAKEN_WITHIN_MS = 35_000;

export interface TakeUpHow {
  /** Of the stream that has come for it, which must have opened none at another process. */
  readonly token?: string | undefined;
  /** Only from this node; left out: whoever has it, as the caller is asked about here. */
  readonly from?: string | undefined;
}

export class TakingUp {
  readonly #options: TakingUpOptions;
  readonly #underWay = new Map<CallId, Promise<boolean>>();

  constructor(options: TakingUpOptions) {
    this.#options = options;
  }

  takeUp(id: CallId, how: TakeUpHow = {}): Promise<boolean> {
    const { calls } = this.#options;
    if (calls.get(id)) return Promise.resolve(true);
    return this.#inTime(id, this.#underWay.get(id) ?? this.#begin(id, how));
  }

  async #inTime(id: CallId, taking: Promise<boolean>): Promise<boolean> {
    const { point, clock, log } = this.#options;
    const late = Promise.withResolvers<'late'>();
    const stopTimer = clock.after(ANSWERED_WITHIN_MS, () => late.resolve('late'));
    const is = await Promise.race([taking, late.promise]).finally(stopTimer);
    if (is !== 'late') return is;
    log.warn(
      { callId: id },
      'the database is slow to say whether a call may be gone on with here: the caller gets what they get without an agent, unless they wait still when it does',
    );
    void taking.then((isHere) => isHere && point(id));
    return false;
  }

  #begin(id: CallId, how: TakeUpHow): Promise<boolean> {
    const { log } = this.#options;
    const taking = this.#take(id, how)
      .catch((thrown: unknown) => {
        log.error(
          { callId: id, reason: messageOf(thrown) },
          'a call that another process had could not be taken up: the caller gets what they get without an agent',
        );
        return false;
      })
      .finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, taking);
    return taking;
  }

  async #take(id: CallId, { token, from }: TakeUpHow): Promise<boolean> {
    const { journals, node, roster, calls, isAway, isShut } = this.#options;
    if (isShut()) return false;
    const [owner, away] = await Promise.all([journals.ownerOf(id, ASKED_WITHIN_MS), isAway(id)]);
    if (owner === undefined || (from !== undefined && from !== owner)) return false;
    const ours = { isLost: false };
    const takeFrom = async (last: string | undefined, planned: boolean) => {
      const how = { planned, withinMs: TAKEN_WITHIN_MS, from: last, token };
      const row = await journals.take(id, how, () => {
        ours.isLost = true;
        calls.lost(id);
      });
      return row && { ...row, planned, entry: away ? elsewhere(row.entry) : row.entry };
    };
    const first = await takeFrom(owner, owner === node);
    // Another has taken it meanwhile, and has counted that its process was gone.
    const taken = first ?? (from === undefined ? await takeFrom(undefined, true) : undefined);
    if (!taken) return false;
    const { planned } = taken;
    const named = (one: string) => roster().profiles.find(({ name }) => name === one);
    const profile = named(taken.entry.profile);
    if (!profile)
      return this.#giveUp(
        taken,
        planned,
        'model-failed',
        'the profile that answered it is not there any more',
      );
    if (!planned && taken.rejoins > profile.rejoin.most)
      return this.#giveUp(taken, planned, 'line-lost', 'its processes were gone too often (rejoin.most)');
    const placed = await this.#placed(taken.entry);
    // Another node has taken it meanwhile, and goes on with it.
    if (ours.isLost) return false;
    try {
      const log = this.#options.log.child({ callId: id });
      const begunBy = named(taken.entry.begunBy) ?? profile;
      const restoring = { taken, profile, begunBy, planned, log };
      if (placed)
        this.#options.desk.resume(taken.entry, placed, (opening) =>
          calls.restore({ ...restoring, placed: opening }),
        );
      else calls.restore({ ...restoring, placed: undefined });
    } catch (thrown) {
      return this.#giveUp(taken, planned, 'model-failed', `no session can be opened: ${messageOf(thrown)}`);
    }
    return true;
  }

  /** What the campaign says of whom we called; whoever cannot be asked is not waited for, and they are talked with all the same. */
  async #placed({ call, profile }: JournalEntry): Promise<PlacedCall | undefined> {
    const { placed, clock, log } = this.#options;
    const { attempt } = call;
    if (attempt === undefined) return undefined;
    const unknown: PlacedCall = { attempt, profile, campaign: undefined, variables: {} };
    const giveUp = new AbortController();
    const stop = clock.after(ASKED_WITHIN_MS, () => giveUp.abort());
    try {
      return (await placed?.find(attempt, call.id, giveUp.signal)) ?? unknown;
    } catch (thrown) {
      log.warn(
        { callId: call.id, attempt, reason: messageOf(thrown) },
        'what is known of whom we called could not be asked: the call goes on without it',
      );
      return unknown;
    } finally {
      stop();
    }
  }

  /** It ends here, in the records too; the carrier, which asks what is next, is given the ladder. */
  #giveUp(
    { entry, tenure, awayMs, rejoins }: Taken,
    planned: boolean,
    reason: EndReason,
    why: string,
  ): false {
    const { node, roster, depart, notices, clock, log } = this.#options;
    const { call, answeredAtMs: startedMs } = entry;
    const [profile, begunBy] = [entry.profile, entry.begunBy].map((one) =>
      roster().profiles.find(({ name }) => name === one),
    );
    log.error({ callId: call.id, profile: entry.profile, rejoins, why }, 'a call is not gone on with');
    const atMs = clock.epochMs() - startedMs;
    notices.publish({
      ...{ type: 'call-rejoined', atMs, startedMs, node, planned, gapMs: awayMs, rejoins },
      ...{ fence: tenure.fence, ...about(call, profile, begunBy) },
    });
    notices.publish({
      ...{ type: 'call-ended', callId: call.id, atMs, durationMs: atMs, reason },
      watchdog: new WatchdogCount().totals,
    });
    depart(call.id, { to: 'fallback', because: reason === 'line-lost' ? 'line-lost' : 'no-session' });
    tenure.end();
    return false;
  }
}

/** The route is written at once, and the journal soon: its process may have let them go, and not have written so any more. */
const elsewhere = (entry: JournalEntry): JournalEntry =>
  entry.elsewhere
    ? entry
    : { ...entry, leaving: undefined, elsewhere: { line: 'away', told: '', listens: false } };

// The calls that there are: opened with their first agents, found by their ids, counted by the profiles that answer them now.
// Whom a call is opened for, and what the carrier is told of it, is the switchboard's.
import type { AudioFormat } from '../audio/format.ts';
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { TextSender } from '../carrier/texts.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Crm } from '../crm/crm.ts';
import type { Live } from '../live/session.ts';
import { allowTexts } from '../tools/built-in/text-allowance.ts';
import type { CallbackBook } from '../tools/callbacks.ts';
import type { LentTools } from '../tools/catalogue.ts';
import type { Effects } from '../tools/effects/effects.ts';
import { createMemoryEffects } from '../tools/effects/memory.ts';
import type { ToolEntry } from '../tools/entries.ts';
import type { DispositionBook } from '../tools/dispositions.ts';
import type { OptOutBook } from '../tools/opt-outs.ts';
import type { CallJournal, CallOptions, RestoredCall } from './call-options.ts';
import { Call } from './call.ts';
import { Casting, type Opened } from './casting.ts';
import { greetingKey, Greetings, type RecordedGreeting } from './greetings.ts';
import type { Departing } from './departing.ts';
import type { Journals, Taken } from './journal.ts';
import type { LookedUp } from './known-caller.ts';
import type { Notices } from './notices.ts';
import type { Opening } from './opening.ts';
import { Pacer } from './pacer.ts';
import type { PlacedCall } from './placed-calls.ts';
import type { Waiting } from './waiting.ts';
import type { PlacedTalk } from './placed-talk.ts';
import type { CallRecording, CallRecordings, RecordedCall } from './call-recordings.ts';
import { lastsAtMostMs } from './profile-options.ts';
import { about } from './refusals.ts';
import { heardFurther, isUnbegun } from './restored.ts';
import type { Roster } from './roster.ts';

/** What calls are made of. */
export interface CallParts {
  /** As it is now: a call keeps what it began with. */
  readonly roster: () => Roster;
  readonly live: Live;
  /** The tools that a profile lists, for a call. */
  readonly lendTools: (list: readonly ToolEntry[]) => LentTools;
  readonly crm: Crm;
  /** Left out: what was done is remembered for each call alone. */
  readonly effects?: Effects | undefined;
  /** Left out: no list is kept of numbers that are not to be called. */
  readonly optOuts?: OptOutBook | undefined;
  /** Left out: what the agent says came of a call that we placed is not written down. */
  readonly dispositions?: DispositionBook | undefined;
  /** Left out: no call is recorded, whatever its profile says. */
  readonly recordings?: CallRecordings | undefined;
  readonly control: CallControl;
  readonly texts: TextSender;
  readonly lineFormat: AudioFormat;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CallsOptions extends CallParts {
  readonly callbacks: CallbackBook | undefined;
  readonly departing: Departing;
  /** From now on the call is the profile's of this name. */
  readonly onHandedTo: (id: CallId, profile: string) => void;
  /** `giveBack`: once nothing of the call's tools is at work any more. */
  readonly onEnded: (id: CallId, end: Parameters<CallOptions['onEnded']>[0], giveBack: () => void) => void;
  /** The carrier sends nothing on its line any more. */
  readonly onLineHung: (id: CallId) => void;
  /** Another process has it. `giveBack`: as in `onEnded`, once `toolsDone` resolves. */
  readonly onDropped: (id: CallId, toolsDone: Promise<void>, giveBack: () => void) => void;
  readonly outliving?: { readonly journals: Journals; readonly node: string } | undefined;
  /** See CallOptions. */
  readonly inDoubt?: (() => boolean) | undefined;
}

/** Of a call that we placed: the attempt, and the session that waits for it, if one does. */
export interface PlacedOpening {
  readonly by: PlacedCall;
  readonly waiting: Waiting | undefined;
  /** Watches the call from now on. */
  readonly talkOf: (profile: Profile, opening: Opening) => PlacedTalk;
}

/** A call that another process had, and the right to act for it. */
export interface Restoring {
  readonly taken: Taken;
  readonly profile: Profile;
  /** The one that answered, where it is there still. */
  readonly begunBy: Profile;
  readonly planned: boolean;
  readonly placed: Omit<PlacedOpening, 'waiting'> | undefined;
  /** Of the call. */
  readonly log: Log;
}

interface CallBeginning {
  readonly incoming: CarrierCall;
  readonly profile: Profile;
  readonly casting: Casting;
  readonly opened: Opened;
  /** When it was answered: epoch ms. */
  readonly startedMs: number;
  readonly log: Log;
  /** From its first moment on. */
  readonly isOurs: boolean;
  readonly talk: PlacedTalk | undefined;
  readonly recorded: RecordedGreeting | undefined;
  readonly restored?: RestoredCall | undefined;
  readonly tenure: CallJournal['begin'] | undefined;
}

interface Underway {
  readonly call: Call;
  readonly casting: Casting;
  /** The name of the profile that answers it now. */
  answeredBy: string;
}

export class Calls {
  readonly #options: CallsOptions;
  readonly #underway = new Map<CallId, Underway>();
  /** Calls that we have placed and that ring: the profile whose room each takes. */
  readonly #ringing = new Map<CallId, string>();
  readonly #pacer: Pacer;
  readonly #greetings = new Greetings();

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.clock);
  }

  get count(): number {
    return this.#underway.size;
  }

  /** As they are now. */
  get all(): readonly Call[] {
    return [...this.#underway.values()].map(({ call }) => call);
  }

  get(id: CallId): Call | undefined {
    return this.#underway.get(id)?.call;
  }

  /** Whether this profile may be in one call more. */
  hasRoom({ name, limits: { callsAtOnce = Infinity } }: Profile): boolean {
    const ringing = this.#ringing.values().filter((profile) => profile === name);
    return this.countOf(name) + ringing.toArray().length < callsAtOnce;
  }

  /** So many this profile answers now. */
  countOf(name: string): number {
    const calls = this.#underway.values().filter(({ answeredBy }) => answeredBy === name);
    return calls.toArray().length;
  }

  /** A call that rings takes the room of this profile until it is opened; undefined: of none any more. */
  takeRoom(id: CallId, profile: string | undefined): void {
    if (profile === undefined) this.#ringing.delete(id);
    else this.#ringing.set(id, profile);
  }

  /** Whether the profile that has answered this call wants the records asked. */
  looksUp(id: CallId): boolean {
    return this.#underway.get(id)?.casting.profile.looksUpCaller ?? false;
  }

  /** What the records say of who calls, which is late. */
  lookedUp(id: CallId, lookedUp: LookedUp): void {
    this.#underway.get(id)?.casting.lookedUp(lookedUp);
    this.#underway.get(id)?.call.lookedUp(lookedUp, false);
  }

  /** `log`: of the call. Throws what `Live.open` throws; then there is no call. */
  open(
    incoming: CarrierCall,
    profile: Profile,
    lookedUp: LookedUp | undefined,
    log: Log,
    placed?: PlacedOpening,
  ): Call {
    const { clock, notices, outliving } = this.#options;
    const startedMs = clock.epochMs();
    const { id, from, to, direction } = incoming;
    const { waiting } = placed ?? {};
    const casting = waiting?.casting ?? this.castingOf(incoming, profile, log, placed?.by);
    if (lookedUp) casting.lookedUp(lookedUp);
    const opened = waiting ?? casting.first();
    notices.publish({ ...{ type: 'call-started', atMs: 0, startedMs }, ...about(incoming, profile) });
    log.info({ profile: profile.name, direction, pii: { from, to } }, 'call answered');
    const call = this.#begin({
      ...{ incoming, profile, casting, opened, startedMs, log, isOurs: true },
      talk: placed?.talkOf(profile, opened.opening),
      // What was asked for while it rang is on its way.
      recorded: waiting?.isAsked === true ? undefined : this.recorded(profile, opened.opening),
      // Of whoever wants no record of a call nothing is written down at all: it ends with its process.
      tenure:
        profile.keepRecordsDays === 0
          ? undefined
          : outliving && ((first) => outliving.journals.open(first, () => this.lost(id))),
    });
    if (lookedUp) call.lookedUp(lookedUp, true);
    return call;
  }

  /** Goes on with a call that another process had. Throws what `Live.open` throws; then there is no call. */
  restore({ taken, profile, begunBy, planned, placed, log }: Restoring): Call {
    const { clock, notices, outliving } = this.#options;
    const { tenure, awayMs, rejoins } = taken;
    const entry = heardFurther(taken.entry, awayMs);
    const { call: incoming, answeredAtMs: startedMs } = entry;
    this.#options.effects?.takenUp?.(incoming.id);
    const casting = this.castingOf(incoming, profile, log, placed?.by);
    const opened = casting.again(entry);
    const isNew = isUnbegun(entry);
    notices.publish({
      ...{ type: 'call-rejoined', atMs: clock.epochMs() - startedMs, startedMs },
      ...{ node: outliving?.node ?? '', planned, gapMs: awayMs, rejoins, fence: tenure.fence },
      ...about(incoming, profile, begunBy),
    });
    if (entry.recorded)
      notices.publish({
        ...{ type: 'recording', is: 'left-behind' },
        ...{ callId: incoming.id, atMs: clock.epochMs() - startedMs },
      });
    log.info(
      { profile: profile.name, planned, awayMs: Math.round(awayMs), rejoins, fence: tenure.fence },
      'another process had this call: it goes on here',
    );
    if (entry.profileVersion !== profile.version)
      log.warn(
        { profile: profile.name, was: entry.profileVersion, is: profile.version },
        'the profile of this call was changed since it was answered: it goes on with the new one',
      );
    return this.#begin({
      ...{ incoming, profile, casting, opened, startedMs, log, isOurs: false },
      talk: placed?.talkOf(profile, opened.opening),
      recorded: isNew ? this.recorded(profile, opened.opening) : undefined,
      restored: isNew
        ? undefined
        : { entry, awayMs, phrase: profile.rejoin.phrase, lastsAtMostMs: lastsAtMostMs(begunBy) },
      tenure: (first) => {
        tenure.keep(first);
        return tenure;
      },
    });
  }

  #begin(beginning: CallBeginning): Call {
    const { incoming, profile, casting, opened, startedMs, log, isOurs, talk, recorded, restored, tenure } =
      beginning;
    const { clock, notices, control, lineFormat, departing, onEnded, onDropped } = this.#options;
    const { id } = incoming;
    const { cast, opening } = opened;
    const { greeting, greetingWords } = opening;
    const key = greetingKey(profile, greetingWords);
    const call = new Call({
      ...cast,
      placed: talk,
      message: this.#messageOf(profile, opening),
      // What another process has recorded is kept as far as that one got.
      recording: isOurs ? this.#recordingOf({ id, startedMs, log }, profile, opening) : undefined,
      cutOffPhrase: () => casting.profile.rejoin.phrase,
      handOver: (...next) => casting.next(...next),
      destinations: () => casting.profile.destinations,
      ...{
        incoming,
        lineFormat,
        greeting,
        greetingWords,
        clock,
        log,
        departing,
        control,
        recorded,
        restored,
      },
      startedMs: clock.nowMs() - Math.max(0, clock.epochMs() - startedMs),
      journal: tenure && {
        begin: tenure,
        of: () => ({ call: incoming, answeredAtMs: startedMs, ...casting.journalled }),
      },
      inDoubt: this.#options.inDoubt,
      keepGreeting: (sound) => this.#greetings.keep(key, sound),
      pacer: this.#pacer,
      notice: (body, atMs) => notices.publish({ ...body, callId: id, atMs }),
      onEnded: (end) => {
        this.#underway.delete(id);
        onEnded(id, end, () => casting.giveBack());
      },
      onLineHung: () => this.#options.onLineHung(incoming.id),
      onDropped: (toolsDone) => {
        this.#underway.delete(id);
        onDropped(id, toolsDone, () => casting.giveBack());
      },
    });
    this.#underway.set(id, { call, casting, answeredBy: profile.name });
    this.#ringing.delete(id);
    return call;
  }

  /** Another process has it. */
  lost(id: CallId): void {
    this.#underway.get(id)?.call.drop();
  }

  /** Who speaks in a call, from its first agent on. `log`: of the call. */
  castingOf(incoming: CarrierCall, profile: Profile, log: Log, placed?: PlacedCall): Casting {
    const { roster, live, lendTools, crm, texts, optOuts, dispositions, callbacks, clock } = this.#options;
    return new Casting(profile, {
      ...{ incoming, placed, roster, live, lendTools, clock, log, serverLog: this.#options.log },
      tools: {
        ...{ crm, optOuts, texts: allowTexts(textsIn(texts, incoming.id)), callbacks },
        dispositions: placed && dispositions,
        effects: this.#options.effects ?? createMemoryEffects(clock),
      },
      hasRoom: (other) => this.hasRoom(other),
      onHandedTo: ({ name }) => {
        const underway = this.#underway.get(incoming.id);
        if (underway) underway.answeredBy = name;
        this.#options.onHandedTo(incoming.id, name);
      },
    });
  }

  /** A recording of its greeting, if there is one. */
  recorded(profile: Profile, { greetingWords, firstWords }: Opening): RecordedGreeting | undefined {
    // Nobody knows whether a file says the first words.
    const file =
      firstWords.length > 0 ? undefined : this.#options.roster().prompts.greeting(profile.greetingAudio);
    if (file) return { sound: file, from: 'file' };
    const sound = this.#greetings.get(greetingKey(profile, greetingWords));
    return sound && { sound, from: 'cache' };
  }

  #recordingOf(
    call: Pick<RecordedCall, 'id' | 'startedMs' | 'log'>,
    { recording, keepRecordsDays: keepDays }: Profile,
    { firstWords }: Opening,
  ): CallRecording | undefined {
    const { recordings, lineFormat: format } = this.#options;
    if (recording === false || !recordings) return undefined;
    return {
      taker: recordings.open({ ...call, format, keepDays }),
      announcement: firstWords.filter(({ part }) => part === 'recording'),
    };
  }

  #messageOf(profile: Profile, { message }: Opening): CallOptions['message'] {
    const sound = message === undefined ? undefined : this.#greetings.get(greetingKey(profile, message));
    return message !== undefined && sound ? { text: message, sound } : undefined;
  }
}

const textsIn = (texts: TextSender, id: CallId): TextSender => ({
  send: (message, signal) => texts.send(message, signal, id),
});

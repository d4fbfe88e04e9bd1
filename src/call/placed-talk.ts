// One call that we placed and somebody answered: who or what that is, what becomes of a machine, whether the first words were
// said, and when we first spoke. Joins what others hear and say; the rules are [AM1] to [AM9] and [PC…] of SPEC.md.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Line } from '../carrier/line.ts';
import type { Spoken } from '../carrier/webhooks.ts';
import { AnswerEar } from './answer-ear.ts';
import { judge, NO_SIGNS, type AnsweredBy, type CarrierVerdict, type Signs } from './answered-by.ts';
import { answeredWordsIn } from './answered-words.ts';
import { askedToSay, missingIn, type FirstWord } from './first-words.ts';
import type { JournalEntry } from './journal.ts';
import type { PlacedNotice } from './notices.ts';
import type { PlacedCallFacts } from './placed-calls.ts';
import { WatchedLine } from './placed-line.ts';
import type { Entry } from './transcript.ts';
import { SAYS_A_WORD } from './words.ts';

/** Carriers judge within 59 s of the answer at most (Twilio docs, Answering Machine Detection: MachineDetectionTimeout). */
export const JUDGED_WITHIN_MS = 60_000;
/** Announcements end by then. */
export const MESSAGE_WITHIN_MS = 60_000;
/** A machine that says nothing for so long records. */
const QUIET_RECORDS_MS = 4_000;
/** Behind a beep. Some machines say more, or beep again, so shortly after a first one. */
const BEEP_IS_LAST_MS = 1_000;
/** Whoever presses a key is a person, as surely as one who has answered twice. */
const KEY_IS_ANSWERS = 2;
/** Who speaks so shortly before our last word has heard it. */
const OVERLAP_MS = 300;

/** The part of a call that is needed here. */
export interface TalkCall {
  instruct(text: string): void;
  machineAnswered(waitMs: number): void;
  withdraw(): void;
  leaveMessage(words: Spoken): void;
}

export interface PlacedTalkOptions {
  readonly callId: CallId;
  /** `words`: of the message, with the values of the call in them; undefined: none is left. */
  readonly words: Spoken | undefined;
  /** Empty where none are asked for, or nobody would know what was said. */
  readonly firstWords: readonly FirstWord[];
  readonly facts: PlacedCallFacts | undefined;
  readonly notice: (is: PlacedNotice, why: string) => void;
  /** When they answered, as `clock.nowMs` has it. */
  readonly startedMs?: number | undefined;
  /** In another process, which had the call. */
  readonly before?: Pick<JournalEntry, 'greeted' | 'said' | 'machine'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** `after`: the entry of the transcript that lacked some. */
type FirstWordsState = { is: 'due' } | { is: 'asked'; after: number } | { is: 'settled' };
type Machine = 'none' | 'awaited' | 'message-left' | 'gone';

export class PlacedTalk {
  readonly #options: PlacedTalkOptions;
  readonly #startedMs: number;
  readonly #stopJudging: StopTimer;
  #call: TalkCall | undefined;
  #ear: AnswerEar | undefined;
  #signs: Signs = NO_SIGNS;
  #by: AnsweredBy = 'unknown';
  #isFinal = false;
  #machine: Machine = 'none';
  #messageEnded = false;
  #speech: 'none' | 'begins' | 'told' = 'none';
  #firstWords: FirstWordsState;
  /** When they had last heard us out, as the ear counts; undefined: they have answered since. */
  #heardOutMs: number | undefined;
  #callerEntry = -1;
  /** All that they heard of us by entry, until the first words are settled. */
  readonly #heard = new Map<number, string>();

  constructor(options: PlacedTalkOptions) {
    const { clock, firstWords, before, startedMs = clock.nowMs() } = options;
    this.#options = options;
    this.#startedMs = startedMs;
    this.#firstWords = { is: firstWords.length > 0 ? 'due' : 'settled' };
    const judgedInMs = JUDGED_WITHIN_MS - (clock.nowMs() - startedMs);
    this.#stopJudging = clock.after(Math.max(0, judgedInMs), () => this.#settle(this.#by));
    if (before) this.#recall(before);
  }

  /** Who has answered us is a person still, and a machine one; and what they heard of us they have heard. */
  #recall({ greeted, said, machine }: NonNullable<PlacedTalkOptions['before']>): void {
    if (machine) {
      this.#stopJudging();
      this.#isFinal = true;
      this.#by = 'machine';
      this.#machine = machine === 'awaited' && this.#options.words ? 'awaited' : 'gone';
    }
    if (greeted) this.#speech = 'told';
    const answers = said.filter(({ who }, at) => who === 'caller' && said[at - 1]?.who === 'agent').length;
    this.#signs = { ...this.#signs, answers, words: said.some(({ who }) => who === 'caller') };
    for (const [at, { who, text }] of said.entries())
      if (who === 'agent') this.#heard.set(at - said.length, text);
  }

  /** For whoever goes on with the call. */
  get machine(): JournalEntry['machine'] {
    if (this.#machine === 'none') return undefined;
    return this.#machine === 'awaited' ? 'awaited' : 'gone';
  }

  /** Another process has the call: nothing more is told of it here. */
  moved(): void {
    this.#stopJudging();
    this.#isFinal = true;
    this.#speech = 'told';
    this.#machine = 'gone';
  }

  /** Once. */
  begin(call: TalkCall): void {
    this.#call = call;
  }

  watch(line: Line): Line {
    const { before } = this.#options;
    this.#ear ??= new AnswerEar(line.format, before?.machine !== undefined);
    const ear = this.#ear;
    const watched = new WatchedLine(line, {
      hears: (frame) => {
        if (this.#isFinal && this.#machine !== 'awaited') return;
        const before = ear.signs;
        ear.hear(frame);
        if (ear.signs !== before) this.#sign(ear.signs);
        this.#lookForMoment();
      },
      pressed: () => this.#sign({ answers: this.#signs.answers + KEY_IS_ANSWERS }),
      plays: () => this.#sounds(),
    });
    // What the carrier, or another process, said before there was a line. In a later tick: the call has not taken it yet.
    queueMicrotask(() => (before?.machine ? this.#silence() : this.#weigh()));
    return watched;
  }

  /** The carrier's word, as often as it comes. */
  carrierSays({ by, messageEnded }: CarrierVerdict): void {
    if (messageEnded !== undefined) this.#messageEnded = true;
    this.#sign({ carrier: by });
    this.#lookForMoment();
  }

  /** An entry of the transcript is new, or has changed. */
  said(entry: Entry): void {
    if (entry.who === 'caller') return this.#theySaid(entry.n, entry.text);
    // Every turn and recording has an entry before it sounds; a sound that comforts, or apologises, has none.
    if (this.#speech === 'none') this.#speech = 'begins';
    if (entry.state !== 'open') this.#weSaid(entry);
  }

  /** Nobody is to talk with them: that nobody spoke to them is no fact of the call. */
  withdrawn(): void {
    this.#speech = 'told';
  }

  /** The call is over. */
  ended(by: 'us' | 'them'): void {
    this.#stopJudging();
    const { callId, facts, notice } = this.#options;
    if (this.#machine === 'awaited') {
      this.#machine = 'gone';
      notice('message-not-left', 'the moment for it did not come');
    }
    this.#settle(this.#by);
    if (this.#speech !== 'told') facts?.spoke(callId, undefined, by === 'us' ? undefined : this.#sinceMs);
    this.#speech = 'told';
  }

  #sounds(): void {
    if (this.#speech !== 'begins') return;
    this.#speech = 'told';
    this.#options.facts?.spoke(this.#options.callId, this.#sinceMs);
  }

  /** Since they answered. */
  get #sinceMs(): number {
    return Math.round(this.#options.clock.nowMs() - this.#startedMs);
  }

  #theySaid(n: number, text: string): void {
    if (this.#isFinal || !SAYS_A_WORD.test(text)) return;
    const heard = answeredWordsIn(text);
    const isNew = n !== this.#callerEntry;
    this.#callerEntry = n;
    const began = this.#ear?.beganMs ?? 0;
    const isAnswer = isNew && this.#heardOutMs !== undefined && began >= this.#heardOutMs - OVERLAP_MS;
    if (isAnswer) this.#heardOutMs = undefined;
    this.#sign({
      words: true,
      voicemail: this.#signs.voicemail || heard.has('voicemail'),
      screening: this.#signs.screening || heard.has('screening'),
      answers: this.#signs.answers + Number(isAnswer),
    });
  }

  /** What was cut off was heard as far as it got; whoever was cut off goes on. */
  #weSaid({ n, heard, state }: Extract<Entry, { who: 'agent' }>): void {
    if (this.#machine !== 'none') return;
    if (this.#firstWords.is !== 'settled') this.#heard.set(n, heard);
    if (state !== 'done') return;
    this.#heardOutMs = this.#ear?.nowMs ?? 0;
    this.#checkFirstWords(n);
  }

  #checkFirstWords(n: number): void {
    const { firstWords, callId, facts, notice, log } = this.#options;
    const was = this.#firstWords;
    if (was.is === 'settled') return;
    const missing = missingIn(firstWords, [...this.#heard.values()].join(' '));
    const parts = missing.map(({ part }) => part);
    if (missing.length === 0) this.#firstWords = { is: 'settled' };
    else if (was.is === 'due') {
      this.#firstWords = { is: 'asked', after: n };
      log.warn({ parts }, 'the agent left out first words of a placed call; it is asked to say them now');
      this.#call?.instruct(askedToSay(missing));
    } else if (n > was.after) {
      this.#firstWords = { is: 'settled' };
      log.error({ parts }, 'first words of a placed call were left out, also when they were asked for again');
      notice('first-words-missing', parts.join(', '));
      facts?.firstWordsMissing?.(callId, parts);
    }
  }

  #sign(signs: Partial<Signs>): void {
    this.#signs = { ...this.#signs, ...signs };
    this.#weigh();
  }

  /** Nothing is done to a call whose line is not there yet. */
  #weigh(): void {
    if (this.#isFinal || !this.#ear || !this.#call) return;
    const { by, rule } = judge(this.#signs);
    if (by !== this.#by) {
      this.#by = by;
      this.#options.log.info({ by, rule, signs: this.#signs }, 'who answered a placed call');
      this.#options.notice(`answered-by-${by}`, rule);
    }
    if (by !== 'machine' && by !== 'fax') return;
    this.#settle(by);
    const leaves = by === 'machine' && this.#options.words !== undefined;
    this.#machine = leaves ? 'awaited' : 'gone';
    this.#silence();
    this.#lookForMoment();
  }

  #silence(): void {
    this.#call?.machineAnswered(this.#machine === 'awaited' ? MESSAGE_WITHIN_MS : 0);
  }

  #settle(by: AnsweredBy): void {
    if (this.#isFinal) return;
    this.#isFinal = true;
    this.#stopJudging();
    this.#options.facts?.answeredBy(this.#options.callId, by);
  }

  #lookForMoment(): void {
    if (this.#machine !== 'awaited') return;
    const { words, callId, facts, notice } = this.#options;
    const ear = this.#ear;
    const isQuiet = (ear?.quietMs ?? 0) >= QUIET_RECORDS_MS;
    const isBehindBeep = (ear?.quietSinceBeepMs ?? 0) >= BEEP_IS_LAST_MS;
    if (!words || !(this.#messageEnded || isQuiet || isBehindBeep)) return;
    this.#machine = 'message-left';
    this.#call?.leaveMessage(words);
    notice('message-left', this.#messageEnded ? 'the carrier' : isQuiet ? 'silence' : 'a beep');
    facts?.messageLeft?.(callId);
  }
}

// The recorder: makes of what calls tell (notices) what is written down of them. Synchronous, on the loop that carries
// the sound; where its writes go, and when, it does not know.
import { callId, toolCallId, type CallId, type ToolCallId } from '../base/ids.ts';
import type { Notice, Notices } from '../call/notices.ts';
import type { Entry } from '../call/transcript.ts';
import { name, time, whole } from './columns.ts';
import { costMicroUsd } from './cost.ts';
import { eventFacts, type Facts } from './event-facts.ts';
import type { Usage } from './record.ts';
import { storableJson, storableText } from './storable.ts';
import { NO_USAGE, usageSum } from './usage.ts';
import type { RecordWrite } from './write.ts';

export interface RecorderOptions {
  readonly notices: Pick<Notices, 'subscribe'>;
  /** Must not throw. Whatever it is given is plain JSON, and nobody changes it afterwards. */
  readonly write: (write: RecordWrite) => void;
  /** Which installation answers. */
  readonly node: string;
  /** Calls on the simulators. */
  readonly rehearsal: boolean;
  /** There is a CRM that is told of calls. */
  readonly logsCalls: boolean;
}

type Started = Extract<Notice, { type: 'call-started' }>;
type Refused = Extract<Notice, { type: 'call-refused' }>;
type Rejoined = Extract<Notice, { type: 'call-rejoined' }>;
type Moved = Extract<Notice, { type: 'call-moved' }>;
type Later = Exclude<Notice, Started | Refused | Rejoined | Moved>;
/** A write of the call that it is of; `Omit` alone would forget which fields go together. */
type Part<Write = RecordWrite> = Write extends RecordWrite ? Omit<Write, 'callId'> : never;

const DAY_MS = 86_400_000;
/** More than a server has on its lines at once. */
const MOST_OVER = 2_000;
/** Of events and charges of one call: every process that has it counts from a number of its own. */
const NUMBERS_A_PROCESS = 100_000;

/** Writes down every call that starts from now on, unless its profile keeps no records. Gives back how to stop. */
export function startRecorder(options: RecorderOptions): () => void {
  const calls = new Map<CallId, CallRecorder>();
  /** The agent's part of them is; the caller may still be with a person, or leave a message. The oldest goes first. */
  const over = new Map<CallId, CallRecorder>();
  const keepOver = (id: CallId, recorder: CallRecorder): void => {
    over.set(id, recorder);
    const [oldest] = over.keys();
    if (over.size > MOST_OVER && oldest !== undefined) over.delete(oldest);
  };
  return options.notices.subscribe((notice) => {
    // Sessions, tools and transcripts are closed before the end: what comes after it is of the telephone network.
    if (notice.type === 'routed' || notice.type === 'person')
      return (calls.get(notice.callId) ?? over.get(notice.callId))?.take(notice);
    const call = calls.get(notice.callId);
    if (notice.type === 'call-rejoined') {
      if (notice.keepDays === 'forever' || notice.keepDays > 0)
        calls.set(notice.callId, new CallRecorder(notice, options));
      return;
    }
    // Whoever has it now writes of it.
    if (notice.type === 'call-moved') {
      calls.delete(notice.callId);
      return;
    }
    if (notice.type === 'call-started' || notice.type === 'call-refused') {
      const isKept = notice.keepDays === 'forever' || notice.keepDays > 0;
      if (notice.type === 'call-refused') {
        if (!isKept) return;
        const refused = new CallRecorder(notice, options);
        refused.refused(notice);
        keepOver(notice.callId, refused);
      } else if (!call && isKept) calls.set(notice.callId, new CallRecorder(notice, options));
      return;
    }
    if (notice.type === 'call-ended' && call && calls.delete(notice.callId)) keepOver(notice.callId, call);
    call?.take(notice);
  });
}

type ToolEnd = Pick<Extract<RecordWrite, { is: 'tool-over' }>, 'state' | 'response' | 'cause' | 'repeated'>;
const CANCELLED: ToolEnd = { state: 'cancelled', response: null, cause: null, repeated: false };

class CallRecorder {
  readonly #id: CallId;
  readonly #startedMs: number;
  /** Of the agent that has the call. */
  #model: string;
  readonly #options: RecorderOptions;
  readonly #fence: number;
  #events: number;
  #usages: number;
  #usage: Usage = NO_USAGE;
  #costMicroUsd: number | null;
  /** Transcript entries that are still growing, as far as they got. */
  readonly #openTurns = new Map<number, Entry>();
  readonly #openTools = new Set<ToolCallId>();

  constructor(started: Started | Refused | Rejoined, options: RecorderOptions) {
    const { model, startedMs, keepDays, direction } = started;
    this.#fence = started.type === 'call-rejoined' ? started.fence : 0;
    this.#events = this.#fence * NUMBERS_A_PROCESS;
    this.#usages = this.#events;
    this.#id = callId(name(started.callId));
    this.#startedMs = startedMs;
    this.#model = model;
    this.#options = options;
    this.#costMicroUsd = costMicroUsd(model, NO_USAGE, startedMs);
    this.#write({
      is: 'call',
      node: options.node,
      rehearsal: options.rehearsal,
      keptUntil: keepDays === 'forever' ? null : time(startedMs + keepDays * DAY_MS),
      startedAt: time(startedMs),
      profile: name(started.profile),
      profileVersion: name(started.profileVersion),
      model: name(model),
      direction,
      from: name(started.from),
      to: name(started.to),
      // Nobody talked with who was refused.
      logged: options.logsCalls && started.type !== 'call-refused' && started.logCalls,
    });
    if (started.type !== 'call-rejoined') return;
    const { node, planned, gapMs, rejoins, fence } = started;
    this.#write({ is: 'moved', node: options.node, fence });
    this.#event(started, { node: name(node), planned, gapMs: whole(gapMs), rejoins: whole(rejoins) });
  }

  /** Nothing more happened. */
  refused({ why, startedMs }: Refused): void {
    this.#write({
      ...{ is: 'end', endedAt: time(startedMs), durationMs: 0, outcome: why },
      ...{ watchdog: {}, usage: NO_USAGE, costMicroUsd: 0 },
    });
  }

  take(notice: Later): void {
    const { atMs } = notice;
    switch (notice.type) {
      case 'transcript':
        return this.#takeTurn(notice.entry);
      case 'tool-called':
        this.#openTools.add(notice.id);
        return this.#write({
          is: 'tool',
          id: toolCallId(name(notice.id)),
          tool: name(notice.tool),
          args: storableJson(notice.args),
          calledMs: whole(atMs),
        });
      case 'tool-done':
        return this.#closeTool(notice.id, atMs, {
          state: 'done',
          response: storableJson(notice.response),
          cause: notice.cause === undefined ? null : storableText(notice.cause),
          repeated: notice.repeated ?? false,
        });
      case 'tool-cancelled':
        return this.#closeTool(notice.id, atMs, CANCELLED);
      case 'tokens-used':
        return this.#count(notice);
      case 'call-ended':
        return this.#end(notice);
      default: {
        if (notice.type === 'handed-over') this.#model = notice.model;
        const facts = eventFacts(notice);
        if (facts) this.#event(notice, facts);
      }
    }
  }

  /** Once it is complete, and again when more of its words come. */
  #takeTurn(entry: Entry): void {
    if (entry.state === 'open') {
      this.#openTurns.set(entry.n, entry);
      return;
    }
    this.#openTurns.delete(entry.n);
    this.#writeTurn(entry);
  }

  #writeTurn(entry: Entry): void {
    const { n, who, atMs, state } = entry;
    const text = storableText(entry.text);
    const heard = who === 'caller' ? text : storableText(entry.heard);
    this.#write({ is: 'turn', n, who, atMs: whole(atMs), text, heard, state });
  }

  /** The first end of a tool call counts. */
  #closeTool(id: ToolCallId, atMs: number, how: ToolEnd): void {
    if (!this.#openTools.delete(id)) return;
    this.#write({ is: 'tool-over', id: toolCallId(name(id)), doneMs: whole(atMs), ...how });
  }

  #count({ turn, usage: used, atMs }: Extract<Later, { type: 'tokens-used' }>): void {
    const cost = costMicroUsd(this.#model, used, this.#startedMs + atMs);
    const costInColumn = cost === null ? null : whole(cost);
    if (costInColumn !== null) this.#costMicroUsd = (this.#costMicroUsd ?? 0) + costInColumn;
    this.#usage = usageSum(this.#usage, used);
    const usage = usageSum(NO_USAGE, used);
    this.#write({
      is: 'usage',
      n: this.#usages++,
      turn,
      atMs: whole(atMs),
      usage,
      costMicroUsd: costInColumn,
    });
  }

  #event({ type, atMs }: Pick<Later | Rejoined, 'type' | 'atMs'>, facts: Facts): void {
    this.#write({ is: 'event', n: this.#events++, atMs: whole(atMs), type, facts });
  }

  /** What is still running was stopped with the call, which tells nobody. */
  #end({ reason, durationMs, watchdog, atMs }: Extract<Later, { type: 'call-ended' }>): void {
    for (const entry of this.#openTurns.values()) this.#writeTurn(entry);
    for (const id of this.#openTools) this.#closeTool(id, atMs, CANCELLED);
    this.#write({
      is: 'end',
      ...(this.#fence > 0 && { fence: this.#fence }),
      endedAt: time(this.#startedMs + whole(atMs)),
      durationMs: whole(durationMs),
      outcome: reason,
      // The call's own counts go on living.
      watchdog: structuredClone(watchdog),
      usage: this.#usage,
      costMicroUsd: this.#costMicroUsd,
    });
  }

  #write(part: Part): void {
    this.#options.write({ callId: this.#id, ...part });
  }
}

// A record: what is known of a call afterwards. These schemas are its types, its check and its documentation.
import { z } from 'zod';

const ms = z.int().nonnegative();
const time = z.iso.datetime();

const recordingSummary = z
  .object({
    fromMs: ms.describe('Since the call was answered: when its first sample was heard.'),
    durationMs: ms,
    lostMs: ms.describe('Silent in its place, or missing at the end: the disk was too slow, or full.'),
  })
  .meta({ id: 'RecordingSummary' });

export const callSummary = z
  .object({
    id: z.string().describe("The call, by the carrier's id."),
    profile: z.string().describe('Who answered.'),
    profileVersion: z
      .string()
      .describe('Which wording of the profile: the same file gives the same version.'),
    model: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    from: z.string().describe('E.164, or what the carrier knows.'),
    to: z.string(),
    rehearsal: z.boolean().describe('A call on the simulators.'),
    startedAt: time,
    endedAt: time.nullable().describe('Null while it is in progress.'),
    durationMs: ms.nullable(),
    outcome: z
      .string()
      .nullable()
      .describe(
        'Why it ended: caller-hung-up, agent-hung-up, operator-hung-up, model-failed, line-never-opened, line-lost, shut-down, time-limit, transferred, voicemail, caller-silent, process-died; or why nobody answered: not-in-service, lines-busy, no-session, server-stopping, or the caller hung up before (missed); null while it is in progress.',
      ),
    costUsd: z
      .number()
      .nullable()
      .describe('What the model cost, by its list prices; null when they are not known.'),
    lostWrites: z.int().nonnegative().describe('So many parts of this record could not be kept.'),
    recording: recordingSummary
      .nullable()
      .describe('The sound of the call; null: there is none, or not yet, as the call is not over.'),
  })
  .meta({ id: 'CallSummary' });
export type CallSummary = z.output<typeof callSummary>;

export const turn = z
  .object({
    n: z.int().nonnegative().describe('Counts from 0 within the call.'),
    who: z.enum(['caller', 'agent']),
    atMs: ms.describe('When it began, since the call was answered.'),
    text: z.string().describe('What was said; of the agent, also what nobody heard.'),
    heard: z.string().describe('What was heard of it.'),
    state: z
      .enum(['open', 'done', 'cut'])
      .describe('cut: the caller interrupted. open: it was not finished.'),
  })
  .meta({ id: 'Turn' });
export type RecordedTurn = z.output<typeof turn>;

export const toolCall = z
  .object({
    id: z.string(),
    tool: z.string(),
    args: z.unknown(),
    response: z.unknown().describe('What the model was told; null when it was told nothing.'),
    calledMs: ms,
    doneMs: ms.nullable(),
    state: z.enum(['running', 'done', 'cancelled']),
    cause: z.string().nullable().describe('Why it failed, for people.'),
    repeated: z.boolean().describe('It was done before, and its first result was given again.'),
  })
  .meta({ id: 'ToolCall' });
export type RecordedToolCall = z.output<typeof toolCall>;

export const callEvent = z
  .object({
    atMs: ms,
    type: z.string().describe('As in notices: barge-in, session-switching, session-switched, watchdog, ….'),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CallEvent' });
export type RecordedEvent = z.output<typeof callEvent>;

export const usage = z
  .object({
    promptTokens: z.int().nonnegative(),
    responseTokens: z.int().nonnegative(),
    totalTokens: z.int().nonnegative(),
    cachedTokens: z.int().nonnegative().describe('Of the prompt: billed at the price of a cache.'),
    thoughtTokens: z.int().nonnegative(),
    toolUseTokens: z.int().nonnegative(),
    prompt: z.record(z.string(), z.int().nonnegative()).describe('By kind: AUDIO, TEXT, ….'),
    response: z.record(z.string(), z.int().nonnegative()),
  })
  .meta({ id: 'Usage' });
export type Usage = z.output<typeof usage>;

export const CRM_LOG_STATES = ['off', 'due', 'begun', 'done', 'failed', 'in-doubt'] as const;
export type CrmLogState = (typeof CRM_LOG_STATES)[number];

export const callRecord = callSummary
  .extend({
    turns: z.array(turn),
    tools: z.array(toolCall),
    events: z.array(callEvent),
    usage: usage.describe(
      'Of all turns together; every turn is billed for the whole conversation before it.',
    ),
    watchdog: z
      .record(z.string(), z.record(z.string(), z.int()))
      .describe('How often which trouble was met with which remedy.'),
    crmLog: z
      .enum(CRM_LOG_STATES)
      .describe(
        'Whether the CRM was told of this call: off: it is not to be; due: not yet; begun: just now; in-doubt: nobody can say.',
      ),
    keptUntil: time.nullable().describe('When this record is deleted; null: never.'),
  })
  .meta({ id: 'CallRecord' });
export type CallRecord = z.output<typeof callRecord>;

/** What may be asked for; every condition narrows. */
export const callQuery = z.strictObject({
  number: z.string().trim().min(1).optional().describe('Who called or was called: E.164.'),
  profile: z.string().trim().min(1).optional(),
  outcome: z.string().trim().min(1).optional().describe('in-progress finds calls that have not ended.'),
  tool: z.string().trim().min(1).optional().describe('A tool that was called in it.'),
  watchdog: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe(
      'What the watchdog saw in it: no answer, late greeting, no first word, empty turn, stalled, noise or said twice.',
    ),
  after: time.optional().describe('Started at this time or later.'),
  before: time.optional().describe('Started earlier than this.'),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().optional().describe('`next` of the page before.'),
});
export type CallQuery = z.output<typeof callQuery>;

export const callPage = z
  .object({
    calls: z.array(callSummary).describe('Newest first.'),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none.'),
  })
  .meta({ id: 'CallPage' });
export type CallPage = z.output<typeof callPage>;

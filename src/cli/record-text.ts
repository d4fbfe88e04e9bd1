// The record of one call, for people: who and how it went, the conversation in order of time, and the sums.
import { unreachable } from '../base/errors.ts';
import type { CallRecord, RecordedEvent, RecordedToolCall, RecordedTurn, Usage } from '../records/record.ts';
import type { VoicemailEntry } from '../records/voicemail/entry.ts';
import { agentWords, eventWords, margin, MARGIN_COLUMNS, seconds } from './call-words.ts';
import { costText, lengthText, zonedTimeText, type TableOptions } from './calls-table.ts';
import { visible, wrapped, type Span, type Style } from './plain-text.ts';
import { voicemailRows } from './voicemail-text.ts';

/** One thing of the conversation. */
interface Told {
  readonly atMs: number;
  readonly who: string;
  readonly style: Style;
  /** Each on lines of its own. */
  readonly says: readonly (readonly Span[])[];
}

/** Narrower it cannot be read. */
const LEAST_COLUMNS = 24;
/** Of what a tool was given or answered. */
const MOST_JSON = 800;

export interface RecordTextOptions extends Omit<TableOptions, 'nowMs'> {
  /** That were left in the call. */
  readonly voicemails?: readonly VoicemailEntry[];
}

export function recordText(
  record: CallRecord,
  { columns, timeZone, voicemails = [] }: RecordTextOptions,
): string[] {
  const conversation = told(record).flatMap(({ atMs, who, style, says }) =>
    says
      .flatMap((spans) => wrapped(spans, Math.max(LEAST_COLUMNS, columns - MARGIN_COLUMNS)))
      .map((line, n) => (n === 0 ? margin(atMs, who, style) : ' '.repeat(MARGIN_COLUMNS)) + line),
  );
  const block = (rows: readonly Row[]): string[] => rowLines(rows, columns);
  return [
    ...block(headOf(record, timeZone)),
    '',
    ...(conversation.length > 0
      ? conversation
      : [record.outcome === null ? 'Nothing was said yet.' : 'Nothing was said.']),
    '',
    ...(voicemails.length === 0 ? [] : [...block(voicemailRows(voicemails)), '']),
    ...block(sumsOf(record)),
  ];
}

type Row = readonly [label: string, value: string, style?: Style];

function rowLines(rows: readonly Row[], columns: number): string[] {
  const label = Math.max(...rows.map(([text]) => text.length)) + 2;
  return rows.flatMap(([name, text, style]) =>
    wrapped([style === undefined ? { text } : { text, style }], Math.max(LEAST_COLUMNS, columns - label)).map(
      (line, n) => (n === 0 ? name.padEnd(label) : ' '.repeat(label)) + line,
    ),
  );
}

function headOf(record: CallRecord, timeZone: string | undefined): Row[] {
  const time = (iso: string): string => zonedTimeText(iso, timeZone);
  const { durationMs, lostWrites, keptUntil } = record;
  return [
    ['call', record.rehearsal ? `${record.id} (rehearsal: on the simulators)` : record.id, 'bold'],
    [record.direction, `${record.from} → ${record.to}`],
    ['began', time(record.startedAt)],
    durationMs === null
      ? ['length', 'not ended yet']
      : ['length', `${lengthText(durationMs)} (${seconds(durationMs)} s)`],
    outcomeRow(record.outcome, time(record.startedAt)),
    ['profile', `${record.profile} (version ${record.profileVersion})`],
    ['model', record.model],
    ['cost', record.costUsd === null ? 'not known' : costText(record.costUsd)],
    ...crmRow(record),
    ['kept', keptUntil === null ? 'for ever' : `until ${time(keptUntil)}`],
    ...recordingRow(record.recording),
    ...(lostWrites === 0
      ? []
      : [
          [
            'LOST',
            `${lostWrites} ${lostWrites === 1 ? 'part' : 'parts'} of this record could not be kept: what follows has gaps. The server's log says why.`,
            ['bold', 'red'],
          ] satisfies Row,
        ]),
  ];
}

function recordingRow(recording: CallRecord['recording']): Row[] {
  if (!recording) return [];
  const { fromMs, durationMs, lostMs } = recording;
  const lost = lostMs === 0 ? '' : `, of which ${seconds(lostMs)} s are lost: the disk was too slow, or full`;
  return [['sound', `${lengthText(durationMs)}, recorded from ${seconds(fromMs)} s on${lost}`]];
}

function outcomeRow(outcome: string | null, began: string): Row {
  if (outcome === null)
    return ['outcome', `IN PROGRESS since ${began}: this is the record so far`, ['bold', 'yellow']];
  if (outcome === 'process-died')
    return [
      'outcome',
      'its process died: recorded as far as it had come; the length is up to the last sign of life',
      ['bold', 'red'],
    ];
  return ['outcome', outcome.replaceAll('-', ' ')];
}

/** Whether the CRM was told of it. */
function crmRow({ crmLog }: CallRecord): Row[] {
  switch (crmLog) {
    case 'off':
      return [];
    case 'due':
    case 'begun':
      return [['CRM', 'not told of this call yet']];
    case 'done':
      return [['CRM', 'told of this call']];
    case 'failed':
      return [['CRM', "not told of this call, for good: the server's log says why", 'yellow']];
    case 'in-doubt':
      return [['CRM', 'may or may not know of this call: look there', 'yellow']];
    default:
      return unreachable(crmLog);
  }
}

/** In order of time; of what is of one moment, speech first. */
function told({ turns, tools, events, durationMs, outcome }: CallRecord): Told[] {
  const all = [
    ...turns.toSorted((a, b) => a.n - b.n).map(turnTold),
    ...tools.map((tool) => toolTold(tool, outcome === null)),
    ...events.map(eventTold),
  ].sort((a, b) => a.atMs - b.atMs);
  if (durationMs === null) return all;
  const says = [[{ text: `call ended: ${(outcome ?? 'nobody knows why').replaceAll('-', ' ')}` }]];
  return [...all, { atMs: durationMs, who: 'server', style: 'blue', says }];
}

function turnTold(turn: RecordedTurn): Told {
  const unfinished: Span[] = turn.state === 'open' ? [{ text: '(not finished)', style: 'dim' }] : [];
  const whole = [{ text: turn.text.trim() }];
  const words = turn.who === 'agent' && turn.state === 'cut' ? agentWords(turn) : whole;
  return {
    ...{ atMs: turn.atMs, who: turn.who, style: turn.who === 'caller' ? 'green' : 'cyan' },
    says: [[...words, ...unfinished]],
  };
}

function toolTold(tool: RecordedToolCall, inProgress: boolean): Told {
  const after = tool.doneMs === null ? '' : ` after ${seconds(tool.doneMs - tool.calledMs)} s`;
  const answer: Span[] = {
    done: [
      { text: `→ ${tool.response === null ? 'told the model nothing' : json(tool.response)}` },
      { text: after, style: 'dim' as const },
      ...(tool.repeated ? [{ text: ' (the first result, given again)', style: 'dim' as const }] : []),
      ...(tool.cause === null ? [] : [{ text: ` because: ${tool.cause}`, style: 'yellow' as const }]),
    ],
    cancelled: [{ text: `→ cancelled${after}`, style: 'yellow' as const }],
    running: [
      { text: inProgress ? '→ still running' : '→ no answer before the call ended', style: 'red' as const },
    ],
  }[tool.state];
  return {
    ...{ atMs: tool.calledMs, who: 'tool', style: 'magenta' },
    says: [[{ text: `${tool.tool} ${json(tool.args)}` }], answer],
  };
}

function eventTold({ atMs, type, facts }: RecordedEvent): Told {
  const words = eventWords(type, facts) ?? { style: 'blue', text: `${type} ${json(facts)}` };
  return {
    atMs,
    who: type === 'digit' ? 'caller' : 'server',
    style: words.style,
    says: [[{ text: words.text }]],
  };
}

function json(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  if (text.length <= MOST_JSON) return text;
  return `${text.slice(0, MOST_JSON)}… (${count(text.length)} characters; --json has all)`;
}

function sumsOf({ usage, costUsd, watchdog }: CallRecord): Row[] {
  const met = Object.entries(watchdog).map(([saw, remedies]) => {
    const did = Object.entries(remedies).map(([remedy, times]) => `${remedy} ${count(times)}×`);
    return `${saw}: ${did.join(', ')}`;
  });
  return [
    ['tokens', `${count(usage.totalTokens)}: ${tokenParts(usage).join(' · ')}`],
    [
      'cost',
      costUsd === null
        ? "not known: this model's list prices are not known"
        : `${costText(costUsd)} by list prices`,
    ],
    ['watchdog', met.length === 0 ? 'had nothing to do' : met.join(' · ')],
  ];
}

function tokenParts(usage: Usage): string[] {
  const part = (name: string, tokens: number, of: readonly string[] = []): string[] =>
    tokens === 0 ? [] : [`${name} ${count(tokens)}${of.length === 0 ? '' : ` (${of.join(', ')})`}`];
  const kinds = (byKind: Readonly<Record<string, number>>): string[] =>
    Object.entries(byKind).flatMap(([kind, tokens]) => part(visible(kind), tokens));
  const cached = part('cached', usage.cachedTokens);
  const parts = [
    ...part('prompt', usage.promptTokens, [...kinds(usage.prompt), ...cached]),
    ...part('answers', usage.responseTokens, kinds(usage.response)),
    ...part('thoughts', usage.thoughtTokens),
    ...part('tools', usage.toolUseTokens),
  ];
  return parts.length === 0 ? ['none counted'] : parts;
}

const count = (value: number): string => value.toLocaleString('en-US');

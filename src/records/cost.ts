// What a turn costs at the list prices of its model. Pure; knows of calls and records nothing. An estimate, not a bill:
// no free tier, no discount that was agreed.
import type { TokenUsage } from '../live/session.ts';
import type { Usage } from './record.ts';

/** US dollars per million tokens, which is micro-dollars per token. */
interface Prices {
  /** Since the epoch. */
  readonly fromMs: number;
  readonly textIn: number;
  readonly textOut: number;
  /** Also of images and video, and of what the API does not break down: no kind is dearer. */
  readonly audioIn: number;
  readonly audioOut: number;
}

/**
 * ai.google.dev/gemini-api/docs/pricing, paid tier, as of 2026-09: text doubles with 2027. Oldest first. Other models
 * are left out, as their prices by kind were not to be had. Google Cloud has a price list of its own.
 */
const PRICES: ReadonlyMap<string, readonly Prices[]> = new Map([
  [
    'gemini-3.8-live',
    [
      { fromMs: -Infinity, textIn: 0.75, textOut: 4.5, audioIn: 3, audioOut: 12 },
      { fromMs: Date.UTC(2027, 0, 1), textIn: 1.5, textOut: 9, audioIn: 3, audioOut: 12 },
    ],
  ],
]);

/**
 * In whole millionths of a US dollar, rounded once. `atMs`: when, since the epoch. Null: the model's prices are not known.
 * Too much rather than too little: tokens whose kind the API does not tell (some of every prompt:
 * discuss.ai.google.dev/t/188765) count as audio, and cached ones in full, as this model has no cache
 * (ai.google.dev, models/gemini-3.8-live). Thoughts are text that the model puts out, and come on top of the response;
 * what tools of Google's put into the prompt is text, and comes on top of the prompt.
 */
export function costMicroUsd(model: string, usage: TokenUsage | Usage, atMs: number): number | null {
  const prices = pricesOf(model, atMs);
  return prices
    ? Math.round(costParts(usage, prices).reduce((sum, { microUsd }) => sum + microUsd, 0))
    : null;
}

const pricesOf = (model: string, atMs: number): Prices | undefined =>
  PRICES.get(model.replace(/^models\//, ''))?.findLast(({ fromMs }) => fromMs <= atMs);

export interface CostPart {
  readonly part: 'heard' | 'read' | 'tools' | 'spoken' | 'written' | 'thoughts';
  readonly tokens: number;
  /** Null: the model's prices are not known. */
  readonly usd: number | null;
}

/** What of the tokens of a whole call, at the prices of one moment, is for what; parts without tokens are left out. */
export function costByPart(model: string, usage: TokenUsage | Usage, atMs: number): readonly CostPart[] {
  const prices = pricesOf(model, atMs);
  return costParts(usage, prices ?? FREE)
    .filter(({ tokens }) => tokens > 0)
    .map(({ part, tokens, microUsd }) => ({ part, tokens, usd: prices ? microUsd / 1e6 : null }));
}

const FREE: Prices = { fromMs: 0, textIn: 0, textOut: 0, audioIn: 0, audioOut: 0 };

function costParts(usage: TokenUsage | Usage, { textIn, textOut, audioIn, audioOut }: Prices) {
  const [read, heard] = textAndOther(usage.promptTokens, usage.prompt);
  const [written, spoken] = textAndOther(usage.responseTokens, usage.response);
  const at = (part: CostPart['part'], tokens: number, price: number) => ({
    ...{ part, tokens, microUsd: tokens * price },
  });
  return [
    at('heard', heard, audioIn),
    at('read', read, textIn),
    at('tools', usage.toolUseTokens, textIn),
    at('spoken', spoken, audioOut),
    at('written', written, textOut),
    at('thoughts', usage.thoughtTokens, textOut),
  ];
}

/** Kinds that add up to more than the total are billed as they are. */
function textAndOther(
  total: number,
  byKind: Readonly<Record<string, number>>,
): readonly [text: number, other: number] {
  const text = byKind['text'] ?? 0;
  const told = Object.values(byKind).reduce((sum, tokens) => sum + tokens, 0);
  return [text, Math.max(total, told) - text];
}

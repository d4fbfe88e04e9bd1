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
  const prices = PRICES.get(model.replace(/^models\//, ''))?.findLast(({ fromMs }) => fromMs <= atMs);
  if (!prices) return null;
  const { promptTokens, responseTokens, thoughtTokens, toolUseTokens } = usage;
  return Math.round(
    costOf(promptTokens, usage.prompt, prices.textIn, prices.audioIn) +
      costOf(responseTokens, usage.response, prices.textOut, prices.audioOut) +
      toolUseTokens * prices.textIn +
      thoughtTokens * prices.textOut,
  );
}

/** Kinds that add up to more than the total are billed as they are. */
function costOf(
  total: number,
  byKind: Readonly<Record<string, number>>,
  textPrice: number,
  otherPrice: number,
): number {
  const text = byKind['text'] ?? 0;
  const told = Object.values(byKind).reduce((sum, tokens) => sum + tokens, 0);
  return text * textPrice + (Math.max(total, told) - text) * otherPrice;
}

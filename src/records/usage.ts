// Tokens, added up. Knows no prices.
import type { TokenUsage } from '../live/session.ts';
import type { Usage } from './record.ts';

export const NO_USAGE: Usage = {
  promptTokens: 0,
  responseTokens: 0,
  totalTokens: 0,
  cachedTokens: 0,
  thoughtTokens: 0,
  toolUseTokens: 0,
  prompt: {},
  response: {},
};

/** Always a new object. */
export const usageSum = (a: Usage, b: Usage | TokenUsage): Usage => ({
  promptTokens: a.promptTokens + b.promptTokens,
  responseTokens: a.responseTokens + b.responseTokens,
  totalTokens: a.totalTokens + b.totalTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  thoughtTokens: a.thoughtTokens + b.thoughtTokens,
  toolUseTokens: a.toolUseTokens + b.toolUseTokens,
  prompt: sumByKind(a.prompt, b.prompt),
  response: sumByKind(a.response, b.response),
});

type ByKind = Readonly<Record<string, number>>;

function sumByKind(a: ByKind, b: ByKind): Record<string, number> {
  const sums = { ...a };
  for (const [kind, tokens] of Object.entries(b)) sums[kind] = (sums[kind] ?? 0) + tokens;
  return sums;
}

// Words, for comparing what was said with what was to be said: without case, signs and spaces.

export const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

export const SAYS_A_WORD = /[\p{L}\p{N}]/u;

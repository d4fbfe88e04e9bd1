// HubSpot's rich text, as far as notes and calls need it: words in, words out.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' } as const;
const MEANINGS = new Map<string, string>([
  ...Object.entries(ESCAPES).map(([sign, escape]) => [escape, sign] as const),
  ['&nbsp;', ' '] as const,
]);

const escaped = (words: string): string =>
  words.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign as keyof typeof ESCAPES]);

/** One paragraph for each text; those that are left out or empty get none. */
export const paragraphs = (...texts: readonly (string | undefined)[]): string =>
  texts
    .filter((text) => text !== undefined && text.trim() !== '')
    .map((text) => `<p>${escaped(text!).replaceAll(/\r\n|[\r\n]/g, '<br>')}</p>`)
    .join('');

/** The paragraphs of it, without what marks them up. */
export const wordsOf = (html: string): string[] =>
  html
    .split(/<\/(?:p|div|li|h[1-6])>/i)
    .map((paragraph) =>
      paragraph
        .replaceAll(/<br\s*\/?>/gi, '\n')
        .replaceAll(/<[^<>]*>/g, '')
        .replaceAll(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (escape) => MEANINGS.get(escape) ?? escape)
        .trim(),
    )
    .filter((paragraph) => paragraph !== '');

// Phone numbers in E.164, the form every carrier speaks: a plus, the country, the number, 15 digits at most.

declare const kind: unique symbol;
export type PhoneNumber = string & { readonly [kind]: 'e164' };

const E164 = /^\+[1-9]\d{6,14}$/;

/** Accepts spaces, dots, dashes and brackets as people write them; anything else than E.164 gives undefined. */
export function parsePhoneNumber(text: string): PhoneNumber | undefined {
  const bare = text.replaceAll(/[\s().-]/g, '');
  return E164.test(bare) ? (bare as PhoneNumber) : undefined;
}

/** `+15550100123` → `+1555•••••23`: enough to tell two callers apart, not enough to call one. */
export function maskPhoneNumber(text: string): string {
  return text.length < 8
    ? '•'.repeat(text.length)
    : `${text.slice(0, 5)}${'•'.repeat(text.length - 7)}${text.slice(-2)}`;
}

// Base64 sound inside a JSON message, found without parsing: the load must cost less than what it measures.

export interface Payload {
  /** Of sound, decoded. */
  readonly bytes: number;
  decode(): Buffer;
}

const QUOTE = 0x22;
const PADDING = 0x3d;

/** `key`: as it stands in the message, e.g. `"payload":"`. Undefined when the message holds none. */
export function payloadIn(message: Buffer, key: string): Payload | undefined {
  const at = message.indexOf(key);
  if (at < 0) return undefined;
  const from = at + key.length;
  const to = message.indexOf(QUOTE, from);
  if (to < 0) return undefined;
  const padding = Number(message[to - 1] === PADDING) + Number(message[to - 2] === PADDING);
  return {
    bytes: ((to - from) / 4) * 3 - padding,
    decode: () => Buffer.from(message.toString('latin1', from, to), 'base64'),
  };
}

// What Twilio's REST server answers. Knows no socket.

export interface Reply {
  readonly status: number;
  /** Bytes are a WAV; undefined: nothing. */
  readonly body: object | Uint8Array | undefined;
}

/** Twilio's error body; the same words come out of its client library. */
export const refusal = (status: number, code: number, message: string): Reply => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

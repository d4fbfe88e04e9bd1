// Twilio Media Streams on the wire (twilio.md §1.1, §1.2). Shapes only: counters and times are strings there.

export type FromTwilio =
  | { event: 'connected'; protocol: string; version: string }
  | {
      event: 'start';
      sequenceNumber: string;
      streamSid: string;
      start: {
        accountSid: string;
        streamSid: string;
        callSid: string;
        tracks: string[];
        mediaFormat: { encoding: string; sampleRate: number; channels: number };
        customParameters: Record<string, string>;
      };
    }
  | {
      event: 'media';
      sequenceNumber: string;
      streamSid: string;
      /** `timestamp`: ms since the stream started; `payload`: base64 of raw µ-law. */
      media: { track: string; chunk: string; timestamp: string; payload: string };
    }
  | { event: 'dtmf'; sequenceNumber: string; streamSid: string; dtmf: { track: string; digit: string } }
  | { event: 'mark'; sequenceNumber: string; streamSid: string; mark: { name: string } }
  | {
      event: 'stop';
      sequenceNumber: string;
      streamSid: string;
      stop: { accountSid: string; callSid: string };
    };

export type ToTwilio =
  | { event: 'media'; streamSid: string; media: { payload: string } }
  | { event: 'mark'; streamSid: string; mark: { name: string } }
  | { event: 'clear'; streamSid: string };

/** The name of the `<Parameter>` that carries the single-use token. */
export const TOKEN_PARAMETER = 'token';

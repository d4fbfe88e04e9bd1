// What the server tells the console's phone, and what the phone asks it: plain data. Imports nothing, for the page reads it too.

export interface PhoneProfile {
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  readonly numbers: '*' | readonly string[];
  /** False: it is for calls that we place, and takes none. */
  readonly takesCalls: boolean;
}

/** A call of the phone; the page shows it with every question. */
export interface PhoneCall {
  readonly callId: string;
  /** As the caller gave it: E.164, or `anonymous`. */
  readonly from: string;
  readonly to: string;
  readonly profile: string;
}

/** What the caller would be given by a carrier. */
export type PhoneVerb =
  /** `keys`: pressed on the line before the stream opens. */
  | {
      readonly do: 'stream';
      readonly token: string;
      readonly step: number | undefined;
      readonly keys: string | undefined;
    }
  /** `say`: heard before that, in the carrier's voice. */
  | { readonly do: 'hang-up'; readonly say: string | undefined }
  /** They would go there, and the page does not: it asks what is next as if nobody had answered. */
  | {
      readonly do: 'elsewhere';
      readonly step: number;
      readonly by: Elsewhere;
      readonly say: string | undefined;
      /** A number, a sip: address, the name of a queue; '' where there is none. */
      readonly to: string;
    };

/** `menu`: one key is asked for. */
export type Elsewhere = 'dial' | 'refer' | 'conference' | 'queue' | 'record' | 'menu';

export interface PhoneBegun {
  readonly call: PhoneCall;
  readonly verb: PhoneVerb;
}

export interface PhoneAsks {
  readonly call: PhoneCall;
  /** The verb that is over, by its number; left out where it has none. */
  readonly step?: number | undefined;
  /** Where the caller was; left out: in a stream. */
  readonly by?: Elsewhere | undefined;
  /** The key that was pressed in a menu. */
  readonly key?: string | undefined;
  /** The caller has hung up. */
  readonly isOver?: boolean | undefined;
}

// Where a caller goes when the agent lets go of the line: written down before the stream is closed, and read when the
// carrier asks what is next.

export type Departure =
  | { readonly to: 'hang-up' }
  /** `name`: of a destination of the profile. `briefing`: for the person, who hears it before the caller. */
  | {
      readonly to: 'destination';
      readonly name: string;
      readonly reason: string;
      readonly briefing: string;
    }
  /** They are pressed, and the line is the agent's again: for whoever listens to keys alone. As `<Play digits>` has them. */
  | { readonly to: 'keys'; readonly keys: string }
  | { readonly to: 'voicemail' }
  /** In the carrier's voice, and then hung up on. `language`: BCP 47. */
  | { readonly to: 'say'; readonly text: string; readonly language: string }
  | { readonly to: 'fallback'; readonly because: FallbackCause };

/** Why there is no agent. */
export type FallbackCause =
  | 'model-failed'
  | 'model-late'
  | 'no-session'
  | 'lines-busy'
  | 'server-stopping'
  | 'line-lost'
  /** Nobody here knows of the call, or what it wanted is too old to be done. */
  | 'call-unknown';

// The line that is written for every decision about a call that we place: which rule, which data, why.

export interface AuditLine {
  readonly atMs: number;
  readonly campaignId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly attemptId?: string | undefined;
  readonly to?: string | undefined;
  /**
   * `dial`: called · `wait`: not now · `never`: not at all · `settle`: what came of an attempt · `void`: never placed ·
   * `control`: somebody changed a campaign.
   */
  readonly decision: 'dial' | 'wait' | 'never' | 'settle' | 'void' | 'control';
  /** Which rule decided, such as `hours.window`. */
  readonly rule: string;
  /** Versions of the rule data and lists that were looked at. */
  readonly data?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Which lines are read. Left out: all of them, oldest first. */
export interface AuditReading {
  readonly newestFirst?: boolean | undefined;
  readonly decisions?: readonly AuditLine['decision'][] | undefined;
}

/** What a rule says about ringing a number now. `untilMs`: ask again then, epoch ms; undefined: when something changes. */
export type Verdict =
  | { readonly may: 'ring'; readonly data: string }
  | {
      readonly may: 'wait';
      readonly rule: string;
      readonly words: string;
      readonly data: string;
      readonly untilMs: number | undefined;
    }
  | { readonly may: 'never'; readonly rule: string; readonly words: string; readonly data: string };

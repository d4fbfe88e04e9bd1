// When a campaign must stop by itself: nobody answers, too much fails, carriers block it, or those who answer hear nobody, or
// not who calls. Pure.
import type { AttemptOutcome } from './attempt.ts';
import type { CampaignBreakers } from './pace-settings.ts';

export interface BreakerFacts {
  readonly breakers: CampaignBreakers;
  /** Of the last `over` attempts that are settled, begun since its last start; in any order. */
  readonly recent: readonly AttemptOutcome[];
  /** Of the same attempts: in so many of them the agent left out first words, also when it was told to say them. */
  readonly withoutFirstWords: number;
  /** Within the last 30 days, of the campaign and those that it was cloned of. */
  readonly month: {
    /** Answered by people, those who were abandoned among them. */
    readonly answered: number;
    readonly abandoned: number;
  };
}

export interface Tripped {
  readonly rule:
    | 'breaker.abandoned'
    | 'breaker.first-words'
    | 'breaker.blocked'
    | 'breaker.failures'
    | 'breaker.answer-rate'
    | 'breaker.unreadable';
  /** For a person: what was seen, what it was held against, what to do. */
  readonly words: string;
}

const ANSWERED: ReadonlySet<AttemptOutcome> = new Set([
  'human',
  'machine',
  'message-left',
  'fax',
  'abandoned',
  'opted-out',
  'wrong-number',
]);
/** Nobody was called, or we took it back. */
const SAYS_NOTHING: ReadonlySet<AttemptOutcome> = new Set(['not-placed', 'canceled']);

/** A transcript may be wrong once. */
const WITHOUT_FIRST_WORDS = 1;

/** The gravest first. Undefined: it goes on. */
export function breakerOf({ breakers, recent, withoutFirstWords, month }: BreakerFacts): Tripped | undefined {
  const { abandonedAbove } = breakers;
  if (!(month.answered >= 0 && month.abandoned >= 0 && withoutFirstWords >= 0))
    return {
      rule: 'breaker.unreadable',
      words:
        'nobody can say how many calls were abandoned, or lacked first words: see whether the database is well, then resume it',
    };
  // With fewer answers than these, a single one would be more than the share.
  const allowed = abandonedAbove === 0 ? 0 : Math.max(1, Math.floor(abandonedAbove * month.answered + 1e-9));
  if (month.abandoned > allowed)
    return {
      rule: 'breaker.abandoned',
      words: `${month.abandoned} of ${month.answered} people who answered within 30 days heard nobody in time, and no more than ${percent(abandonedAbove)} may: see the causes in its results (such as a slow model, load, too many calls at once, a profile that was gone); it can go on when the share is small enough again`,
    };
  if (withoutFirstWords > WITHOUT_FIRST_WORDS)
    return {
      rule: 'breaker.first-words',
      words: `in ${withoutFirstWords} of the last calls the agent left out first words, also when it was told to say them: the law asks for them, so see what it says in their transcripts, and mend its instructions or its model, before it is resumed`,
    };

  const judged = recent.filter((outcome) => !SAYS_NOTHING.has(outcome));
  const of = judged.length;
  if (of === 0 || of < breakers.atLeast) return undefined;
  const count = (is: (outcome: AttemptOutcome) => boolean): number => judged.filter(is).length;
  const blocked = count((outcome) => outcome === 'blocked');
  if (blocked > breakers.blockedAbove * of)
    return {
      rule: 'breaker.blocked',
      words: `${blocked} of the last ${of} calls were blocked, more than ${percent(breakers.blockedAbove)}: see how the numbers of the campaign are shown to others, and who is called, before it is resumed`,
    };
  const failed = blocked + count((outcome) => outcome === 'failed');
  if (failed > breakers.failureAbove * of)
    return {
      rule: 'breaker.failures',
      words: `${failed} of the last ${of} calls failed, more than ${percent(breakers.failureAbove)}: see the causes in its results, such as wrong numbers or countries that the account may not call`,
    };
  const answered = count((outcome) => ANSWERED.has(outcome));
  if (answered < breakers.answerRateBelow * of)
    return {
      rule: 'breaker.answer-rate',
      words: `${answered} of the last ${of} calls were answered, less than ${percent(breakers.answerRateBelow)}: see whether the numbers are right, and whether ours are shown as spam, before it is resumed`,
    };
  return undefined;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

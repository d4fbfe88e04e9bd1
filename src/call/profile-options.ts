// What a profile sets of a call, as the call needs it.
import { isOpenAt } from '../agents/hours.ts';
import type { Profile } from '../agents/profile.ts';
import type { Office, Tool } from '../tools/tool.ts';
import type { CallOptions } from './call-options.ts';
import type { Prompts } from './prompts.ts';

type FromProfile =
  | 'apology'
  | 'comfort'
  | 'rules'
  | 'fallback'
  | 'turnTaking'
  | 'lowerVoiceDb'
  | 'repeatedWords'
  | 'silentTools'
  | 'showsWords';

export const profileOptions = (
  profile: Profile,
  tools: readonly Tool[],
  prompts: Prompts,
): Pick<CallOptions, FromProfile> => ({
  apology: prompts.apology(profile.language),
  comfort: prompts.comfort(profile.comfortSound),
  rules: {
    ...profile.bargeIn,
    deadAirMs: profile.deadAirMs,
    lastsAtMostMs: lastsAtMostMs(profile),
    silenceMs: profile.silence.askAfterMs,
    keypad: { ...profile.keypad, menu: profile.menu?.menu },
  },
  fallback: {
    withinMs: profile.fallback.withinMs,
    // An apology is all that there is without one; and ours is in the agent's own voice.
    hasLadder: profile.fallback.steps.some((rung) => rung.do !== 'apology'),
  },
  turnTaking: profile.voiceActivity.detector === 'local' ? 'local' : 'server',
  lowerVoiceDb: profile.bargeIn.lowerVoiceDb,
  repeatedWords: profile.watchdog.repeatedWords,
  silentTools: new Set(
    tools.flatMap(({ declaration }) => (declaration.scheduling === 'silent' ? [declaration.name] : [])),
  ),
  showsWords: {
    caller: profile.callerTranscription !== false,
    agent: profile.agentTranscription !== false,
  },
});

export const officeOf = ({ timeZone, language, hours }: Profile): Office => ({
  timeZone,
  language,
  isOpenAt: hours && ((epochMs) => isOpenAt(hours, timeZone, epochMs)),
});

/** 0: as long as it likes. */
export const lastsAtMostMs = ({ limits }: Profile): number => (limits.callMinutes ?? 0) * 60_000;

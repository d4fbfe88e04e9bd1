// The fields of a profile that say which calls it takes. Which profile then takes a call is not known here.
import { z } from 'zod';
import { onOrOff, phoneNumber } from './fields.ts';

/** Part of the schema of a profile: which calls it takes. */
export const callSettings = {
  numbers: z
    .union(
      [z.literal('*'), z.array(phoneNumber).min(1, 'expected at least one phone number, or "*" for any')],
      'expected "*" or a list of phone numbers in quotes, such as ["+15550100100"]',
    )
    .optional()
    .describe(
      'The phone numbers this profile answers, or "*" for every number no other profile has; required, except with direction: outbound.',
    ),
  look_up_caller: onOrOff
    .default(true)
    .describe('Whether the records are asked who calls while the phone rings, so that the agent knows it.'),
  log_calls: onOrOff
    .default(true)
    .describe(
      'Whether the CRM is told of every call that has ended, in the history of whoever called or was called; keep_records_days: off leaves nothing to tell.',
    ),
  direction: z
    .enum(['inbound', 'outbound', 'both'])
    .default('both')
    .describe('Which calls it takes: those that come in, those that are placed, or both.'),
};

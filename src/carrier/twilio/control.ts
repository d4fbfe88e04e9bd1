// Power over a call by Twilio's REST interface. Knows its errors and which of them can be tried again; decides nothing.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import type { CallControl, CarrierAccount } from '../control.ts';
import { asLivelineError, twilioClient, type TwilioRestOptions } from './rest.ts';

export type TwilioControlOptions = TwilioRestOptions;

export function createTwilioControl(options: TwilioControlOptions): CallControl & CarrierAccount {
  const { accountSid } = options;
  const client = twilioClient(options);
  return {
    async hangUp(id) {
      try {
        await client.calls(id).update({ status: 'completed' });
      } catch (thrown) {
        if (!isOver(thrown)) throw asLivelineError(thrown, `call ${id} could not be hung up`);
      }
    },
    async check() {
      const status = await askForAccount().catch((thrown: unknown) => {
        throw asLivelineError(thrown, `the account ${accountSid} could not be asked for`);
      });
      if (status !== 'active')
        throw new LivelineError('CARRIER_REFUSED', `the account ${accountSid} is ${status}`);
    },
  };

  /** An API key may see everything but the account itself (Twilio docs, API keys), so it asks for the latest call. */
  async function askForAccount(): Promise<string> {
    if ('authToken' in options) return (await client.api.v2010.accounts(accountSid).fetch()).status;
    await client.calls.list({ limit: 1 });
    return 'active';
  }
}

/** Twilio errors 21220, not in progress any more, and 20404, gone. */
const OVER = new Set([21_220, 20_404]);
const isOver = (thrown: unknown): boolean =>
  thrown instanceof twilio.RestException && thrown.code !== undefined && OVER.has(thrown.code);

// What is said of a setup that its model does not take. Knows no model.
import { LivelineError } from '../../base/errors.ts';

/** `field`: as the profile calls it. `why`: what the model takes instead, or what to do. */
export const unsupported = (field: string, model: string, why: string): LivelineError =>
  new LivelineError(
    'LIVE_SETUP_UNSUPPORTED',
    `model ${model || '(none)'} does not take the ${field}: ${why}`,
  );

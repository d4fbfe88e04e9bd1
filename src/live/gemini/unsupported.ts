// What is said of a setup that its model does not take. Knows no model.
import { LivelineError } from '../../base/errors.ts';

/** `field`: as the profile calls it. `why`: what the model takes instead, or what to do. */
export const unsupported = (field: string, model: string, why: string): LivelineError =>
  new LivelineError(
    'LIVE_SETUP_UNSUPPORTED',
    `model ${model || '(none)'} does not take the ${field}: ${why}`,
  );

/** `through`: the way in where it is not. `instead`: a model that is served everywhere. */
export const notServed = (model: string, through: string, instead: string): LivelineError =>
  new LivelineError(
    'LIVE_SETUP_UNSUPPORTED',
    `model ${model} is not served by ${through}: set model to one that is, such as ${instead}`,
  );

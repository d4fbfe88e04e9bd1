// A tool that will not do what it was asked as it was asked: in words for the model, which say what would mend it.
import { LivelineError } from '../base/errors.ts';
import type { JsonObject } from '../live/session.ts';

/**
 * Nothing was done, and with other arguments it may be. `message` is told to the model and written to the log, so it holds
 * no caller data; `facts`, which may, are told to the model beside it and not logged. So are words that are `told` in its stead.
 */
export class ToolRefusal extends LivelineError {
  readonly facts: JsonObject;
  readonly told: string;

  constructor(message: string, facts: JsonObject = {}, told: string = message) {
    super('TOOL_ARGUMENTS_INVALID', message);
    this.facts = facts;
    this.told = told;
  }
}

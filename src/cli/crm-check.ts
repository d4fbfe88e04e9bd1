// `liveline crm check`: does the configured CRM answer, and take our credentials?
import { using, type CrmDesk } from './crm-desk.ts';

/** Resolves to the exit code, as all commands here do. */
export const checkCrm = (desk: CrmDesk): Promise<number> =>
  using(desk, desk.openCrm, async (crm, signal) => {
    const startedMs = desk.clock.nowMs();
    await crm.check(signal);
    desk.terminal.print(`${crm.name} answers, after ${Math.round(desk.clock.nowMs() - startedMs)} ms.`);
    if (!crm.keepsKeys)
      desk.terminal.print(
        'It does not itself see to it that a thing is made once: after a lost answer, tools say that nobody knows.',
      );
    return 0;
  });

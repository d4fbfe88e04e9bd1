// What a connect-call-to widget calls, what those who take calls out of queues were told, and what of it nobody carries over
// (twilio.com, Studio Widget Library, Connect Call To, Enqueue Call, Send to Flex). Pure.
import type { OldDial } from './old-menu.ts';
import { untold } from './twiml-task.ts';
import { hasLiquid, propertyOf, type Widget } from './studio-flow.ts';

/** Whose number the other side sees as a profile has it, too: that of the caller. */
const CALLER = /^\{\{\s*contact\.channel\.address\s*\}\}$/;

/** In words, where nobody has a phone number. */
export function dialOfWidget(widget: Widget): OldDial | { readonly lost: string } {
  const noun = propertyOf(widget, 'noun') || 'number';
  if (!/^(?:number|number-multi|sip)$/.test(noun))
    return { lost: `connects with a ${noun}, which has no phone number` };
  const written = propertyOf(widget, noun === 'sip' ? 'sip_endpoint' : 'to') || propertyOf(widget, 'to');
  if (hasLiquid(written)) return { lost: `its number is a value of the flow, ${written}` };
  const [to = '', ...others] =
    noun === 'number-multi' ? written.split(',').map((one) => one.trim()) : [written];
  const callerId = propertyOf(widget, 'caller_id');
  const lost = [
    ...(others.length > 0 ? [`${others.length} more numbers: ${others.join(', ')}`] : []),
    ...(callerId === '' || CALLER.test(callerId) ? [] : [`shows ${callerId} as the number that calls`]),
    ...(widget.properties['record'] === true ? ['records the call'] : []),
    ...(propertyOf(widget, 'sip_username') === '' ? [] : ['its user name and password']),
  ];
  const ringS = Number(propertyOf(widget, 'timeout') || NaN);
  return { to, digits: '', ringS: Number.isFinite(ringS) ? ringS : undefined, lost };
}

export function taskLostOf(widget: Widget): string[] {
  const priority = propertyOf(widget, 'priority');
  return [
    ...untold(propertyOf(widget, 'attributes')),
    ...untold(propertyOf(widget, 'task_attributes')),
    ...(priority === '' || priority === '0' ? [] : [`its priority, ${priority}`]),
  ];
}

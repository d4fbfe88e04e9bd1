// The tools that come with Liveline, in the order in which they are listed to people.
import { askForDigits } from './ask-for-digits.ts';
import { bookAppointment } from './book-appointment.ts';
import { callBack } from './call-back.ts';
import { cancelAppointment } from './cancel-appointment.ts';
import { createTicket } from './create-ticket.ts';
import { endCall } from './end-call.ts';
import { findOrder } from './find-order.ts';
import { handOver } from './hand-over.ts';
import { listAppointments } from './list-appointments.ts';
import { lookUpContact } from './look-up-contact.ts';
import { sendText } from './send-text.ts';
import { takeMessage } from './take-message.ts';
import { takeVoicemail } from './take-voicemail.ts';
import { optOut } from './opt-out.ts';
import { recordOutcome } from './record-outcome.ts';
import { sendDigits } from './send-digits.ts';
import type { Tool } from '../tool.ts';
import { transferCall } from './transfer-call.ts';
import { updateContact } from './update-contact.ts';

export const BUILT_INS: readonly Tool[] = [
  lookUpContact,
  updateContact,
  listAppointments,
  bookAppointment,
  cancelAppointment,
  findOrder,
  createTicket,
  takeMessage,
  sendText,
  optOut,
  recordOutcome([]),
  askForDigits,
  sendDigits,
  transferCall([]),
  handOver([]),
  callBack([]),
  takeVoicemail,
  endCall,
];

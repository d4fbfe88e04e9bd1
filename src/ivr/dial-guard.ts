// The dial guard, for every path on which somebody is dialled. Its rule stands in the room of profiles, whose destinations
// it judges as they are read: rooms import downwards alone.
export { mayDial, type DialRefusal, type DialRules } from '../agents/dial-guard.ts';

// Campaigns and attempts in PostgreSQL, for all processes together. What each function does is in a file by its subject.
import type { Database } from '../store/database.ts';
import { auditOf, auditOfNumber } from './audit-postgres.ts';
import * as campaigns from './postgres-campaigns.ts';
import { claim, claimSingle } from './postgres-claim.ts';
import { trustClock } from './postgres-clock.ts';
import type { Place } from './postgres-decisions.ts';
import * as known from './postgres-known.ts';
import { results, unanswered } from './postgres-results.ts';
import * as settling from './postgres-settle.ts';
import * as telling from './postgres-told.ts';
import type { AttemptStore, CampaignStore } from './store.ts';

/** `rehearsal` of `place`: campaigns on the simulators are kept apart from real ones. Rejects with what the driver throws. */
export function createCampaignStore(
  { sql: db }: Pick<Database, 'sql'>,
  place: Place,
): AttemptStore & CampaignStore {
  const { rehearsal } = place;
  const find = async (id: string) => (await campaigns.list(db, rehearsal, campaigns.withId(id)))[0];
  return {
    trustClock: () => trustClock(db, place),
    claim: (question) => claim(db, place, question),
    claimSingle: (question) => claimSingle(db, place, question),
    told: (of, nowMs) => telling.told(db, place, of, nowMs),
    maySend: (id) => telling.maySend(db, rehearsal, id),
    giveUp: (id, why, nowMs) => settling.giveUp(db, place, id, why, nowMs),
    refused: (id, cause, nowMs) => settling.refused(db, place, id, cause, nowMs),
    takeDue: (todo, nowMs, most) => settling.takeDue(db, rehearsal, todo, nowMs, most),
    lookAgain: (id, atMs) => settling.lookAgain(db, rehearsal, id, atMs),
    settle: (id, rulesOf, nowMs) => settling.settle(db, rehearsal, id, rulesOf, nowMs),
    answered: (id, call, nowMs) => telling.answered(db, place, id, call, nowMs),
    answeredBy: (call, by, nowMs) => known.answeredBy(db, place, call, by, nowMs),
    spoken: (call, nowMs) => known.spoken(db, place, call, nowMs),
    abandoned: (call, cause, nowMs) => known.abandoned(db, place, call, cause, nowMs),
    messageLeft: (call, nowMs) => known.messageLeft(db, place, call, nowMs),
    hungUp: (call, nowMs) => known.hungUp(db, place, call, nowMs),
    firstWordsMissing: (call, parts, nowMs) => known.firstWordsMissing(db, place, call, parts, nowMs),
    disposed: (call, disposition, nowMs) => known.disposed(db, place, call, disposition, nowMs),
    unanswered: () => unanswered(db, rehearsal),
    breakerCounts: (id, over, nowMs) => settling.breakerCounts(db, id, over, nowMs),
    ownerOf: (call) => telling.ownerOf(db, call),

    create: (campaign) => campaigns.create(db, rehearsal, campaign),
    clone: (id, name, outcomes, nowMs) => campaigns.clone(db, rehearsal, id, name, outcomes, nowMs),
    get: find,
    list: (states) => campaigns.list(db, rehearsal, campaigns.inStates(states)),
    move: (id, to) => campaigns.move(db, place, id, to),
    stopContacts: (nowMs) => campaigns.stopContacts(db, rehearsal, nowMs),
    progress: (id, nowMs) => campaigns.progress(db, id, nowMs),
    results: (id, after, most) => results(db, id, after, most),
    audit: (id, after, most, which) => auditOf(db, id, after, most, which),
    auditOfNumber: (to, after, most, which) => auditOfNumber(db, to, after, most, which),
  };
}

// The addresses of the page, behind the #. Every view is named here once.
export const NAVIGATION = [
  { path: '/', name: 'Overview' },
  { path: '/board', name: 'Live' },
  { path: '/phone', name: 'Phone' },
  { path: '/history', name: 'History' },
  { path: '/campaigns', name: 'Campaigns' },
  { path: '/agents', name: 'Agents' },
  { path: '/audit', name: 'Audit' },
] as const;

export const callPath = (callId: string): string => `/calls/${encodeURIComponent(callId)}`;
/** A call on the board. */
export const boardPath = (callId: string): string => `/board/${encodeURIComponent(callId)}`;
export const campaignPath = (campaignId: string): string => `/campaigns/${encodeURIComponent(campaignId)}`;
/** What was done to a call. */
export const auditPath = (callId: string): string => `/audit?call=${encodeURIComponent(callId)}`;
/** The telephone of the page, ready to call a profile. */
export const phonePath = (profile: string): string => `/phone?profile=${encodeURIComponent(profile)}`;

/** What a path of the navigation holds: a call belongs to the history. */
export function sectionOf(path: string): string {
  if (path.startsWith('/calls/')) return '/history';
  return NAVIGATION.find((entry) => entry.path !== '/' && path.startsWith(entry.path))?.path ?? '/';
}

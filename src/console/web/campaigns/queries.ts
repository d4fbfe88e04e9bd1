// How often the page asks how far a campaign is.
import { queryOptions } from '@tanstack/react-query';
import { campaigns } from './campaign-api.ts';
import { isMoving } from './progress-words.ts';

const MOVING_EVERY_MS = 2_000;
const RESTING_EVERY_MS = 15_000;

export const progressQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id, 'progress'],
    queryFn: ({ signal }) => campaigns.progress(id, signal),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? MOVING_EVERY_MS : RESTING_EVERY_MS),
  });

// How answers of the server are kept in the page, and when they are asked for again.
import { QueryClient } from '@tanstack/react-query';
import { ApiFault } from './api.ts';

/** What was refused is refused again; what could not be reached may be there in a moment. */
export const mayPass = (fault: unknown): boolean =>
  !(fault instanceof ApiFault) || fault.status === 0 || fault.status >= 502;

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (times, fault) => times < 2 && mayPass(fault) },
  },
});

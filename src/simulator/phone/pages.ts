// A list as Twilio's REST server gives it: page by page (Twilio docs, REST API: paging). Knows nothing of what is listed.
import { refusal, type Reply } from './reply.ts';

const PAGE_SIZE = { usual: 50, most: 1_000 };

/** `all`: in the order in which they are told. `path`: of the request, for the addresses of the other pages. */
export function pageOf<T>(
  name: string,
  all: readonly T[],
  describe: (each: T) => object,
  query: URLSearchParams,
  path: string,
): Reply {
  const size = Math.min(PAGE_SIZE.most, Number(query.get('PageSize') ?? PAGE_SIZE.usual));
  const page = Number(query.get('Page') ?? 0);
  if (!(size >= 1 && page >= 0)) return refusal(400, 20001, 'Page or PageSize is no number');
  const uriOf = (nth: number): string => {
    const other = new URLSearchParams(query);
    other.set('PageSize', String(size));
    other.set('Page', String(nth));
    return `${path}?${other.toString()}`;
  };
  const [start, end] = [page * size, (page + 1) * size];
  const told = all.slice(start, end);
  return {
    status: 200,
    body: {
      [name]: told.map(describe),
      ...{ page, page_size: size, start, end: start + told.length - 1, uri: uriOf(page) },
      first_page_uri: uriOf(0),
      previous_page_uri: page === 0 ? null : uriOf(page - 1),
      next_page_uri: end < all.length ? uriOf(page + 1) : null,
    },
  };
}

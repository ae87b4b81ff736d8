/** Reads for the team's screens: TanStack Query over the HTTP API, asked again while a job runs. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { get } from "../../api/http";
import type { Page, Project } from "../../api/types";

export const EVERY = 1_500;
export const NOW_AND_THEN = 10_000;

interface Reading<T> {
  /** Ask again every little while as long as this holds. */
  live?: (data: T) => boolean;
  every?: number;
  /** And now and then when it does not. */
  otherwise?: number;
  off?: boolean;
  /** The last answer stays until the next one is there. */
  keeps?: boolean;
}

export function useGet<T>(path: string, reading: Reading<T> = {}): UseQueryResult<T> {
  return useQuery({
    queryKey: path.split(/[/?]/),
    queryFn: ({ signal }) => get<T>(path, { signal }),
    enabled: !reading.off,
    placeholderData: reading.keeps ? keepPreviousData : undefined,
    refetchInterval: ({ state }) =>
      state.data !== undefined && reading.live?.(state.data)
        ? (reading.every ?? EVERY)
        : (reading.otherwise ?? false),
  });
}

export const useProject = (slug: string) => useGet<Project>(`projects/${slug}`);

/** Pages of a list, one after the other. */
export function usePages<T>(path: string, live?: (rows: T[]) => boolean) {
  const query = useInfiniteQuery({
    queryKey: [...path.split(/[/?]/), "pages"],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam && `${path.includes("?") ? "&" : "?"}cursor=${pageParam}`;
      return get<Page<T>>(`${path}${cursor}`, { signal });
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state }) =>
      state.data && live?.(state.data.pages.flatMap((page) => page.results)) ? EVERY : false,
  });
  return { ...query, rows: query.data?.pages.flatMap((page) => page.results) };
}

/** After a change: everything below this address is read again. */
export function useRefresh(): (path: string) => Promise<void> {
  const client = useQueryClient();
  return (path) => client.invalidateQueries({ queryKey: path.split("/") });
}

/** Once one read is tried again, all that failed are: what kept one from the server kept them all. */
export function useReadAgain(): () => void {
  const client = useQueryClient();
  return () =>
    void client.refetchQueries({ type: "active", predicate: ({ state }) => state.error !== null });
}

export function isActive(job: { state: string }): boolean {
  return ["queued", "running", "sampling", "labeling"].includes(job.state);
}

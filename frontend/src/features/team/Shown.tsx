/** Shows what was read: a skeleton first, the old data while reading again, the fault if any. */
import type { ReactNode } from "react";
import { Button } from "../../ui/Button";
import { Failure, Loading } from "../../ui/States";
import { t } from "../../words";
import { useReadAgain } from "./queries";

interface Query<T> {
  data: T | undefined;
  error: unknown;
  isFetching?: boolean;
}

interface ShownProps<T> {
  query: Query<T>;
  children: (data: T) => ReactNode;
  /** Of the skeleton: about as high as what it stands for. */
  rows?: number;
}

export function Shown<T>({ query, children, rows }: ShownProps<T>) {
  const readAgain = useReadAgain();
  return (
    <>
      {query.error != null && (
        <Failure error={query.error} busy={query.isFetching} onRetry={readAgain} />
      )}
      {query.data !== undefined ? children(query.data) : query.error == null && <Loading rows={rows} />}
    </>
  );
}

/** Two reads as one: there when both are, and told once when they fail. */
export function together<A, B>(one: Query<A>, other: Query<B>): Query<[A, B]> {
  const isThere = one.data !== undefined && other.data !== undefined;
  return {
    data: isThere ? [one.data!, other.data!] : undefined,
    error: one.error ?? other.error,
    isFetching: one.isFetching || other.isFetching,
  };
}

export function More(props: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { query } = props;
  if (!query.hasNextPage) return null;
  return (
    <div>
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t.common.more}
      </Button>
    </div>
  );
}

/** Shows what was read: a skeleton first, the old data while reading again, the fault if any. */
import type { ReactNode } from "react";
import { Button } from "../../ui/Button";
import { Failure, Loading } from "../../ui/States";
import { t } from "../../words";

interface Query<T> {
  data: T | undefined;
  error: unknown;
  isFetching?: boolean;
  refetch: () => unknown;
}

interface ShownProps<T> {
  query: Query<T>;
  children: (data: T) => ReactNode;
  /** Of the skeleton: about as high as what it stands for. */
  rows?: number;
}

export function Shown<T>({ query, children, rows }: ShownProps<T>) {
  return (
    <>
      {query.error != null && (
        <Failure
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined ? children(query.data) : query.error == null && <Loading rows={rows} />}
    </>
  );
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

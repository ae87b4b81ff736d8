/** The measurements of a run, as the server gives them: in pages, and more while the run goes on. */
import type { QueryFunctionContext } from "@tanstack/react-query";
import { get } from "../../api/http";
import type { MetricPage, MetricPoint } from "../../api/types";

/** What draws them, loaded with the first measurements. As a lazy component it would be kept back
 *  for a third of a second after the sign of loading. */
export const drawing = {
  queryKey: ["LineChart"],
  queryFn: async () => (await import("../../ui/LineChart")).LineChart,
  staleTime: Infinity,
};

/** So many of the newest that are known are read again: they may have gained values. */
const UNSETTLED = 500;

export const metricsOf = (id: number) => ({
  queryKey: ["training-runs", String(id), "metrics"],
  // Comparing all points with those before takes longer than drawing them.
  structuralSharing: false,
  queryFn: async ({ client, queryKey, signal }: QueryFunctionContext) => {
    void client.prefetchQuery(drawing);
    let points = client.getQueryData<MetricPoint[]>(queryKey)?.slice(0, -UNSETTLED) ?? [];
    for (let after: number | null = points.at(-1)?.step ?? 0; after !== null; ) {
      const page: MetricPage = await get(`training-runs/${id}/metrics?after=${after}`, { signal });
      points = points.concat(page.results);
      after = page.next;
    }
    return points;
  },
});

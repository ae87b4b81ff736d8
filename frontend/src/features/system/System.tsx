/** M9: what runs, and what waits for something to run. */
import type { System as State } from "../../api/types";
import { bytes, count, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Page } from "../../ui/Page";
import { Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Facts, Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";

const words = team.system;

export default function System() {
  const query = useGet<State>("system", { live: () => true, every: 5_000 });
  return (
    <Page title={words.title}>
      <Shown query={query}>
        {(system) => (
          <>
            <Facts
              facts={[
                [words.version, system.version],
                [words.database, system.storage.database],
                [
                  words.storage,
                  words.of(bytes(system.storage.free), bytes(system.storage.total)),
                ],
              ]}
            />
            <Section title={words.queued}>
              <Facts
                facts={Object.entries(system.queued).map(
                  ([queue, waiting]) => [words.queues[queue] ?? queue, count(waiting)] as const,
                )}
              />
            </Section>
            <Section title={words.workers}>
              {system.workers.length === 0 ? (
                <Note tone="bad">{words.noWorkers}</Note>
              ) : (
                <Table
                  label={words.workers}
                  rows={system.workers}
                  keyOf={(worker) => worker.name}
                  columns={[
                    { head: words.worker, shape: "wide", cell: (worker) => worker.name },
                    {
                      head: words.does,
                      cell: (worker) =>
                        worker.kinds.map((kind) => words.queues[kind] ?? kind).join(", "),
                    },
                    { head: words.device, cell: (worker) => worker.device },
                    {
                      head: team.state,
                      cell: (worker) => (
                        <Badge tone={worker.alive ? "good" : "bad"}>
                          {worker.alive ? words.alive : words.away}
                        </Badge>
                      ),
                    },
                    { head: words.seen, shape: "nowrap", cell: (worker) => time(worker.seen_at) },
                  ]}
                />
              )}
            </Section>
          </>
        )}
      </Shown>
    </Page>
  );
}

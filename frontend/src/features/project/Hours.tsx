/** Time worked in the last days, by person, and the hours to download. */
import { useState } from "react";
import { count, duration } from "../../lib/format";
import { TextField } from "../../ui/Form";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.hours;
const DAY = 24 * 3600 * 1000;

interface Hour {
  hour: string;
  person: { id: number; name: string };
  labels: number;
  active_seconds: number;
}

interface Worked {
  id: number;
  name: string;
  labels: number;
  seconds: number;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

export function Hours({ slug }: { slug: string }) {
  const [from, setFrom] = useState(() => dayOf(Date.now() - 6 * DAY));
  const [to, setTo] = useState(() => dayOf(Date.now()));
  const span = `from=${from}&to=${to}`;
  const query = useGet<{ results: Hour[] }>(`projects/${slug}/hours?${span}`, { off: !from || !to });
  return (
    <Section
      title={words.title}
      aside={
        <a href={`/api/projects/${slug}/hours.csv?${span}`} download>
          {words.download}
        </a>
      }
    >
      <div className={css.fields}>
        <TextField
          label={words.from}
          name="from"
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label={words.to}
          name="to"
          type="date"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      <Shown query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <p className={css.faint}>{words.empty}</p>
          ) : (
            <Table
              label={words.title}
              rows={byPerson(results)}
              keyOf={(row) => row.id}
              columns={[
                { head: team.people.name, shape: "wide", cell: (row) => row.name },
                { head: words.labels, shape: "number", cell: (row) => count(row.labels) },
                { head: words.time, shape: "number", cell: (row) => duration(row.seconds) },
              ]}
            />
          )
        }
      </Shown>
    </Section>
  );
}

function byPerson(hours: readonly Hour[]): Worked[] {
  const found = new Map<number, Worked>();
  for (const { person, labels, active_seconds } of hours) {
    const row = found.get(person.id) ?? { ...person, labels: 0, seconds: 0 };
    found.set(person.id, {
      ...row,
      labels: row.labels + labels,
      seconds: row.seconds + active_seconds,
    });
  }
  return [...found.values()].sort((a, b) => b.seconds - a.seconds);
}

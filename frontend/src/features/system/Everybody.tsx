/** Everybody of the installation, for its admins: found by name or address, shut out, let in. */
import { useState } from "react";
import { useSearchParams } from "wouter";
import { request } from "../../api/http";
import { count, date, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { team } from "../../words/en-team";
import { useHere } from "../shell/here";
import { textValue } from "../team/parts";
import { usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.everybody;

interface Person {
  id: number;
  name: string;
  email: string;
  is_admin: boolean;
  is_active: boolean;
  projects: number;
  seen_at: string | null;
  created_at: string;
}

export default function Everybody() {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("q") ?? "";
  const query = usePages<Person>(`people${wanted && `?q=${encodeURIComponent(wanted)}`}`);
  const [asked, setAsked] = useState<Person | null>(null);
  const { session } = useHere();
  const find = async (values: FormData) => {
    const q = textValue(values, "q").trim();
    setSearch(q ? { q } : {}, { replace: true });
  };
  return (
    <Page title={words.title} lead={words.lead}>
      <Form className={css.row} onSubmit={find}>
        {() => (
          <>
            <TextField key={wanted} label={words.find} name="q" type="search" defaultValue={wanted} />
            <Button type="submit">{words.search}</Button>
          </>
        )}
      </Form>
      <Shown query={{ ...query, data: query.rows }}>
        {(people) =>
          people.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={people}
              keyOf={(person) => person.id}
              columns={[
                { head: team.people.name, shape: "wide", cell: (person) => person.name },
                { head: team.people.email, cell: (person) => person.email },
                {
                  head: team.state,
                  cell: (person) => (
                    <span className={css.row}>
                      <Badge tone={person.is_active ? "good" : "bad"}>
                        {person.is_active ? words.active : words.out}
                      </Badge>
                      {person.is_admin && <Badge>{words.admin}</Badge>}
                    </span>
                  ),
                },
                { head: words.projects, shape: "number", cell: (person) => count(person.projects) },
                {
                  head: words.seen,
                  shape: "nowrap",
                  cell: (person) => (person.seen_at ? time(person.seen_at) : words.never),
                },
                { head: team.created, shape: "nowrap", cell: (person) => date(person.created_at) },
                {
                  head: team.action,
                  cell: (person) =>
                    person.id === session.person.id ? (
                      <span className={css.faint}>{words.you}</span>
                    ) : (
                      <Button
                        look="quiet"
                        aria-label={words.change(person.is_active, person.name)}
                        onClick={() => setAsked(person)}
                      >
                        {words.changeShort(person.is_active)}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
      {asked && <Change person={asked} onClose={() => setAsked(null)} />}
    </Page>
  );
}

function Change({ person, onClose }: { person: Person; onClose: () => void }) {
  const refresh = useRefresh();
  const change = async () => {
    await request("PATCH", `people/${person.id}`, { body: { is_active: !person.is_active } });
    await refresh("people");
    announce(words.done(person.is_active, person.name));
    onClose();
  };
  return (
    <Dialog title={words.change(person.is_active, person.name)} onClose={onClose}>
      <p>{words.sure(person.is_active, person.name)}</p>
      <Form className={css.form} onSubmit={change}>
        {(busy) => (
          <DialogActions>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="submit" look={person.is_active ? "danger" : "primary"} busy={busy}>
              {words.changeShort(person.is_active)}
            </Button>
          </DialogActions>
        )}
      </Form>
    </Dialog>
  );
}
